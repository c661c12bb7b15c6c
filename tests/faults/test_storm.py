"""Everything dies in turn while heads sign: each release that was answered “signed” ends published once."""

from collections.abc import Callable

import pytest

from tests.faults.client import Answer, begin
from tests.faults.conftest import People, School
from tests.faults.evidence import Evidence
from tests.faults.house import House
from tests.faults.sharing import Ready, new_period, prepare
from tests.foundation.processes import await_true


def deaths(house: House) -> list[Callable[[], None]]:
    def database() -> None:
        house.kill_postgres()
        house.start_postgres()

    def gateway() -> None:
        house.kill("gateway")
        house.start_gateway()

    def worker() -> None:
        house.kill("worker")
        house.age_heartbeats()
        house.start_worker()

    return [database, worker, gateway]


def storm(house: House, people: People, rounds: int) -> None:
    evidence = Evidence(house, people.trust_id)
    for death in deaths(house) * rounds:
        house.start_missing()
        ready = sign_during(death, people)
        evidence.await_published({one.id for one in ready})
    evidence.await_no_jobs()
    evidence.check()


def sign_during(death: Callable[[], None], people: People) -> list[Ready]:
    """Each head signs two releases, insisting on an answer; the first few have one when it happens."""
    prepared = [prepare_both(school) for school in people.schools]
    answers: list[Answer] = []
    signing = [begin(lambda ready=ready: sign_both(ready, answers)) for ready in prepared]
    await_true(lambda: len(answers) >= 3, "the first signatures")
    death()
    for thread in signing:
        thread.finish()
    assert len(answers) == 2 * len(prepared)
    return [one for ready in prepared for one in ready]


def prepare_both(school: School) -> list[Ready]:
    return [prepare(school, new_period(school), numerator) for numerator in (20, 60)]


def sign_both(ready: list[Ready], answers: list[Answer]) -> None:
    for one in ready:
        answers.append(one.sign())


def test_what_was_answered_signed_is_published_once_whatever_died(house: House, people: People) -> None:
    storm(house, people, rounds=1)


@pytest.mark.prove
def test_what_was_answered_signed_is_published_once_whatever_died_thirty_times(house: House, people: People) -> None:
    storm(house, people, rounds=10)
