"""What an attack found once stays mended."""

import logging
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from asyncpg import IntegrityConstraintViolationError
from sqlalchemy import Insert, insert, select, update

from footbridge.directory.tables import post
from footbridge.engagement.tables import activity
from footbridge.measures.find import find_measure
from footbridge.publication import publisher
from footbridge.publication.publisher import complete_release
from footbridge.publication.records import ReleaseState
from footbridge.runtime.addresses import libpq_address
from footbridge.runtime.broker import make_broker
from footbridge.runtime.database import Database, Role
from footbridge.runtime.errors import without_content
from footbridge.runtime.ids import new_id
from footbridge.runtime.jobs import job_row, queue
from footbridge.tenancy.caller import Caller
from footbridge.tenancy.permission import Scope
from footbridge.tenancy.session import open_school
from footbridge.tenancy.tables import trust_group_membership
from tests.foundation.larger_trust import build_trust
from tests.foundation.people import World
from tests.foundation.server import Copy
from tests.gateway.client import school_path, trust_path
from tests.gateway.conftest import GiveToken, SignIn, open_session
from tests.publication.sharing import prepare, record, sign

MEASURE, PERIOD = "persistent-absence", "2024-25"


async def test_a_refusal_inside_a_read_is_a_refusal_and_costs_no_connection(sign_in: SignIn, world: World) -> None:
    """Siblings of the field that failed are given up; their statements are not."""
    trust = world.trusts[0]
    executive = await sign_in(trust.executive)
    for _ in range(20):
        response = await executive.send(trust_path(trust.uid), "SchoolReleases", urn=trust.schools[0].urn, first=-1)
        assert response.status_code == 200
        assert response.json()["errors"][0]["extensions"]["code"] == "INVALID_INPUT"
    assert (await executive.send(trust_path(trust.uid), "Trust")).status_code == 200


async def test_a_stored_answer_is_told_only_to_one_who_may_still_ask(
    sign_in: SignIn, world: World, world_database: Database
) -> None:
    school = world.schools[3]
    variables = {"title": "Kept", "category": "WIDER_LIFE_SKILLS"}
    deputy = await sign_in(school.deputy)
    path = school_path(school.urn)
    first = await deputy.send(path, "AddActivity", key="rights", **variables)
    assert first.json()["data"]["addActivity"]["__typename"] == "Activity"
    async with world_database.transaction(Role.DIRECTORY, trust_id=school.trust_id) as transaction:
        await transaction.run(update(post).where(post.c.person_id == school.deputy.id).values(role="governor"))
    again = await (await sign_in(school.deputy)).send(path, "AddActivity", key="rights", **variables)
    assert again.json()["data"]["addActivity"]["code"] == "NOT_PERMITTED"
    assert "idempotency-replayed" not in again.headers


async def test_one_key_for_two_operations_of_a_document_is_refused(give_token: GiveToken, world: World) -> None:
    client = await give_token(world.schools[0].head, Scope.READ, Scope.WRITE, Scope.ADHOC)
    field = 'addOrganisation(name: "{n}", kind: CHARITY, idempotencyKey: "two") {{ __typename }}'
    query = f"mutation A {{ {field.format(n='a')} }} mutation B {{ {field.format(n='b')} }}"
    path = school_path(world.schools[0].urn)
    assert (await client.post(path, {"query": query, "operationName": "A"})).status_code == 200
    assert (await client.post(path, {"query": query, "operationName": "B"})).status_code == 409


async def test_an_executive_of_a_hub_sees_that_hubs_schools(
    sign_in: SignIn, world: World, world_database: Database
) -> None:
    trust = world.trusts[1]
    path = trust_path(trust.uid)
    everybody = await sign_in(trust.executive)
    hub = (await everybody.run(path, "Trust"))["groups"][0]
    async with world_database.transaction(Role.DIRECTORY, trust_id=trust.id) as transaction:
        limited = update(post).where(post.c.person_id == trust.executive.id)
        await transaction.run(limited.values(group_id=UUID(hex=hub["id"].removeprefix("grp_"))))
    await leave_hub(world_database, trust.schools[1].id)
    executive = await sign_in(trust.executive)
    assert [school["urn"] for school in (await executive.run(path, "Trust"))["schools"]["nodes"]] == [
        trust.schools[0].urn
    ]
    seen = await executive.run(path, "Comparison", measureId=MEASURE, period=PERIOD)
    assert [cell["urn"] for cell in seen["cells"]] == [trust.schools[0].urn]
    assert seen["total"]["rate"] is None
    assert await executive.run(path, "SchoolReleases", urn=trust.schools[1].urn) is None


async def leave_hub(database: Database, school_id: UUID) -> None:
    member = trust_group_membership
    async with database.transaction(Role.REGISTER) as transaction:
        ended = update(member).where(member.c.school_id == school_id)
        await transaction.run(ended.values(until_on=member.c.from_on + timedelta(days=1)))


async def test_a_definition_that_changed_after_the_signature_publishes_nothing(
    fresh_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a new version of the product would, deployed between the two transactions."""
    trust = await build_trust(fresh_database, 1)
    head = trust.heads[0]
    await record(fresh_database, head, 20, 99)
    release, digest = await prepare(fresh_database, head)
    await sign(fresh_database, head, release, digest)
    later = replace(find_measure(MEASURE), decimals=0, version=2)
    monkeypatch.setattr(publisher, "find_measure", lambda _: later)
    assert await complete_release(fresh_database, head, release.id) is ReleaseState.PREPARED


async def test_a_job_that_lies_about_its_id_is_set_aside_and_stops_nobody(
    world_database: Database, world: World, world_copy: Copy
) -> None:
    head, honest = world.schools[0].head, job_row("publication.complete_release", str(new_id()))
    lies: list[dict[str, object]] = [{}, {"message_id": 7}, {**message_in(honest), "message_id": str(new_id())}]
    for message in lies:
        row = {"message_id": new_id(), "queue_name": "lies", "state": "queued", "message": message}
        await run_as_school(world_database, head, insert(queue).values(row))
    await run_as_school(world_database, head, honest.values(queue_name="lies"))
    broker = make_broker(libpq_address(world_copy.addresses[Role.WORKER]), world_database)
    consumer = broker.consume("lies", prefetch=10)
    claimed = next(consumer)
    assert claimed.message_id == message_in(honest)["message_id"]
    assert consumer.buffer == []
    consumer.close()
    broker.close()
    async with world_database.transaction(Role.WORKER) as transaction:
        states = await transaction.all(select(queue.c.state).where(queue.c.queue_name == "lies"))
    assert sorted(state for (state,) in states) == ["consumed", "rejected", "rejected", "rejected"]


def message_in(row: Insert) -> dict[str, object]:
    message: dict[str, object] = row.compile().params["message"]
    return message


async def run_as_school(database: Database, head: Caller, statement: Insert) -> None:
    assert head.school_id is not None
    async with open_school(database, head, school_id=head.school_id) as session:
        await session.transaction.run(statement)


async def test_an_error_of_the_database_is_logged_without_anybodys_words(
    world_database: Database, world: World, caplog: pytest.LogCaptureFixture
) -> None:
    school = world.schools[0]
    secret = "Amal Haddad was away"
    wrong = insert(activity).values(school_id=school.id, id=new_id(), title=secret, sort_name=secret, category=secret)
    with pytest.raises(IntegrityConstraintViolationError) as failed:
        await run_as_school(world_database, school.head, wrong)
    told = without_content(failed.value)
    logging.getLogger("test").error(told)
    assert secret not in told
    assert secret not in caplog.text
    assert "activity_category_check" in told


async def test_a_new_sign_in_does_not_follow_a_foreign_host(nobody: Any, world: World) -> None:
    response: httpx.Response = await nobody.http.get("/", headers={"Host": "elsewhere.example"})
    assert response.headers["location"] == "http://127.0.0.1:8000/"
    assert (await nobody.http.get("/healthz/")).status_code == 404


async def test_suggestions_are_not_told(give_token: GiveToken, world: World) -> None:
    client = await give_token(world.schools[0].head, Scope.READ, Scope.ADHOC)
    response = await client.post(school_path(world.schools[0].urn), {"query": "{ schol { urn } }"})
    assert "Did you mean" not in response.text


async def test_two_sessions_of_one_person_are_two(world_database: Database, world: World) -> None:
    assert await open_session(world_database, world.schools[0].head) != await open_session(
        world_database, world.schools[0].head
    )
