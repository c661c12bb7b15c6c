"""A school records activities and sessions: what works, what is refused, and that refused means unchanged."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from footbridge.engagement import tables
from footbridge.engagement.records import Activity, NewCount, NewVoice, NewYearGroup, Session
from footbridge.engagement.repository import EngagementRepository
from footbridge.engagement.service import add_activity, record_session, remove_session
from footbridge.partnerships.service import add_organisation, add_partnership
from footbridge.runtime.clock import today
from footbridge.runtime.database import Database
from footbridge.runtime.errors import InvalidInput, NotFound, NotPermitted
from footbridge.runtime.ids import new_id
from footbridge.tenancy.caller import Caller
from footbridge.tenancy.permission import PostRole, permissions_of_role
from footbridge.tenancy.session import SchoolSession, open_school
from tests.foundation.larger_trust import build_trust

VOICE = NewVoice("a room", "cards", "the head", "a new game")
WORKSHOP: dict[str, Any] = {
    "held_on": date(2024, 10, 9), "kind": "workshop", "hours": Decimal("1.5"), "led_by": "pupils",
    "designed_by": "jointly", "space": "theirs",
}  # fmt: skip
TABLES = (tables.activity, tables.session, tables.participation_count, tables.meeting_year_group)
MEETING = WORKSHOP | {"kind": "parents' meeting", "year_groups": [NewYearGroup(3, 30, 20, 3, 2)]}


@asynccontextmanager
async def at(database: Database, caller: Caller) -> AsyncIterator[SchoolSession]:
    assert caller.school_id is not None
    async with open_school(database, caller, school_id=caller.school_id) as school:
        yield school


@pytest.fixture(scope="module")
async def all_heads(shared_database: Database) -> Iterator[Caller]:
    return iter((await build_trust(shared_database, 200)).heads)


@pytest.fixture
def heads(all_heads: Iterator[Caller]) -> tuple[Caller, Caller]:
    """Of two siblings that no other test has touched."""
    return next(all_heads), next(all_heads)


@pytest.fixture
async def activity(shared_database: Database, heads: tuple[Caller, Caller]) -> Activity:
    async with at(shared_database, heads[0]) as school:
        return await add_activity(school, title=" Club ", category="arts and culture")


async def record(database: Database, caller: Caller, activity_id: UUID, **said: Any) -> Session:
    async with at(database, caller) as school:
        return await record_session(school, activity_id, **(WORKSHOP | said))


async def record_of(database: Database, caller: Caller) -> list[Any]:
    """Everything the school has about its activities: all that row-level security shows it."""
    async with at(database, caller) as school:
        return [row for table in TABLES for row in await school.transaction.all(select(table).order_by(table.c.id))]


async def find_session(database: Database, caller: Caller, session_id: UUID) -> Session | None:
    async with at(database, caller) as school:
        return await EngagementRepository(school).find_session(session_id)


async def test_a_session_comes_back_as_it_was_recorded(
    shared_database: Database, heads: tuple[Caller, Caller], activity: Activity
) -> None:
    counts = [NewCount("pupils", 26, 30, 31), NewCount("parents and carers", 4, basis="estimated")]
    session = await record(shared_database, heads[0], activity.id, counts=counts, voice=VOICE, hours=Decimal("1.504"))
    assert (session.hours, session.voice_space, session.voice_influence) == (Decimal("1.50"), "a room", "a new game")
    assert activity.title == "Club"
    assert await find_session(shared_database, heads[0], session.id) == session
    count = tables.participation_count.c
    said = select(count.audience, count.attended, count.invited, count.eligible, count.basis)
    async with at(shared_database, heads[0]) as school:
        of_session = said.where(count.session_id == session.id).order_by(count.attended.desc())
        assert await school.transaction.records(of_session, NewCount) == counts


async def test_a_session_recorded_by_mistake_is_taken_back_with_its_counts(
    shared_database: Database, heads: tuple[Caller, Caller], activity: Activity
) -> None:
    kept = await record(shared_database, heads[0], activity.id, counts=[NewCount("pupils", 26)])
    before = await record_of(shared_database, heads[0])
    mistake = await record(shared_database, heads[0], activity.id, **MEETING, counts=[NewCount("families", 20)])
    async with at(shared_database, heads[0]) as school:
        assert await remove_session(school, mistake.id) == mistake
    assert await record_of(shared_database, heads[0]) == before
    assert await find_session(shared_database, heads[0], mistake.id) is None
    assert await find_session(shared_database, heads[0], kept.id) == kept


@pytest.mark.parametrize("held_on", [today(), date(2024, 9, 1)])
async def test_a_session_of_today_or_earlier_is_taken(
    shared_database: Database, heads: tuple[Caller, Caller], activity: Activity, held_on: date
) -> None:
    assert (await record(shared_database, heads[0], activity.id, held_on=held_on)).held_on == held_on


@pytest.mark.parametrize(
    "wrong",
    [
        {"held_on": today() + timedelta(days=2)},
        {"hours": Decimal(0)},
        {"hours": Decimal("0.004")},
        {"hours": Decimal("24.01")},
        {"hours": Decimal(-1)},
        {"kind": "parents' meeting"},
        {"year_groups": [NewYearGroup(3, 30, 20)]},
        MEETING | {"year_groups": [NewYearGroup(3, 30, 20), NewYearGroup(3, 28, 20)]},
        MEETING | {"year_groups": [NewYearGroup(12, 30, 20)]},
        MEETING | {"year_groups": [NewYearGroup(-1, 30, 20)]},
        MEETING | {"year_groups": [NewYearGroup(3, 30, 20, 10, 1)]},
        MEETING | {"year_groups": [NewYearGroup(3, 30, 20, -1)]},
        {"counts": [NewCount("pupils", -1)]},
        {"counts": [NewCount("pupils", 1, invited=-1)]},
        {"counts": [NewCount("pupils", 1, eligible=-1)]},
        {"counts": [NewCount("pupils", 1), NewCount("pupils", 2)]},
        {"voice": replace(VOICE, influence=" ")},
        {"voice": NewVoice("", "", "", "")},
    ],
)
async def test_a_wrong_session_is_refused_and_leaves_nothing(
    shared_database: Database, heads: tuple[Caller, Caller], activity: Activity, wrong: dict[str, Any]
) -> None:
    before = await record_of(shared_database, heads[0])
    with pytest.raises(InvalidInput):
        await record(shared_database, heads[0], activity.id, **wrong)
    assert await record_of(shared_database, heads[0]) == before


async def test_an_activity_needs_a_title(shared_database: Database, heads: tuple[Caller, Caller]) -> None:
    with pytest.raises(InvalidInput):
        async with at(shared_database, heads[0]) as school:
            await add_activity(school, title="  ", category="arts and culture")
    assert await record_of(shared_database, heads[0]) == []


async def test_another_schools_activity_session_and_partnership_are_as_good_as_missing(
    shared_database: Database, heads: tuple[Caller, Caller], activity: Activity
) -> None:
    session = await record(shared_database, heads[0], activity.id, counts=[NewCount("pupils", 26)])
    async with at(shared_database, heads[0]) as school:
        organisation = await add_organisation(school, name="Library", kind="charity")
        own = await add_partnership(school, organisation_id=organisation.id, title="Reading", need_school="Readers")
    before = await record_of(shared_database, heads[0])
    for activity_id, session_id, partnership_id in ((activity.id, session.id, own.id), (new_id(), new_id(), new_id())):
        with pytest.raises(NotFound, match="activity"):
            await record(shared_database, heads[1], activity_id)
        with pytest.raises(NotFound, match="session"):
            async with at(shared_database, heads[1]) as sibling:
                await remove_session(sibling, session_id)
        with pytest.raises(NotFound, match="partnership"):
            async with at(shared_database, heads[1]) as sibling:
                await add_activity(sibling, title="Mine", category="arts and culture", partnership_id=partnership_id)
    assert await find_session(shared_database, heads[1], session.id) is None
    assert await record_of(shared_database, heads[1]) == []
    assert await record_of(shared_database, heads[0]) == before


async def test_a_governor_records_and_removes_nothing(
    shared_database: Database, heads: tuple[Caller, Caller], activity: Activity
) -> None:
    session = await record(shared_database, heads[0], activity.id)
    before, role = await record_of(shared_database, heads[0]), PostRole.GOVERNOR
    governor = replace(heads[0], role=role.value, permissions=permissions_of_role(role))
    async with at(shared_database, governor) as school:
        with pytest.raises(NotPermitted):
            await add_activity(school, title="Choir", category="arts and culture")
        with pytest.raises(NotPermitted):
            await record_session(school, activity.id, **WORKSHOP)
        with pytest.raises(NotPermitted):
            await remove_session(school, session.id)
    assert await record_of(shared_database, heads[0]) == before
