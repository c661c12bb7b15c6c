"""Each computed figure against a plain count in Python over drawn years, and where a figure comes from otherwise."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import insert, update

from footbridge.engagement.records import NewYearGroup
from footbridge.measures.definition import Figure, Unavailable
from footbridge.measures.observation import NewObservation, record_observations
from footbridge.partnerships.records import Status
from footbridge.publication.preview import make_preview
from footbridge.publication.records import Chosen
from footbridge.runtime.database import Database
from footbridge.runtime.errors import NotPermitted
from footbridge.tenancy import tables
from footbridge.tenancy.period import Period
from footbridge.tenancy.permission import PostRole, permissions_of_role
from footbridge.tenancy.session import open_register, open_school
from tests.foundation.larger_trust import Trust, build_trust
from tests.measures.drawn import (
    AUTUMN,
    ELEMENTS,
    FEW,
    PERIODS,
    SPRING,
    SUMMER,
    YEAR,
    DrawnPartnership,
    DrawnSession,
    enter_meeting,
    enter_partnership,
    enter_session,
    figure,
    meetings,
    pair,
    partnerships,
    sessions,
    undone,
)

ROLL = 200


@pytest.fixture(scope="module")
async def trust(shared_database: Database) -> Trust:
    return await build_trust(shared_database, 3, roll=ROLL)


@FEW
@given(drawn=st.lists(partnerships(), max_size=4))
async def test_partnerships_are_counted_by_the_days_on_which_they_were_active(
    shared_database: Database, trust: Trust, drawn: list[DrawnPartnership]
) -> None:
    async with undone(shared_database, trust.heads[0]) as school:
        for partnership in drawn:
            await enter_partnership(school, partnership)
        for period in PERIODS:
            active = [partnership for partnership in drawn if partnership.was_active(period)]
            full = [partnership for partnership in active if partnership.elements == frozenset(ELEMENTS)]
            expected = (len(full), len(active)) if active else None
            assert await pair(school, "fully-specified-partnerships", period) == expected, period.code
        active = [partnership for partnership in drawn if partnership.was_active(YEAR)]
        has_roll = await pair(school, "active-partnerships")
        assert has_roll == (len(active), ROLL)


@FEW
@given(drawn=st.lists(sessions, max_size=5))
async def test_sessions_are_counted_in_the_period_they_were_held_in(
    shared_database: Database, trust: Trust, drawn: list[DrawnSession]
) -> None:
    async with undone(shared_database, trust.heads[0]) as school:
        for session in drawn:
            await enter_session(school, session)
        for period in PERIODS:
            held = [session for session in drawn if period.starts_on <= session.held_on <= period.ends_on]
            led = sum(session.is_youth_led for session in held)
            assert await pair(school, "youth-led-share", period) == ((led, len(held)) if held else None)
        for period in (SPRING, SUMMER, YEAR):
            held = [session for session in drawn if period.starts_on <= session.held_on <= period.ends_on]
            hours = [session.hours * session.pupils for session in held if session.pupils is not None]
            assert await pair(school, "contact-hours", period) == ((sum(hours), ROLL) if hours else None)


@FEW
@given(drawn=meetings)
async def test_a_year_group_met_twice_in_a_period_counts_its_first_meeting(
    shared_database: Database, trust: Trust, drawn: dict[date, list[NewYearGroup]]
) -> None:
    async with undone(shared_database, trust.heads[0]) as school:
        for day, groups in drawn.items():
            await enter_meeting(school, day, groups, invited=7)
        for period in PERIODS:
            first: dict[int, NewYearGroup] = {}
            for day in sorted(day for day in drawn if period.starts_on <= day <= period.ends_on):
                for group in drawn[day]:
                    first.setdefault(group.year_group, group)
            came = sum(group.in_person + group.by_phone + group.online for group in first.values())
            expected = (came, sum(group.pupils for group in first.values())) if first else None
            assert await pair(school, "parents-meeting-attendance", period) == expected, period.code


async def test_easter_divides_spring_from_summer(shared_database: Database, trust: Trust) -> None:
    last, first = DrawnSession(date(2025, 4, 20), Decimal(1), "school", "school", False, 10, None), date(2025, 4, 21)
    async with undone(shared_database, trust.heads[0]) as school:
        await enter_session(school, last)
        await enter_session(school, replace(last, held_on=first, pupils=30))
        assert await pair(school, "contact-hours", SPRING) == (10, ROLL)
        assert await pair(school, "contact-hours", SUMMER) == (30, ROLL)


async def test_those_who_came_by_phone_and_online_count_and_stand_apart(
    shared_database: Database, trust: Trust
) -> None:
    async with undone(shared_database, trust.heads[0]) as school:
        await enter_meeting(school, date(2024, 11, 13), [NewYearGroup(3, 30, 11, 5, 2), NewYearGroup(4, 20, 10)])
        found = await figure(school, "parents-meeting-attendance", AUTUMN)
    assert isinstance(found, Figure)
    assert (found.numerator, found.denominator) == (Decimal(28), Decimal(50))
    assert found.provenance == "2 year groups met: 21 pupils in person, 5 by phone, 2 online"


@pytest.mark.parametrize("measure_id", ["attendance", "persistent-absence", "pupil-participation"])
async def test_a_recorded_measure_is_what_was_recorded(
    shared_database: Database, trust: Trust, measure_id: str
) -> None:
    async with undone(shared_database, trust.heads[0]) as school:
        assert await figure(school, measure_id) == Unavailable("No figure is recorded for this period.")
        await record_observations(school, [NewObservation(measure_id, YEAR.code, 150, 190, "MIS", 195, "from a list")])
        assert await figure(school, measure_id) == Figure(Decimal(150), Decimal(190), 195, "MIS; from a list")
        assert await pair(school, measure_id, AUTUMN) is None


async def test_a_recorded_figure_goes_before_a_computed_one_for_its_period_only(
    shared_database: Database, trust: Trust
) -> None:
    async with undone(shared_database, trust.heads[0]) as school:
        await enter_meeting(school, date(2024, 11, 13), [NewYearGroup(3, 30, 15)])
        await record_observations(
            school, [NewObservation("parents-meeting-attendance", YEAR.code, 88, 120, "booking system")]
        )
        assert await pair(school, "parents-meeting-attendance", YEAR) == (88, 120)
        assert await pair(school, "parents-meeting-attendance", AUTUMN) == (15, 30)


async def test_the_roll_is_of_the_last_census_day_before_the_periods_end(fresh_database: Database) -> None:
    trust = await build_trust(fresh_database, 1, roll=200)  # on 16 January 2025
    school_id = trust.heads[0].school_id
    others = [("2023-24", date(2024, 1, 18), 180), ("2025-26", date(2026, 1, 15), 220)]
    async with open_register(fresh_database) as register:
        for academic_year, day, pupils in others:
            fact = {
                "school_id": school_id, "indicator": "roll", "academic_year": academic_year, "as_of_on": day,
                "numerator": pupils, "source": "School census", "matched_by": "urn",
            }  # fmt: skip
            await register.transaction.run(insert(tables.public_fact).values(fact))
    held = DrawnSession(date(2024, 10, 1), Decimal(2), "school", "school", False, 10, None)
    async with undone(fresh_database, trust.heads[0]) as school:
        for day in (date(2024, 10, 1), date(2025, 2, 3), date(2024, 2, 1)):
            await enter_session(school, replace(held, held_on=day))
        assert await pair(school, "contact-hours", AUTUMN) == (20, 180)
        assert await pair(school, "contact-hours", SPRING) == (20, 200)
        assert await pair(school, "contact-hours", YEAR) == (40, 200)
        found = await figure(school, "contact-hours", YEAR)
        assert isinstance(found, Figure)
        assert found.pupils == 200
        assert found.provenance == "2 sessions; roll of 200 on 16 January 2025 (School census)"
        for measure_id in ("contact-hours", "active-partnerships"):
            before = await figure(school, measure_id, Period(2022))
            assert before == Unavailable("No census roll is known up to 31 August 2023: import the school census.")


@pytest.mark.parametrize(
    ("measure_id", "reason"),
    [
        ("parents-meeting-attendance", "No parents’ meeting is recorded in this period."),
        ("fully-specified-partnerships", "No partnership was active in this period."),
        ("contact-hours", "No session with a count of pupils is recorded in this period."),
        ("youth-led-share", "No session is recorded in this period."),
    ],
)
async def test_without_a_record_there_is_a_reason_and_no_nought(
    shared_database: Database, trust: Trust, measure_id: str, reason: str
) -> None:
    async with undone(shared_database, trust.heads[0]) as school:
        assert await figure(school, measure_id) == Unavailable(reason)


async def test_a_period_that_has_not_begun_is_not_due_whatever_is_recorded(
    shared_database: Database, trust: Trust
) -> None:
    async with undone(shared_database, trust.heads[0]) as school:
        await record_observations(school, [NewObservation("attendance", "2099-00", 150, 190, "MIS", 195)])
        for measure_id in ("attendance", "active-partnerships", "parents-meeting-attendance"):
            not_due = await figure(school, measure_id, Period(2099))
            assert not_due == Unavailable("Not due yet: the period begins on 01 September 2099.")


async def test_a_nursery_has_no_absence_and_no_year_group_to_meet(fresh_database: Database) -> None:
    trust = await build_trust(fresh_database, 1)
    async with open_register(fresh_database) as register:
        await register.transaction.run(update(tables.school).values(phase="nursery"))
    async with undone(fresh_database, trust.heads[0]) as school:
        await record_observations(school, [NewObservation("attendance", YEAR.code, 1500, 1900, "MIS", 195)])
        preview = await make_preview(school, YEAR)
    states = {entry.measure.number: entry.cell.state.value for entry in preview.entries}
    assert {number for number, state in states.items() if state == "z"} == {1, 3, 4}


async def test_another_schools_record_is_in_no_figure(shared_database: Database, trust: Trust) -> None:
    _, sibling, head = trust.heads
    assert head.school_id is not None
    async with open_school(shared_database, head, school_id=head.school_id) as school:
        await enter_partnership(school, DrawnPartnership(((Status.ACTIVE, date(2024, 9, 1)),), frozenset(ELEMENTS)))
        await enter_session(school, DrawnSession(date(2024, 8, 30), Decimal(1), "pupils", "pupils", True, 10, None))
        await enter_meeting(school, date(2024, 8, 30), [NewYearGroup(3, 30, 15)])
        await record_observations(school, [NewObservation("attendance", "2023-24", 150, 190, "MIS", 195)])
        assert await pair(school, "youth-led-share", Period(2023)) == (1, 2)
    async with undone(shared_database, sibling) as school:
        assert await pair(school, "active-partnerships") == (0, ROLL)
        for measure_id in ("youth-led-share", "parents-meeting-attendance", "attendance", "contact-hours"):
            assert await pair(school, measure_id, Period(2023)) is None


async def test_a_governor_reads_no_figure_that_has_not_been_shared(shared_database: Database, trust: Trust) -> None:
    governor = replace(trust.heads[0], role=PostRole.GOVERNOR.value, permissions=permissions_of_role(PostRole.GOVERNOR))
    async with undone(shared_database, governor) as school:
        with pytest.raises(NotPermitted):
            await figure(school, "active-partnerships")
        with pytest.raises(NotPermitted):
            await make_preview(school, YEAR, [Chosen("attendance")])
