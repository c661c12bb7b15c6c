"""Death between the two transactions of publishing: what a head has signed is published once, by whoever lives."""

from collections.abc import Sequence
from uuid import UUID

import pytest

from tests.faults.client import Answer, begin
from tests.faults.conftest import People
from tests.faults.evidence import Evidence
from tests.faults.house import House
from tests.faults.sharing import Ready, between_the_transactions, prepare_all


@pytest.fixture
def evidence(house: House, people: People) -> Evidence:
    return Evidence(house, people.trust_id)


def ids(ready: Sequence[Ready]) -> set[UUID]:
    return {one.id for one in ready}


def states(answers: Sequence[Answer]) -> set[str]:
    return {answer.extensions["release"]["state"] for answer in answers}


def test_worker_publishes_what_was_signed_when_the_gateway_died(
    house: House, people: People, evidence: Evidence
) -> None:
    ready = prepare_all(people.schools)
    house.kill("worker")
    with between_the_transactions(house, people) as between:
        signing = [begin(one.try_to_sign) for one in ready]
        between.await_waiting(len(ready))
        house.kill("gateway")
    assert [thread.finish() for thread in signing] == [None] * len(ready)
    assert ids(ready) <= evidence.signed()
    assert not ids(ready) & evidence.published()
    house.start_worker()
    evidence.await_published(ids(ready))
    evidence.await_no_jobs()
    evidence.check()
    house.start_gateway()
    answers = [one.sign() for one in ready]
    assert all(answer.replayed for answer in answers)
    assert states(answers) == {"PUBLISHED"}
    evidence.check()


def test_worker_takes_back_what_was_withdrawn_when_the_gateway_died(
    house: House, people: People, evidence: Evidence
) -> None:
    ready = prepare_all(people.schools)
    assert states([one.sign() for one in ready]) == {"PUBLISHED"}
    house.kill("worker")
    back = ready[1:6]
    with between_the_transactions(house, people) as between:
        withdrawing = [begin(one.try_to_withdraw) for one in back]
        between.await_waiting(len(back))
        house.kill("gateway")
    assert [thread.finish() for thread in withdrawing] == [None] * len(back)
    assert not ids(back) & evidence.withdrawn()
    house.start_worker()
    evidence.await_withdrawn(ids(back))
    evidence.await_no_jobs()
    evidence.check()
    house.start_gateway()
    answers = [one.withdraw() for one in back]
    assert all(answer.replayed for answer in answers)
    assert states(answers) == {"WITHDRAWN"}
    evidence.check()


def test_request_that_is_sent_again_publishes_before_the_worker_can(
    house: House, people: People, evidence: Evidence
) -> None:
    ready = prepare_all(people.schools)
    house.kill("worker")
    with between_the_transactions(house, people) as between:
        signing = [begin(one.try_to_sign) for one in ready]
        between.await_waiting(len(ready))
        house.kill("gateway")
    assert [thread.finish() for thread in signing] == [None] * len(ready)
    house.start_gateway()
    answers = [one.sign() for one in ready]
    assert all(answer.replayed for answer in answers)
    assert states(answers) == {"PUBLISHED"}
    evidence.check()
    house.start_worker()
    evidence.await_no_jobs()
    evidence.check()


def test_request_and_worker_at_once_publish_once(house: House, people: People, evidence: Evidence) -> None:
    """The worker has two threads: both wait beside the two requests whose releases they would publish."""
    ready = prepare_all(people.schools[:2])
    with between_the_transactions(house, people) as between:
        signing = [begin(one.try_to_sign) for one in ready]
        between.await_waiting(2)
        house.make_jobs_due()
        between.await_waiting(4)
    answers = [thread.finish() for thread in signing]
    assert states(answers) == {"PUBLISHED"}
    evidence.await_no_jobs()
    evidence.check()


def test_request_and_worker_at_once_withdraw_once(house: House, people: People, evidence: Evidence) -> None:
    ready = prepare_all(people.schools[:2])
    assert states([one.sign() for one in ready]) == {"PUBLISHED"}
    evidence.await_no_jobs()
    with between_the_transactions(house, people) as between:
        withdrawing = [begin(one.try_to_withdraw) for one in ready]
        between.await_waiting(2)
        house.make_jobs_due()
        between.await_waiting(4)
    assert states([thread.finish() for thread in withdrawing]) == {"WITHDRAWN"}
    evidence.await_no_jobs()
    evidence.check()


def test_database_that_dies_while_many_wait_to_publish_loses_none(
    house: House, people: People, evidence: Evidence
) -> None:
    """Gateway and worker stay up, and what was signed is published without anybody's doing."""
    ready = prepare_all(people.schools)
    with between_the_transactions(house, people) as between:
        signing = [begin(one.sign) for one in ready]
        between.await_waiting(len(ready))
        house.kill_postgres()
        house.start_postgres()
    for thread in signing:
        thread.finish()
    evidence.await_published(ids(ready))
    evidence.await_no_jobs()
    assert house.is_running("gateway")
    assert house.is_running("worker")
    evidence.check()
