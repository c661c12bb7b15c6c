"""A mutation sent twice has one effect and one answer."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import func, select, text

from footbridge.audit.tables import event
from footbridge.engagement.tables import activity
from footbridge.runtime.database import Database, Role
from footbridge.tenancy.permission import Scope
from tests.foundation.people import World, WorldSchool
from tests.gateway.client import Client, school_path
from tests.gateway.conftest import GiveToken, SignIn


@pytest.fixture
async def head(sign_in: SignIn, world: World) -> Client:
    return await sign_in(world.schools[0].head)


@pytest.fixture
def path(world: World) -> str:
    return school_path(world.schools[0].urn)


async def activities_called(database: Database, school: WorldSchool, title: str) -> int:
    query = select(func.count()).select_from(activity).where(activity.c.title == title)
    async with database.transaction(Role.SCHOOL, school_id=school.id, trust_id=school.trust_id) as opened:
        number: int = await opened.scalar(query)
    return number


async def test_the_second_sending_is_answered_as_the_first(
    head: Client, path: str, world: World, world_database: Database
) -> None:
    variables = {"title": "Once", "category": "WIDER_LIFE_SKILLS"}
    first = await head.send(path, "AddActivity", key="once", **variables)
    second = await head.send(path, "AddActivity", key="once", **variables)
    assert second.json() == first.json()
    assert "idempotency-replayed" not in first.headers
    assert second.headers["idempotency-replayed"] == "true"
    assert await activities_called(world_database, world.schools[0], "Once") == 1


async def test_many_at_once_have_one_effect(head: Client, path: str, world: World, world_database: Database) -> None:
    variables = {"title": "Together", "category": "WIDER_LIFE_SKILLS"}
    answers = await asyncio.gather(*(head.send(path, "AddActivity", key="together", **variables) for _ in range(8)))
    assert len({answer.text for answer in answers}) == 1
    assert sum("idempotency-replayed" not in answer.headers for answer in answers) == 1
    assert await activities_called(world_database, world.schools[0], "Together") == 1


async def test_a_key_with_other_content_is_refused(head: Client, path: str) -> None:
    await head.send(path, "AddActivity", key="mine", title="First", category="WIDER_LIFE_SKILLS")
    other = await head.send(path, "AddActivity", key="mine", title="Other", category="WIDER_LIFE_SKILLS")
    assert (other.status_code, other.json()["errors"][0]["extensions"]["code"]) == (409, "IDEMPOTENCY_KEY_REUSED")


async def test_a_key_belongs_to_one_person(sign_in: SignIn, world: World, world_database: Database) -> None:
    school = world.schools[0]
    for person in (school.head, school.deputy):
        client = await sign_in(person)
        answer = await client.send(
            school_path(school.urn), "AddActivity", key="shared", title="Each", category="WIDER_LIFE_SKILLS"
        )
        assert "idempotency-replayed" not in answer.headers
    assert await activities_called(world_database, school, "Each") == 2


async def test_a_refusal_is_kept_and_told_again_and_leaves_an_event(
    head: Client, path: str, world: World, world_database: Database
) -> None:
    wrong = {"title": "  ", "category": "WIDER_LIFE_SKILLS"}
    first = await head.send(path, "AddActivity", key="refused", **wrong)
    again = await head.send(path, "AddActivity", key="refused", **wrong)
    assert first.json()["data"]["addActivity"]["__typename"] == "Refusal"
    assert again.json() == first.json()
    assert again.headers["idempotency-replayed"] == "true"
    query = select(func.count()).where(event.c.action == "gateway.refused", event.c.school_id == world.schools[0].id)
    async with world_database.transaction(Role.SEALER) as opened:
        assert await opened.scalar(query) >= 1


@pytest.mark.parametrize(
    ("declared", "key", "variables"),
    [("", "77", {}), ("", '"77"', {}), ("($key: ID!)", "$key", {"key": 77}), ('($key: ID! = "77")', "$key", {})],
)
async def test_a_key_may_be_said_in_each_way_that_an_id_may(
    give_token: GiveToken, world: World, declared: str, key: str, variables: dict[str, Any]
) -> None:
    school = world.schools[2]
    program = await give_token(school.head, Scope.READ, Scope.WRITE, Scope.ADHOC)
    changed = 'addActivity(title: "Said", category: WIDER_LIFE_SKILLS, idempotencyKey: %s) { __typename }'
    sent = {"query": f"mutation{declared} {{ {changed % key} }}", "variables": variables}
    first, again = [await program.post(school_path(school.urn), sent) for _ in range(2)]
    assert first.json()["data"] == again.json()["data"] == {"addActivity": {"__typename": "Activity"}}
    assert "idempotency-replayed" not in first.headers
    assert again.headers["idempotency-replayed"] == "true"


@pytest.mark.parametrize("key", ["", "x" * 201])
async def test_a_key_is_needed(head: Client, path: str, key: str) -> None:
    response = await head.send(path, "AddActivity", title="T", category="WIDER_LIFE_SKILLS", key=key)
    assert (response.status_code, response.json()["errors"][0]["extensions"]["code"]) == (
        400, "IDEMPOTENCY_KEY_MISSING",
    )  # fmt: skip


async def test_a_replayed_signature_tells_the_release_as_it_is_now(sign_in: SignIn, world: World) -> None:
    school = world.schools[1]
    head, path = await sign_in(school.head), school_path(school.urn)
    row = {"measureId": "pupil-participation", "period": "2023-24", "numerator": 60, "denominator": 200, "source": "O"}
    await head.run(path, "ImportObservations", rows=[row])
    chosen = [{"measureId": "pupil-participation"}]
    prepared = await head.run(path, "PrepareRelease", period="2023-24", measures=chosen)
    signing = {"releaseId": prepared["id"], "previewHash": prepared["preview"]["hash"]}
    first = await head.send(path, "SignRelease", key="sign", **signing)
    await head.run(path, "WithdrawRelease", releaseId=prepared["id"])
    again = await head.send(path, "SignRelease", key="sign", **signing)
    assert again.json()["data"] == first.json()["data"]
    assert first.json()["extensions"]["release"]["state"] == "PUBLISHED"
    assert again.json()["extensions"]["release"]["state"] == "WITHDRAWN"


async def test_a_key_is_free_again_after_a_day(head: Client, path: str, world: World, world_database: Database) -> None:
    school = world.schools[0]
    variables = {"title": "Daily", "category": "WIDER_LIFE_SKILLS"}
    await head.send(path, "AddActivity", key="daily", **variables)
    async with world_database.transaction(Role.SCHOOL, school_id=school.id, trust_id=school.trust_id) as opened:
        await opened.run(
            text("update school.idempotency_key set created_at = now() - interval '25 hours' where key = 'daily'")
        )
    again = await head.send(path, "AddActivity", key="daily", **variables)
    assert "idempotency-replayed" not in again.headers
    assert await activities_called(world_database, school, "Daily") == 2
