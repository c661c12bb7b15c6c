"""Who read what and when: a row for each reader, operation, version and hour, seen by the school it is about."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from asyncpg import PostgresError
from sqlalchemy import func, select

from footbridge.delegation import access
from footbridge.delegation.access import Access, record_accesses
from footbridge.delegation.tables import access_record
from footbridge.runtime.database import Database, Role
from footbridge.runtime.ids import new_id
from footbridge.tenancy.caller import Caller
from footbridge.tenancy.permission import PostRole, permissions_of_role
from footbridge.tenancy.session import open_school, open_trust
from tests.foundation.people import World, WorldSchool, WorldTrust
from tests.foundation.told import refused, told

ABOUT = Access(new_id(), "attendance", "2024-25", 7)
HOUR = datetime(2026, 3, 2, 9, tzinfo=UTC)


@contextmanager
def the_time(monkeypatch: pytest.MonkeyPatch, at: datetime) -> Iterator[None]:
    with monkeypatch.context() as patched:
        patched.setattr(access, "now", lambda: at)
        yield


async def read(database: Database, reader: Caller, *accesses: Access, operation: str = "Compare") -> None:
    async with open_trust(database, reader, trust_id=reader.trust_id) as trust:
        await record_accesses(trust, operation, accesses)


async def seen_by(database: Database, school: WorldSchool) -> list[Any]:
    """As the school's endpoint tells it, newest first."""
    found: list[Any] = (await told(database, school.head, "AccessRecords", first=100))["nodes"]
    return found


@pytest.fixture
def trust(world: World) -> WorldTrust:
    return world.trusts[0]


async def test_the_same_reading_within_an_hour_is_one_row(
    fresh_world_database: Database, trust: WorldTrust, monkeypatch: pytest.MonkeyPatch
) -> None:
    school = trust.schools[0]
    before, about = await seen_by(fresh_world_database, school), replace(ABOUT, school_id=school.id)
    for minutes in (0, 1, 59):
        with the_time(monkeypatch, HOUR + timedelta(minutes=minutes)):
            await read(fresh_world_database, trust.executive, about)
    assert len(await seen_by(fresh_world_database, school)) == len(before) + 1
    newest = (await seen_by(fresh_world_database, school))[0]
    assert (newest["readerName"], newest["readerRole"]) == (trust.executive.name, "trust executive")
    assert (newest["operation"], newest["measure"]["id"], newest["period"]) == ("Compare", "attendance", "2024-25")


async def test_another_hour_reader_operation_version_measure_or_period_is_another_row(
    fresh_world_database: Database, trust: WorldTrust, monkeypatch: pytest.MonkeyPatch
) -> None:
    school = trust.schools[0]
    about, other = replace(ABOUT, school_id=school.id), replace(trust.executive, id=new_id(), name="Another")
    before = len(await seen_by(fresh_world_database, school))
    with the_time(monkeypatch, HOUR):
        await read(fresh_world_database, trust.executive, about)
        await read(fresh_world_database, other, about)
        await read(fresh_world_database, trust.executive, about, operation="Export")
        await read(fresh_world_database, trust.executive, replace(about, version=8), replace(about, period="2023-24"))
        await read(fresh_world_database, trust.executive, replace(about, measure_id="contact-hours"))
    with the_time(monkeypatch, HOUR + timedelta(hours=1)):
        await read(fresh_world_database, trust.executive, about)
    assert len(await seen_by(fresh_world_database, school)) == before + 7


async def test_a_school_sees_who_read_of_itself_only(
    fresh_world_database: Database, trust: WorldTrust, world: World
) -> None:
    read_of, sibling = trust.schools
    others = {school.id: await seen_by(fresh_world_database, school) for school in world.schools}
    await read(fresh_world_database, trust.executive, replace(ABOUT, school_id=read_of.id))
    assert len(await seen_by(fresh_world_database, read_of)) == len(others[read_of.id]) + 1
    for school in (sibling, *world.trusts[1].schools):
        assert await seen_by(fresh_world_database, school) == others[school.id]


async def test_what_a_trust_writes_about_another_trusts_school_is_never_seen_there(
    fresh_world_database: Database, world: World
) -> None:
    """Its own row it may write; neither the school's list nor its bare select shows another trust's."""
    school, stranger = world.schools[0], world.trusts[1]
    before = await seen_by(fresh_world_database, school)
    await read(fresh_world_database, stranger.executive, replace(ABOUT, school_id=school.id))
    assert await seen_by(fresh_world_database, school) == before
    async with open_school(fresh_world_database, school.head, school_id=school.id) as session:
        assert await session.transaction.scalar(select(func.count()).select_from(access_record)) == len(before)


async def test_a_trust_writes_no_row_in_another_trusts_name(fresh_world_database: Database, world: World) -> None:
    school, stranger = world.schools[0], world.trusts[1]
    before = await seen_by(fresh_world_database, school)
    async with open_trust(fresh_world_database, stranger.executive, trust_id=stranger.id) as session:
        forged = replace(session, trust_id=school.trust_id)
        with pytest.raises(PostgresError, match="row-level security"):
            await record_accesses(forged, "Compare", [replace(ABOUT, school_id=school.id)])
    assert await seen_by(fresh_world_database, school) == before


async def test_nothing_read_is_no_row(fresh_world_database: Database, trust: WorldTrust) -> None:
    before = await seen_by(fresh_world_database, trust.schools[0])
    await read(fresh_world_database, trust.executive)
    assert await seen_by(fresh_world_database, trust.schools[0]) == before


async def test_a_governor_does_not_see_who_read(fresh_world_database: Database, trust: WorldTrust) -> None:
    school = trust.schools[0]
    assert school.governor.permissions == permissions_of_role(PostRole.GOVERNOR)
    code, _ = await refused(fresh_world_database, school.governor, "AccessRecords")
    assert code == "NOT_PERMITTED"


async def test_a_reading_of_more_figures_than_a_statement_takes_is_recorded_whole(
    fresh_world_database: Database, trust: WorldTrust
) -> None:
    about = replace(ABOUT, school_id=trust.schools[0].id)
    await read(fresh_world_database, trust.executive, *(replace(about, version=number) for number in range(3500)))
    async with fresh_world_database.transaction(Role.TRUST, trust_id=trust.id) as transaction:
        written = select(func.count()).where(access_record.c.measure_id == about.measure_id)
        assert await transaction.scalar(written) == 3500
