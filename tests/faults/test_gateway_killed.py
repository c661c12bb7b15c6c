"""kill -9 of the gateway during a stream of mutations."""

import socket

import pytest

from tests.faults.conftest import People
from tests.faults.house import House
from tests.faults.stream import streaming
from tests.foundation.processes import await_true


def kill_and_check(house: House, people: People, rounds: int) -> None:
    with streaming(house, people.schools[:2]) as stream:
        for _ in range(rounds):
            stream.flow()
            house.kill("gateway")
            house.start_gateway()
        stream.flow()
    stream.check()


def test_what_was_acknowledged_is_there_once_though_the_gateway_was_killed(house: House, people: People) -> None:
    kill_and_check(house, people, rounds=2)


def test_what_was_acknowledged_is_there_once_though_the_process_that_answers_was_killed(
    house: House, people: People
) -> None:
    """The one above it starts another, so that nobody has to."""
    with streaming(house, people.schools[:2]) as stream:
        stream.flow()
        house.kill_serving_process()
        stream.flow()
    assert house.is_running("gateway")
    stream.check()


@pytest.mark.prove
def test_what_was_acknowledged_is_there_once_though_the_gateway_was_killed_thirty_times(
    house: House, people: People
) -> None:
    kill_and_check(house, people, rounds=30)


def test_nothing_of_a_killed_gateway_is_left(house: House) -> None:
    house.kill("gateway")
    await_true(lambda: _refuses(house), "the end of the port’s listener")


def _refuses(house: House) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", house.port)) != 0
