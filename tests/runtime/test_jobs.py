"""A job's row: added with the effect it completes, and whose it is cannot be said by whoever adds it."""

import json

import pytest
from asyncpg import PostgresError
from sqlalchemy import select, text

from footbridge.runtime.database import Database, Role
from footbridge.runtime.jobs import job_row, queue
from tests.foundation.people import World, WorldSchool

NEWEST = select(queue).order_by(queue.c.position.desc()).limit(1)


async def newest_job(database: Database) -> dict[str, object]:
    async with database.transaction(Role.WORKER) as transaction:
        return dict(await transaction.first(NEWEST))


async def add_job_and_fail(database: Database, school: WorldSchool) -> None:
    async with database.transaction(Role.SCHOOL, school_id=school.id, trust_id=school.trust_id) as transaction:
        await transaction.run(job_row("publication.complete_release", "1"))
        raise RuntimeError("the effect that the job would complete did not come about")


async def test_no_job_outlives_the_effect_it_completes(world: World, fresh_world_database: Database) -> None:
    before = await newest_job(fresh_world_database)
    with pytest.raises(RuntimeError, match="did not come about"):
        await add_job_and_fail(fresh_world_database, world.schools[0])
    assert await newest_job(fresh_world_database) == before


@pytest.mark.parametrize("role", [Role.SCHOOL, Role.RELEASE])
async def test_a_schools_job_is_that_schools(role: Role, world: World, fresh_world_database: Database) -> None:
    school = world.schools[0]
    async with fresh_world_database.transaction(role, school_id=school.id, trust_id=school.trust_id) as transaction:
        await transaction.run(job_row("publication.complete_release", "an-id", delay_seconds=60))
    job = await newest_job(fresh_world_database)
    assert (job["school_id"], job["trust_id"], job["state"]) == (school.id, school.trust_id, "queued")
    message = job["message"]
    assert isinstance(message, dict)
    assert message["args"] == ["an-id"]
    assert message["message_id"] == str(job["message_id"])


async def test_a_trusts_job_is_no_schools(world: World, fresh_world_database: Database) -> None:
    trust = world.trusts[0]
    async with fresh_world_database.transaction(Role.TRUST, trust_id=trust.id) as transaction:
        await transaction.run(job_row("comparison.refresh"))
    job = await newest_job(fresh_world_database)
    assert (job["school_id"], job["trust_id"]) == (None, trust.id)


@pytest.mark.parametrize("column", ["trust_id", "school_id", "position", "worker_id", "consumed_at", "mtime"])
async def test_what_the_table_fills_in_cannot_be_given(
    column: str, world: World, fresh_world_database: Database
) -> None:
    school = world.schools[0]
    value = text("default") if column in {"position"} else text("null")
    named = job_row("publication.complete_release", "1").values({column: value})
    with pytest.raises(PostgresError, match="permission denied"):
        async with fresh_world_database.transaction(
            Role.SCHOOL, school_id=school.id, trust_id=school.trust_id
        ) as transaction:
            await transaction.run(named)


async def test_a_job_that_is_not_queued_cannot_be_added(world: World, fresh_world_database: Database) -> None:
    school = world.schools[0]
    with pytest.raises(PostgresError, match="row-level security"):
        async with fresh_world_database.transaction(
            Role.SCHOOL, school_id=school.id, trust_id=school.trust_id
        ) as transaction:
            await transaction.run(job_row("publication.complete_release", "1").values(state="consumed"))


async def test_nobodys_job_cannot_be_added(fresh_world_database: Database) -> None:
    with pytest.raises(PostgresError, match=r"footbridge\.(school|trust)_id"):
        async with fresh_world_database.transaction(Role.SCHOOL) as transaction:
            await transaction.run(job_row("publication.complete_release", "1"))


async def test_who_adds_jobs_cannot_see_them(world: World, fresh_world_database: Database) -> None:
    school = world.schools[0]
    with pytest.raises(PostgresError, match="permission denied"):
        async with fresh_world_database.transaction(
            Role.SCHOOL, school_id=school.id, trust_id=school.trust_id
        ) as transaction:
            await transaction.all(select(queue.c.message_id))


async def test_the_worker_finishes_a_job_and_cannot_give_it_to_another(
    world: World, fresh_world_database: Database
) -> None:
    async with fresh_world_database.transaction(Role.WORKER) as transaction:
        job = await transaction.first(NEWEST)
        own = queue.c.message_id == job.message_id
        assert await transaction.run(queue.update().where(own).values(state="consumed")) == 1
    with pytest.raises(PostgresError, match="permission denied"):
        async with fresh_world_database.transaction(Role.WORKER) as transaction:
            await transaction.run(queue.update().where(own).values(trust_id=world.trusts[1].id))
    async with fresh_world_database.transaction(Role.WORKER) as transaction:
        assert await transaction.run(queue.delete().where(own)) == 1


async def test_a_message_is_plain_json_of_ids(world: World, fresh_world_database: Database) -> None:
    job = await newest_job(fresh_world_database)
    words = json.dumps(job["message"])
    assert not [word for word in world.words if word in words]
