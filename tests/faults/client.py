"""A client that sends mutations by hash, and sends one again with its own key when the connection breaks."""

import threading
import time
import uuid
from dataclasses import dataclass
from typing import Any

import httpx

from footbridge.command.person import operation_file
from footbridge.gateway.documents.document import document_id

PATIENCE = 90.0
DOCUMENTS: dict[str, str] = {}


@dataclass(frozen=True)
class Answer:
    """An acknowledgment: status 200 without errors. `data` is the text of the answer's data."""

    data: Any
    replayed: bool
    extensions: Any


class Refused(AssertionError):
    """The gateway understood, and said no: nothing that a test of faults meant to see."""


class Client:
    """For one thread. With a token, or with the cookies of a head who has signed in."""

    def __init__(
        self, origin: str, urn: str, *, token: str | None = None, cookies: dict[str, str] | None = None
    ) -> None:
        self._address = f"{origin}/schools/{urn}/graphql"
        self._headers = {"Origin": origin} | ({"Authorization": f"Bearer {token}"} if token else {})
        self._http = httpx.Client(headers=self._headers, cookies=cookies, timeout=30, trust_env=False)

    def close(self) -> None:
        self._http.close()

    def send(self, operation: str, variables: dict[str, Any]) -> httpx.Response:
        return self._http.post(self._address, json={"documentId": _document(operation), "variables": variables})

    def attempt(self, operation: str, variables: dict[str, Any]) -> Answer | None:
        """None if it is not known what became of it: the connection broke, or the server said that it failed."""
        try:
            response = self.send(operation, variables)
        except httpx.TransportError:
            return None
        content = response.json()
        if response.status_code >= 500 or (response.status_code == 200 and content.get("errors")):
            return None
        if response.status_code != 200:
            raise Refused(response.text)
        return Answer(content["data"], "idempotency-replayed" in response.headers, content.get("extensions"))

    def insist(self, operation: str, key: str, **variables: Any) -> Answer:
        """With the same key until it is answered."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            answer = self.attempt(operation, variables | {"idempotencyKey": key})
            if answer is not None:
                return answer
            time.sleep(0.2)  # as a client that was told Retry-After
        raise AssertionError(f"{operation} was not answered within {PATIENCE:.0f} s")

    def act(self, operation: str, **variables: Any) -> Any:
        """The one field's result, which must not be a refusal."""
        result = next(iter(self.insist(operation, uuid.uuid4().hex, **variables).data.values()))
        if result["__typename"].endswith("Refusal"):
            raise Refused(result)
        return result


def _document(operation: str) -> str:
    if operation not in DOCUMENTS:
        DOCUMENTS[operation] = document_id(operation_file("school", operation).read_text(encoding="utf-8"))
    return DOCUMENTS[operation]


class Worker(threading.Thread):
    """A thread whose failure is the test's: `finish` raises it."""

    def __init__(self, work: Any) -> None:
        super().__init__(daemon=True)
        self._work = work
        self._problem: BaseException | None = None
        self.result: Any = None

    def run(self) -> None:
        try:
            self.result = self._work()
        except BaseException as problem:
            self._problem = problem

    def finish(self, *, within: float = 120.0) -> Any:
        self.join(within)
        assert not self.is_alive(), "a client did not come to an end"
        if self._problem is not None:
            raise self._problem
        return self.result


def begin(work: Any) -> Worker:
    worker = Worker(work)
    worker.start()
    return worker
