"""kill -9 of PostgreSQL, postmaster and all, while the gateway stays up."""

import uuid
from collections.abc import Sequence

import pytest

from tests.faults.client import Client, begin
from tests.faults.conftest import People
from tests.faults.house import House
from tests.faults.stream import streaming


def kill_and_check(house: House, people: People, rounds: int) -> None:
    with streaming(house, people.schools[2:4]) as stream:
        for _ in range(rounds):
            stream.flow()
            house.kill_postgres()
            assert house.status("/healthz") == 200
            assert house.status("/readyz") == 503
            house.start_postgres()
            house.await_ready()
        stream.flow()
    assert house.is_running("gateway")
    assert house.is_running("worker")
    stream.check()


def test_what_was_acknowledged_is_there_once_though_the_database_was_killed(house: House, people: People) -> None:
    kill_and_check(house, people, rounds=3)


@pytest.mark.prove
def test_what_was_acknowledged_is_there_once_though_the_database_was_killed_thirty_times(
    house: House, people: People
) -> None:
    kill_and_check(house, people, rounds=30)


def test_gateway_without_database_says_so_and_serves_again_by_itself(house: House, people: People) -> None:
    """A token, a head's session and a page for everybody: no door says more, or less, than that it is busy."""
    school = people.schools[2]
    program, head = school.program(), school.head()
    activity = {"title": "Choir", "category": "ARTS_AND_CULTURE", "partnershipId": None}
    house.kill_postgres()
    for client in (program, head):
        answer = client.send("AddActivity", activity | {"idempotencyKey": uuid.uuid4().hex})
        assert (answer.status_code, answer.headers.get("Retry-After")) == (503, "1")
        assert answer.json()["errors"][0]["extensions"]["code"] == "BUSY"
    assert (house.status("/healthz"), house.status("/readyz")) == (200, 503)
    house.start_postgres()
    house.await_ready()
    for client in (program, head):
        key = uuid.uuid4().hex
        first = client.attempt("AddActivity", activity | {"idempotencyKey": key})
        assert first is not None, "ready was said too early"
        assert not first.replayed


def together(clients: Sequence[Client]) -> list[int]:
    """The status that each is told, all asking at the same moment."""
    asked = [begin(lambda client=client: client.send("School", {}).status_code) for client in clients]
    return [thread.finish() for thread in asked]


def test_connections_that_died_in_the_pool_cost_nobody_an_error(house: House, people: People) -> None:
    """Eight at once have filled every pool; after the restart the first requests of all of them succeed."""
    house.await_ready()
    clients = [school.program() for school in people.schools]
    together(clients)
    house.kill_postgres()
    house.start_postgres()
    assert together(clients) == [200] * len(clients)
