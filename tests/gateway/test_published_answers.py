"""What was published is told from memory: to whom it may be, for as long as it is so, and never without its record."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import func, insert, select, update

from footbridge.command.person import operation_file
from footbridge.delegation import access
from footbridge.delegation.tables import access_record
from footbridge.directory import sign_in_session
from footbridge.directory import tables as directory
from footbridge.directory.signed_in_cache import SignedInCache
from footbridge.gateway import published
from footbridge.gateway.app import make_app
from footbridge.gateway.documents.document import document_id
from footbridge.gateway.http.answers import Media
from footbridge.gateway.http.limits import Limits
from footbridge.gateway.projection import session as statement_session
from footbridge.gateway.published import Answer, Noted, PublishedAnswers, key_of, reading_of
from footbridge.runtime.clock import today
from footbridge.runtime.database import Database, Role
from footbridge.runtime.ids import new_id
from footbridge.tenancy import tables as register
from footbridge.tenancy.caller import Caller
from footbridge.tenancy.permission import PostRole
from footbridge.tenancy.session import open_register
from tests.foundation.connections import heard
from tests.foundation.people import World, WorldTrust, make_caller
from tests.gateway.client import ORIGIN, Client, school_path, trust_path
from tests.gateway.conftest import OF_A_PAGE, open_session
from tests.gateway.people import enter_person

MEASURE, PERIOD = "persistent-absence", "2024-25"
HOUR = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)

Enter = Callable[[Caller], Awaitable[Client]]


@pytest.fixture
async def enter(fresh_world_database: Database) -> AsyncIterator[Enter]:
    """People of one gateway, which has only just been started."""
    app = make_app(fresh_world_database, ORIGIN, Limits().widened(1000))
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with AsyncExitStack() as opened:

        async def make(caller: Caller) -> Client:
            cookies = {"footbridge_session": await open_session(fresh_world_database, caller)}
            http = httpx.AsyncClient(transport=transport, base_url=ORIGIN, cookies=cookies, headers=OF_A_PAGE)
            return Client(await opened.enter_async_context(http), caller)

        yield make


@pytest.fixture
def trust(world: World) -> WorldTrust:
    return world.trusts[0]


async def another(database: Database, trust: WorldTrust, role: PostRole = PostRole.TRUST_EXECUTIVE) -> Caller:
    caller = make_caller(trust.word, role, trust_id=trust.id, school_id=None)
    await enter_person(database, caller)
    return caller


async def of_hub(database: Database, trust: WorldTrust) -> Caller:
    """An executive of a hub of the first school alone."""
    hub = {"id": new_id(), "trust_id": trust.id, "name": f"Small {trust.word}", "sort_name": "small", "kind": "hub"}
    member = {"id": new_id(), "trust_id": trust.id, "group_id": hub["id"], "school_id": trust.schools[0].id}
    async with open_register(database) as session:
        await session.transaction.run(insert(register.trust_group).values(hub))
        joined = insert(register.trust_group_membership).values(from_on=today() - timedelta(days=9), **member)
        await session.transaction.run(joined)
    caller = await another(database, trust)
    await change_post(database, caller, group_id=hub["id"])
    return caller


async def change_post(database: Database, caller: Caller, **values: object) -> None:
    table = directory.post
    async with database.transaction(Role.DIRECTORY, trust_id=caller.trust_id) as transaction:
        await transaction.run(update(table).where(table.c.person_id == caller.id).values(**values))


async def compare(reader: Client, trust: WorldTrust, operation: str = "Comparison") -> Any:
    variables = {"measureId": MEASURE} if operation == "Comparison" else {"measureIds": [MEASURE]}
    told = await reader.run(trust_path(trust.uid), operation, period=PERIOD, **variables)
    await asyncio.sleep(0)  # a driver tells what it asked in the next turn of the loop
    return told


async def readings_of(database: Database, caller: Caller, operation: str = "Comparison") -> int:
    mine = (access_record.c.reader_id == caller.id) & (access_record.c.operation == operation)
    async with database.transaction(Role.TRUST, trust_id=caller.trust_id) as transaction:
        found: int = await transaction.scalar(select(func.count()).select_from(access_record).where(mine))
    return found


def whole_reads(statements: list[str]) -> list[str]:
    return [statement for statement in statements if "published.value" in statement]


async def take_back(head: Client, urn: str) -> None:
    """The head withdraws what the school has shared of the period."""
    page = await head.run(school_path(urn), "Releases", first=10)
    (release,) = [node for node in page["nodes"] if node["period"]["code"] == PERIOD and node["state"] == "PUBLISHED"]
    done = await head.run(school_path(urn), "WithdrawRelease", releaseId=release["id"])
    assert done["id"] == release["id"]


async def get(reader: Client, trust: WorldTrust, tag: str | None = None) -> httpx.Response:
    text = operation_file("trust", "Comparison").read_text(encoding="utf-8")
    variables = json.dumps({"measureId": MEASURE, "period": PERIOD})
    asked = {"documentId": document_id(text), "variables": variables}
    return await reader.http.get(
        trust_path(trust.uid), params=asked, headers={"If-None-Match": tag} if tag is not None else {}
    )


@pytest.mark.parametrize("operation", ["Comparison", "Comparisons"])
async def test_the_same_again_is_told_without_being_read_again(
    operation: str, enter: Enter, trust: WorldTrust, fresh_world_database: Database
) -> None:
    executive = await enter(trust.executive)
    with heard(fresh_world_database, Role.TRUST) as statements:
        first = await compare(executive, trust, operation)
    assert len(whole_reads(statements)) == 1
    with heard(fresh_world_database, Role.TRUST) as statements:
        assert await compare(executive, trust, operation) == first
    (asked,) = statements
    assert "published.version" in asked
    assert whole_reads(statements) == []


async def test_without_memory_each_is_read(trust: WorldTrust, fresh_world_database: Database) -> None:
    app = make_app(fresh_world_database, ORIGIN, remember=False)
    cookies = {"footbridge_session": await open_session(fresh_world_database, trust.executive)}
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url=ORIGIN, cookies=cookies) as http:
        with heard(fresh_world_database, Role.TRUST) as statements:
            told = [await compare(Client(http), trust) for _ in range(3)]
    assert told == [told[0]] * 3
    assert len(whole_reads(statements)) == 3


@pytest.mark.parametrize("operation", ["Comparison", "Comparisons"])
async def test_what_a_school_takes_back_is_gone_with_the_next_answer(
    operation: str, enter: Enter, trust: WorldTrust
) -> None:
    executive, head = await enter(trust.executive), await enter(trust.schools[0].head)
    for _ in range(2):
        before = await compare(executive, trust, operation)
    await take_back(head, trust.schools[0].urn)
    after = await compare(executive, trust, operation)
    was, now = (_cells(each)[trust.schools[0].urn] for each in (before, after))
    assert (was["state"], was["rate"]) == ("shown", "10.9")
    assert now["rate"] is None
    assert now["state"] == "withdrawn"
    assert _cells(after)[trust.schools[1].urn] == _cells(before)[trust.schools[1].urn]


def _cells(told: Any) -> dict[str, Any]:
    (comparison,) = told if isinstance(told, list) else [told]
    return {cell["urn"]: cell for cell in comparison["cells"]}


async def test_another_trust_is_told_its_own(enter: Enter, world: World) -> None:
    told: dict[str, str] = {}
    for trust in (*world.trusts, *world.trusts):
        text = json.dumps(await compare(await enter(trust.executive), trust), ensure_ascii=False)
        assert told.setdefault(trust.word, text) == text
        own = {trust.word, *(school.word for school in trust.schools)}
        assert not [word for word in world.words - own if word in text]


async def test_an_executive_of_a_hub_is_told_of_the_hub(
    enter: Enter, trust: WorldTrust, fresh_world_database: Database
) -> None:
    of_all, small = await enter(trust.executive), await enter(await of_hub(fresh_world_database, trust))
    for _ in range(2):
        assert set(_cells(await compare(of_all, trust))) == {school.urn for school in trust.schools}
        assert set(_cells(await compare(small, trust))) == {trust.schools[0].urn}


async def test_one_who_may_not_compare_is_refused_what_another_was_told(
    enter: Enter, trust: WorldTrust, fresh_world_database: Database
) -> None:
    await compare(await enter(trust.executive), trust)
    administrator = await enter(await another(fresh_world_database, trust, PostRole.TRUST_ADMINISTRATOR))
    await _expect_refusal(administrator, trust)


async def test_one_who_may_not_any_more_is_refused_what_they_were_told(
    enter: Enter, trust: WorldTrust, fresh_world_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = await another(fresh_world_database, trust)
    executive = await enter(person)
    for _ in range(2):
        await compare(executive, trust)
    await change_post(fresh_world_database, person, role=PostRole.TRUST_ADMINISTRATOR.value)
    monkeypatch.setattr(sign_in_session, "_known", SignedInCache())  # two seconds later
    await _expect_refusal(executive, trust)


async def _expect_refusal(reader: Client, trust: WorldTrust) -> None:
    response = await reader.send(trust_path(trust.uid), "Comparison", measureId=MEASURE, period=PERIOD)
    assert response.json()["data"] is None
    assert [error["extensions"]["code"] for error in response.json()["errors"]] == ["NOT_PERMITTED"]
    assert not [school.word for school in trust.schools if school.word in response.text]


async def test_a_change_of_the_register_is_seen_at_once(
    enter: Enter, trust: WorldTrust, fresh_world_database: Database
) -> None:
    executive, school = await enter(trust.executive), trust.schools[0]
    path = trust_path(trust.uid)
    for _ in range(2):
        before = await executive.run(path, "Trust", first=10)
    async with open_register(fresh_world_database) as session:
        renamed = update(register.school).where(register.school.c.id == school.id).values(name="A new name")
        await session.transaction.run(renamed)
    after = await executive.run(path, "Trust", first=10)
    names = [{node["urn"]: node["name"] for node in each["schools"]["nodes"]} for each in (before, after)]
    assert names[0][school.urn] == f"School {school.word}"
    assert names[1] == names[0] | {school.urn: "A new name"}


async def test_another_day_is_another_answer(
    enter: Enter, trust: WorldTrust, fresh_world_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    small = await enter(await of_hub(fresh_world_database, trust))
    link, tomorrow = register.trust_group_membership, today() + timedelta(days=1)
    async with open_register(fresh_world_database) as session:
        ends = update(link).where(link.c.school_id == trust.schools[0].id).values(until_on=tomorrow)
        await session.transaction.run(ends)
    for _ in range(2):
        assert set(_cells(await compare(small, trust))) == {trust.schools[0].urn}
    for module in (published, statement_session):
        monkeypatch.setattr(module, "today", lambda: tomorrow)
    assert _cells(await compare(small, trust)) == {}


async def test_what_is_unchanged_is_not_sent_again_and_what_is_changed_is(enter: Enter, trust: WorldTrust) -> None:
    executive, head = await enter(trust.executive), await enter(trust.schools[0].head)
    first = await get(executive, trust)
    tag = first.headers["etag"]
    for _ in range(2):
        again = await get(executive, trust, tag)
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    await take_back(head, trust.schools[0].urn)
    changed = await get(executive, trust, tag)
    assert changed.status_code == 200
    assert changed.headers["etag"] != tag
    assert changed.json() != first.json()
    assert (await get(executive, trust, changed.headers["etag"])).status_code == 304


async def test_a_tag_is_no_key(enter: Enter, trust: WorldTrust, fresh_world_database: Database) -> None:
    """One who may not compare is refused, whatever tag they show."""
    tag = (await get(await enter(trust.executive), trust)).headers["etag"]
    administrator = await enter(await another(fresh_world_database, trust, PostRole.TRUST_ADMINISTRATOR))
    refused = await get(administrator, trust, tag)
    assert refused.status_code == 200
    assert refused.json()["data"] is None


@pytest.mark.parametrize("operation", ["Comparison", "Comparisons"])
async def test_everybody_who_is_told_from_memory_has_left_a_record(
    operation: str, enter: Enter, trust: WorldTrust, fresh_world_database: Database
) -> None:
    first, second = trust.executive, await another(fresh_world_database, trust)
    told = await compare(await enter(first), trust, operation)
    reader = await enter(second)
    with heard(fresh_world_database, Role.TRUST) as statements:
        for _ in range(3):
            assert await compare(reader, trust, operation) == told
    assert whole_reads(statements) == []
    schools = len(trust.schools)
    assert await readings_of(fresh_world_database, first, operation) == schools
    assert await readings_of(fresh_world_database, second, operation) == schools


async def test_a_record_is_left_in_each_hour_also_by_what_is_told_from_memory(
    enter: Enter, trust: WorldTrust, fresh_world_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    executive, schools = await enter(trust.executive), len(trust.schools)
    with heard(fresh_world_database, Role.TRUST) as statements:
        for hour in range(1, 4):
            for minutes in (0, 29):
                moment = HOUR + timedelta(hours=hour, minutes=minutes)
                for module in (published, access):
                    monkeypatch.setattr(module, "now", lambda moment=moment: moment)
                await compare(executive, trust)
                assert await readings_of(fresh_world_database, trust.executive) == hour * schools
    assert len(whole_reads(statements)) == 1


async def test_a_new_version_is_a_new_record_within_the_hour(
    enter: Enter, trust: WorldTrust, fresh_world_database: Database
) -> None:
    executive, head = await enter(trust.executive), await enter(trust.schools[0].head)
    await compare(executive, trust)
    await take_back(head, trust.schools[0].urn)
    for _ in range(2):
        await compare(executive, trust)
    left = len(trust.schools) - 1
    assert await readings_of(fresh_world_database, trust.executive) == len(trust.schools) + left


async def test_cursors_are_ones_own_also_from_memory(
    enter: Enter, trust: WorldTrust, fresh_world_database: Database
) -> None:
    path, pages = trust_path(trust.uid), []
    for caller in (trust.executive, await another(fresh_world_database, trust)):
        reader = await enter(caller)
        for _ in range(2):
            page = (await reader.run(path, "Trust", first=1))["schools"]
        beyond = await reader.run(path, "Trust", first=1, after=page["pageInfo"]["endCursor"])
        assert [node["urn"] for node in beyond["schools"]["nodes"]] == [trust.schools[1].urn]
        pages.append(page)
    assert pages[0]["nodes"] == pages[1]["nodes"]
    assert pages[0]["pageInfo"]["endCursor"] != pages[1]["pageInfo"]["endCursor"]


async def test_an_error_is_told_anew(enter: Enter, trust: WorldTrust, fresh_world_database: Database) -> None:
    executive, path = await enter(trust.executive), trust_path(trust.uid)
    answers = [await executive.send(path, "Trust", first=1, after="bm9jdXJzb3I") for _ in range(2)]
    assert answers[0].json() == answers[1].json()
    assert "errors" in answers[0].json()


async def test_both_media_types_are_told_from_the_same_memory(enter: Enter, trust: WorldTrust) -> None:
    executive = await enter(trust.executive)
    first = await get(executive, trust)
    executive.http.headers["Accept"] = Media.JSON.value
    second = await get(executive, trust, first.headers["etag"])
    assert (second.status_code, second.json()) == (200, first.json())
    assert second.headers["content-type"].startswith("application/json")


def answer(body: bytes) -> Answer:
    return Answer(body, (1, 1), Noted(()))


def test_no_more_bytes_are_kept_than_may_be() -> None:
    answers = PublishedAnswers(most=10_000)
    for number in range(1000):
        answers.keep(number, answer(b"x" * (number % 4000)))
        assert sum(each.size for each in answers._kept.values()) == answers._bytes <= 10_000
    assert next(reversed(answers._kept)) == 999
    answers.keep("larger than all", answer(b"x" * 10_001))
    assert (list(answers._kept), answers._bytes) == ([], 0)


def test_keeping_itself_counts_so_that_small_answers_are_not_kept_without_end() -> None:
    answers = PublishedAnswers(most=10_000)
    for number in range(1000):
        answers.keep(number, answer(b""))
    assert len(answers._kept) <= 10


def test_what_was_sent_and_whose_figures_were_read_is_kept_as_a_digest(world: World) -> None:
    executive = world.trusts[0].executive
    sent = {"urn": "1" + "x" * 100_000}
    assert len(repr(key_of(executive, "sha256:…", None, sent, personal=False))) < 5_000
    assert len(repr(reading_of(executive, "Comparisons", Noted([("x" * 100_000, ())])))) < 5_000


def test_an_answer_that_is_kept_again_counts_once() -> None:
    answers, same = PublishedAnswers(most=10_000), answer(b"x" * 60)
    for _ in range(10):
        answers.keep("same", same)
    assert (list(answers._kept), answers._bytes) == (["same"], same.size)


async def test_what_was_asked_for_last_is_kept_longest(world: World, fresh_world_database: Database) -> None:
    answers, executive = PublishedAnswers(most=2_500), world.trusts[0].executive
    async with fresh_world_database.transaction(Role.TRUST, read_only=True, trust_id=executive.trust_id) as transaction:
        ((*versions,),) = await transaction.rows(f"select {published.VERSIONS}", [])
    known = Answer(b"x" * 40, (versions[0], versions[1]), Noted(()))
    answers.keep("first", known)
    answers.keep("second", known)
    assert await answers.find(fresh_world_database, executive, "first") == known
    answers.keep("third", known)
    assert list(answers._kept) == ["first", "third"]
