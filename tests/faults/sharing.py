"""Heads who share, one figure a release, and the moment between signed and published held open."""

import uuid
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from uuid import UUID

import psycopg

from footbridge.tenancy.period import Period
from tests.faults.client import Answer, Client
from tests.faults.conftest import People, School
from tests.faults.house import House
from tests.foundation.processes import await_true

MEASURE = "persistent-absence"

_used: Counter[str] = Counter()


def new_period(*schools: School) -> Period:
    """One that none of these schools has shared yet: a year or a term, from 1990 on."""
    number = max(_used[school.urn] for school in schools)
    _used.update({school.urn: number + 1 - _used[school.urn] for school in schools})
    year = Period(1990 + number // 4)
    return (year, *year.terms)[number % 4]


@dataclass
class Ready:
    """A prepared release and its head; signing and withdrawing have a key each, whatever breaks in between."""

    client: Client
    release_id: str
    preview_hash: str
    keys: dict[str, str] = field(default_factory=lambda: {"sign": uuid.uuid4().hex, "withdraw": uuid.uuid4().hex})

    @property
    def id(self) -> UUID:
        return UUID(self.release_id.rpartition("_")[2])

    def sign(self) -> Answer:
        return self.client.insist("SignRelease", self.keys["sign"], **self._signing)

    def try_to_sign(self) -> Answer | None:
        return self.client.attempt("SignRelease", self._signing | {"idempotencyKey": self.keys["sign"]})

    def withdraw(self) -> Answer:
        return self.client.insist("WithdrawRelease", self.keys["withdraw"], releaseId=self.release_id)

    def try_to_withdraw(self) -> Answer | None:
        variables = {"releaseId": self.release_id, "idempotencyKey": self.keys["withdraw"]}
        return self.client.attempt("WithdrawRelease", variables)

    @property
    def _signing(self) -> dict[str, str]:
        return {"releaseId": self.release_id, "previewHash": self.preview_hash}


def prepare(school: School, period: Period, numerator: int) -> Ready:
    """By its head, through the real cookie."""
    client = school.head()
    row = {"measureId": MEASURE, "period": period.code, "numerator": numerator, "denominator": 100}
    client.act("ImportObservations", rows=[row | {"source": "Register"}])
    release = client.act("PrepareRelease", period=period.code, measures=[{"measureId": MEASURE, "contextNote": None}])
    return Ready(client, release["id"], release["preview"]["hash"])


def prepare_all(schools: Sequence[School]) -> list[Ready]:
    """Each school one release, all of one period, with figures that differ."""
    period = new_period(*schools)
    return [prepare(school, period, 12 + 7 * number) for number, school in enumerate(schools)]


class Between:
    """Nobody can publish in the trust while this lasts: its lock is held, as by a third publication."""

    def __init__(self, connection: "psycopg.Connection[tuple[object, ...]]", number: int) -> None:
        self._connection = connection
        self._number = number

    def await_waiting(self, wanted: int) -> None:
        """Until so many have committed what was signed and wait to publish it."""
        await_true(lambda: self._waiting() == wanted, f"{wanted} waiting for the trust’s lock ({self._waiting()} do)")

    def _waiting(self) -> int:
        query = (
            "select count(*) from pg_locks join pg_stat_activity using (pid)"
            " where locktype = 'advisory' and not granted and usename = 'footbridge_release'"
        )
        row = self._connection.execute(query).fetchone()
        assert row is not None
        return int(str(row[0]))

    def open(self) -> None:
        self._connection.execute("select pg_advisory_unlock(%s::bigint)", (self._number,))


@contextmanager
def between_the_transactions(house: House, people: People) -> Iterator[Between]:
    """Ends with the lock given back, if PostgreSQL has not lost it itself by then."""
    number = people.trust_id.int & 0x7FFFFFFFFFFFFFFF  # as PublishedRepository.lock_trust; else nobody waits for it
    connection = house.connect()
    try:
        connection.execute("select pg_advisory_lock(%s::bigint)", (number,))
        yield Between(connection, number)
    finally:
        connection.close()
