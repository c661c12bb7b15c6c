"""Recorded figures: taken once, replaced with the earlier one kept, and the school's own."""

import asyncio
from dataclasses import replace
from uuid import UUID

import pytest
from sqlalchemy import func, select

from footbridge.audit.tables import event
from footbridge.measures.observation import (
    NewObservation,
    ObservationNotTaken,
    ObservationRepository,
    Recorded,
    check_observation,
    record_observations,
)
from footbridge.measures.tables import observation
from footbridge.runtime.database import Database
from footbridge.runtime.errors import NotPermitted
from footbridge.tenancy.caller import Caller
from footbridge.tenancy.permission import PostRole, permissions_of_role
from footbridge.tenancy.session import open_school
from tests.foundation.larger_trust import build_trust
from tests.foundation.server import Copy

ABSENCE = NewObservation("persistent-absence", "2024-25", 24, 230, "register")


def school_of(caller: Caller) -> UUID:
    assert caller.school_id is not None
    return caller.school_id


async def take(database: Database, caller: Caller, *rows: NewObservation) -> Recorded:
    async with open_school(database, caller, school_id=school_of(caller)) as school:
        return await record_observations(school, rows)


async def kept(database: Database, caller: Caller) -> list[tuple[int, bool]]:
    """Numerators in the order recorded, and whether each is current."""
    async with open_school(database, caller, school_id=school_of(caller), read_only=True) as school:
        columns = (observation.c.numerator, observation.c.replaced_at.is_(None))
        query = select(*columns).order_by(observation.c.recorded_at, observation.c.id)
        return [(number, current) for number, current in await school.transaction.all(query)]


async def test_a_figure_is_added_replaced_and_then_left_alone(fresh_database: Database) -> None:
    (head,) = (await build_trust(fresh_database, 1)).heads
    assert await take(fresh_database, head, ABSENCE) == Recorded(1, 0, 0)
    assert await take(fresh_database, head, replace(ABSENCE, numerator=25)) == Recorded(0, 1, 0)
    assert await take(fresh_database, head, replace(ABSENCE, numerator=25)) == Recorded(0, 0, 1)
    assert await kept(fresh_database, head) == [(24, False), (25, True)]


async def test_each_recording_that_changes_something_is_one_event(fresh_copy: Copy) -> None:
    (head,) = (await build_trust(fresh_copy.database, 1)).heads
    for _ in range(2):
        await take(fresh_copy.database, head, ABSENCE, replace(ABSENCE, period="2023-24"))
    with fresh_copy.connect() as connection:
        query = select(func.count()).where(event.c.action == "measures.record_observations")
        sql = str(query.compile(compile_kwargs={"literal_binds": True}))
        assert connection.execute(sql).fetchone() == (1,)


async def test_a_governor_records_nothing(fresh_database: Database) -> None:
    (head,) = (await build_trust(fresh_database, 1)).heads
    role = PostRole.GOVERNOR
    governor = replace(head, role=role.value, permissions=permissions_of_role(role))
    with pytest.raises(NotPermitted):
        await take(fresh_database, governor, ABSENCE)
    assert await kept(fresh_database, head) == []


async def test_another_school_neither_sees_nor_replaces_a_figure(fresh_database: Database) -> None:
    head, sibling = (await build_trust(fresh_database, 2)).heads
    await take(fresh_database, head, ABSENCE)
    async with open_school(fresh_database, sibling, school_id=school_of(sibling)) as school:
        assert await ObservationRepository(school).list_of_period([ABSENCE.measure_id], ABSENCE.period) == []
    assert await take(fresh_database, sibling, replace(ABSENCE, numerator=90)) == Recorded(1, 0, 0)
    assert await kept(fresh_database, head) == [(24, True)]
    assert await kept(fresh_database, sibling) == [(90, True)]


async def test_two_who_record_at_once_are_taken_one_after_the_other(fresh_database: Database) -> None:
    (head,) = (await build_trust(fresh_database, 1)).heads
    numbers = range(20, 26)
    taken = await asyncio.gather(
        *(take(fresh_database, head, replace(ABSENCE, numerator=number)) for number in numbers)
    )
    assert sorted(taken, key=lambda each: each.added)[-1] == Recorded(1, 0, 0)
    assert [each.replaced for each in taken].count(1) == len(numbers) - 1
    figures = await kept(fresh_database, head)
    assert sorted(number for number, _ in figures) == list(numbers)
    assert [current for _, current in figures].count(True) == 1


@pytest.mark.parametrize(
    ("row", "column"),
    [
        (replace(ABSENCE, measure_id="happiness"), "measure"),
        (replace(ABSENCE, measure_id="youth-led-share"), "measure"),
        (replace(ABSENCE, period="2024"), "period"),
        (replace(ABSENCE, numerator=231), "numerator"),
        (replace(ABSENCE, numerator=-1), "numerator"),
        (replace(ABSENCE, measure_id="attendance"), "pupils"),
        (replace(ABSENCE, source="  "), "source"),
    ],
)
def test_a_row_that_cannot_be_taken_says_where_to_look(row: NewObservation, column: str) -> None:
    with pytest.raises(ObservationNotTaken) as refused:
        check_observation(row)
    assert refused.value.column == column


def test_a_period_is_kept_in_one_form() -> None:
    assert check_observation(replace(ABSENCE, period=" 2024/25-Autumn ")).period == "2024-25-autumn"
