"""kill -9 of the worker between taking a job and telling that it is done."""

from contextlib import closing

import pytest

from tests.faults.client import begin
from tests.faults.conftest import People
from tests.faults.evidence import Evidence
from tests.faults.house import House
from tests.faults.sharing import Ready, between_the_transactions, prepare_all
from tests.foundation.processes import await_true

THREADS = 2  # of the worker; so many jobs are under way at once


@pytest.fixture
def evidence(house: House, people: People) -> Evidence:
    return Evidence(house, people.trust_id)


def signed_and_left_to_the_worker(house: House, people: People) -> list[Ready]:
    """The gateway dies before it can publish; it is not there again when this returns."""
    house.kill("worker")
    ready = prepare_all(people.schools[:5])
    with between_the_transactions(house, people) as between:
        signing = [begin(one.try_to_sign) for one in ready]
        between.await_waiting(len(ready))
        house.kill("gateway")
    for thread in signing:
        thread.finish()
    return ready


def kill_while_publishing(house: House, people: People, ready: list[Ready]) -> None:
    with between_the_transactions(house, people) as between:
        house.make_jobs_due()
        house.start_worker()
        between.await_waiting(THREADS)
        house.kill("worker")


def test_job_of_a_worker_killed_before_it_could_publish_is_done_by_the_next(
    house: House, people: People, evidence: Evidence
) -> None:
    ready = signed_and_left_to_the_worker(house, people)
    kill_while_publishing(house, people, ready)
    assert not {one.id for one in ready} & evidence.published()
    house.age_heartbeats()
    house.start_worker()
    evidence.await_published({one.id for one in ready})
    evidence.await_no_jobs()
    evidence.check()


def test_job_of_a_worker_killed_after_it_published_publishes_no_second_time(
    house: House, people: People, evidence: Evidence
) -> None:
    """Its acknowledgment waits for the job's row, which the test holds; there it dies."""
    ready = signed_and_left_to_the_worker(house, people)
    with house.connect() as connection:
        with between_the_transactions(house, people) as between:
            house.make_jobs_due()
            house.start_worker()
            between.await_waiting(THREADS)
            connection.execute("begin; select * from jobs.queue where state = 'consumed' for update")
        await_true(lambda: house.count_waiting("footbridge_worker") == THREADS, "the wait to acknowledge")
        assert len({one.id for one in ready} & evidence.published()) == THREADS
        house.kill("worker")
        connection.execute("rollback")
    house.age_heartbeats()
    house.start_worker()
    evidence.await_published({one.id for one in ready})
    evidence.await_no_jobs()
    evidence.check()


def test_job_that_was_lost_with_the_workers_connection_is_done_by_the_same_worker(
    house: House, people: People, evidence: Evidence
) -> None:
    """PostgreSQL dies when it has committed the claim and not yet told of it: the row says that it is being done."""
    ready = signed_and_left_to_the_worker(house, people)
    earlier = house.worker_names()
    with closing(house.connect()) as connection:
        connection.execute("update jobs.queue set available_at = now() + interval '1 hour'")
        connection.execute("begin; lock table jobs.queue in share mode")
        house.start_worker()
        await_true(lambda: house.count_waiting("footbridge_worker") > 0, "the worker’s claim")
        await_true(lambda: house.worker_names() - earlier != set(), "the worker’s name")
        (name,) = house.worker_names() - earlier
        house.kill_postgres()
    house.start_postgres()
    house.claim_jobs_for(name)
    await_true(lambda: house.worker_names() - earlier - {name} != set(), "the worker’s going on under a new name")
    house.age_heartbeats()
    evidence.await_published({one.id for one in ready})
    evidence.await_no_jobs()
    assert house.is_running("worker")
    evidence.check()


@pytest.mark.prove
def test_job_of_a_killed_worker_is_done_when_its_last_sign_of_life_is_old(
    house: House, people: People, evidence: Evidence
) -> None:
    """The same in real time."""
    ready = signed_and_left_to_the_worker(house, people)
    kill_while_publishing(house, people, ready)
    house.start_worker()
    evidence.await_published({one.id for one in ready})
    evidence.await_no_jobs()
    evidence.check()
