"""Several clients that record sessions without pause, and what has to be true of them in the end."""

import threading
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from tests.faults.client import PATIENCE, Answer, Client, Worker, begin
from tests.faults.conftest import School
from tests.faults.house import House
from tests.foundation.processes import await_true

REPLAYED_OF_EACH = 25
PAUSE = 0.2  # after a failure, as a client that is told Retry-After


@dataclass
class Sent:
    """One intent of one client: its key stands in the session's text, so that its rows can be counted."""

    key: str
    variables: dict[str, Any]
    attempts: int = 0
    answer: Answer | None = None


@dataclass
class Sender:
    """A patient one insists until it is answered; the other gives up at the first broken connection."""

    client: Client
    activity_id: str
    patient: bool
    sent: list[Sent] = field(default_factory=list)

    def send_until(self, enough: threading.Event) -> None:
        while not enough.is_set():
            sent = self._next()
            self.sent.append(sent)
            self._send(sent)

    def _send(self, sent: Sent) -> None:
        deadline = time.monotonic() + PATIENCE
        while sent.answer is None and time.monotonic() < deadline:
            sent.attempts += 1
            sent.answer = self.client.attempt("RecordSession", sent.variables)
            if sent.answer is None:
                time.sleep(PAUSE)
                if not self.patient:
                    return
        assert sent.answer is not None, f"not answered within {PATIENCE:.0f} s"

    def _next(self) -> Sent:
        key = uuid.uuid4().hex
        session = {
            "activityId": self.activity_id, "heldOn": "2025-03-04", "kind": "WORKSHOP", "hours": "1.50",
            "ledBy": "PUPILS", "designedBy": "JOINTLY", "space": "SHARED",
            "participation": [{"audience": "PUPILS", "attended": 12, "eligible": 30}],
            "youthVoice": {"space": "Hall", "voice": "Chose", "audience": "Governors", "influence": key},
        }  # fmt: skip
        return Sent(key, {"input": session, "idempotencyKey": key})


class Stream:
    def __init__(self, house: House, senders: Sequence[Sender]) -> None:
        self._house = house
        self._senders = senders

    @property
    def sent(self) -> list[Sent]:
        return [sent for sender in self._senders for sent in tuple(sender.sent)]

    @property
    def acknowledged(self) -> list[Sent]:
        return [sent for sent in self.sent if sent.answer is not None]

    def flow(self, count: int = 12) -> None:
        """Until so many more are acknowledged, by every client together."""
        wanted = len(self.acknowledged) + count
        await_true(lambda: len(self.acknowledged) >= wanted, "the stream’s flow", within=PATIENCE)

    def check(self) -> None:
        """Each acknowledged one is there once and is told again the same; each other one at most once."""
        rows = self._rows()
        assert [sent.key for sent in self.acknowledged if rows.get(sent.key) != 1] == []
        assert [sent.key for sent in self.sent if rows.get(sent.key, 0) > 1] == []
        assert set(rows) <= {sent.key for sent in self.sent}
        for sender in self._senders:
            self._check_replays(sender)
        assert self._rows() == rows

    def _check_replays(self, sender: Sender) -> None:
        answered = [sent for sent in sender.sent if sent.answer is not None]
        interrupted = [sent for sent in answered if sent.attempts > 1]
        for sent in {sent.key: sent for sent in (*interrupted, *answered[-REPLAYED_OF_EACH:])}.values():
            again = sender.client.attempt("RecordSession", sent.variables)
            assert again is not None
            assert again.replayed
            assert sent.answer is not None
            assert again.data == sent.answer.data

    def _rows(self) -> dict[str, int]:
        """How many sessions carry each key, of the stream's own activities; each with its one count."""
        activities = [uuid.UUID(sender.activity_id.rpartition("_")[2]) for sender in self._senders]
        query = (
            "select s.voice_influence, count(*) from school.session s"
            " join school.participation_count c on (c.school_id, c.session_id) = (s.school_id, s.id)"
            " where s.activity_id = any(%s) group by 1"
        )
        with self._house.connect() as connection:
            return {str(key): int(str(count)) for key, count in connection.execute(query, (activities,))}


@contextmanager
def streaming(house: House, schools: Sequence[School]) -> Iterator[Stream]:
    """Two clients a school, one of them patient, until the block ends; then each has come to its end."""
    senders = [_sender(school, patient) for school in schools for patient in (True, False)]
    enough = threading.Event()
    threads = [_begin(sender, enough) for sender in senders]
    try:
        yield Stream(house, senders)
    finally:
        enough.set()
        for thread in threads:
            thread.finish()


def _sender(school: School, patient: bool) -> Sender:
    client = school.program()
    activity = client.act("AddActivity", title="Reading with neighbours", category="ARTS_AND_CULTURE")
    return Sender(client, activity["id"], patient)


def _begin(sender: Sender, enough: threading.Event) -> Worker:
    return begin(lambda: sender.send_until(enough))
