"""No measure improves by asking or offering less, ending nothing or moving a date (decision 13)."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from footbridge.engagement.records import NewYearGroup
from footbridge.engagement.service import remove_session
from footbridge.measures.definition import Figure
from footbridge.measures.observation import NewObservation, check_observation
from footbridge.partnerships.records import Elements, Status, YouthVoiceRecord
from footbridge.partnerships.service import add_elements, change_status
from footbridge.runtime.database import Database
from footbridge.runtime.errors import FootbridgeError, InvalidInput
from footbridge.tenancy.period import Period
from footbridge.tenancy.session import SchoolSession
from tests.foundation.larger_trust import Trust, build_trust
from tests.measures.drawn import (
    AUTUMN,
    ELEMENTS,
    FEW,
    YEAR,
    DrawnPartnership,
    DrawnSession,
    days,
    enter_meeting,
    enter_partnership,
    enter_session,
    figure,
    pair,
    partnerships,
    sessions,
    undone,
    year_groups,
)

COMPLETE = frozenset(ELEMENTS)


@pytest.fixture(scope="module")
async def trust(shared_database: Database) -> Trust:
    return await build_trust(shared_database, 1)


async def rate(school: SchoolSession, measure_id: str, period: Period = YEAR) -> Decimal:
    """Nothing to show is no better than nought."""
    found = await figure(school, measure_id, period)
    return found.numerator / found.denominator if isinstance(found, Figure) and found.denominator else Decimal(0)


@FEW
@given(drawn=st.lists(partnerships(), min_size=1, max_size=3), dropped=st.sampled_from(ELEMENTS))
async def test_saying_less_of_a_partnership_never_makes_more_of_them_complete(
    shared_database: Database, trust: Trust, drawn: list[DrawnPartnership], dropped: str
) -> None:
    rates = []
    for first in (drawn[0], replace(drawn[0], elements=drawn[0].elements - {dropped})):
        async with undone(shared_database, trust.heads[0]) as school:
            for partnership in (first, *drawn[1:]):
                await enter_partnership(school, partnership)
            rates.append(await rate(school, "fully-specified-partnerships"))
    assert rates[1] <= rates[0]


async def test_words_that_say_nothing_complete_nothing(shared_database: Database, trust: Trust) -> None:
    async with undone(shared_database, trust.heads[0]) as school:
        added = await enter_partnership(
            school, DrawnPartnership(((Status.ACTIVE, date(2024, 10, 1)),), COMPLETE - {"voice"})
        )
        await add_elements(school, added.id, Elements(youth_voice=YouthVoiceRecord("a room", " ", "\n", "")))
        assert await pair(school, "fully-specified-partnerships") == (0, 1)
        await add_elements(school, added.id, Elements(youth_voice=YouthVoiceRecord("", "cards", "the head", "shelves")))
        assert await pair(school, "fully-specified-partnerships") == (1, 1)


@FEW
@given(history=partnerships(), on=days)
async def test_a_status_cannot_be_dated_before_what_is_known(
    shared_database: Database, trust: Trust, history: DrawnPartnership, on: date
) -> None:
    """Else one that was active through a term could be ended before the term began."""
    if history.history[-1][0] is Status.ENDED:
        history = replace(history, history=history.history[:-1])
    status, known = history.history[-1]
    async with undone(shared_database, trust.heads[0]) as school:
        added = await enter_partnership(school, history)
        before = [await pair(school, "fully-specified-partnerships", period) for period in (YEAR, *YEAR.terms)]
        earlier = min(on, known - timedelta(days=1))
        for wanted in {Status.ENDED, Status.PAUSED, Status.ACTIVE} - {status}:
            with pytest.raises(FootbridgeError):
                await change_status(school, added.id, wanted, on=earlier)
        after = [await pair(school, "fully-specified-partnerships", period) for period in (YEAR, *YEAR.terms)]
    assert after == before


@FEW
@given(day=days)
async def test_a_partnership_that_is_active_for_no_day_counts_for_nothing(
    shared_database: Database, trust: Trust, day: date
) -> None:
    async with undone(shared_database, trust.heads[0]) as school:
        await enter_partnership(school, DrawnPartnership(((Status.ACTIVE, day), (Status.ENDED, day)), COMPLETE))
        await enter_partnership(school, DrawnPartnership(((Status.ACTIVE, day), (Status.PAUSED, day)), COMPLETE))
        assert await pair(school, "fully-specified-partnerships") is None
        assert await rate(school, "active-partnerships") == 0


@FEW
@given(drawn=st.lists(partnerships(), min_size=1, max_size=3))
async def test_fewer_partnerships_are_never_more_for_each_hundred_pupils(
    shared_database: Database, trust: Trust, drawn: list[DrawnPartnership]
) -> None:
    async with undone(shared_database, trust.heads[0]) as school:
        rates = [await rate(school, "active-partnerships")]
        for partnership in drawn:
            await enter_partnership(school, partnership)
            rates.append(await rate(school, "active-partnerships"))
    assert rates == sorted(rates)


@FEW
@given(drawn=st.lists(sessions, min_size=1, max_size=4), fewer=st.integers(0, 59))
async def test_fewer_pupils_hours_or_sessions_are_never_more_contact_hours(
    shared_database: Database, trust: Trust, drawn: list[DrawnSession], fewer: int
) -> None:
    first = replace(drawn[0], pupils=fewer + 1)
    lesser = [None, replace(first, pupils=None), replace(first, pupils=fewer), replace(first, hours=Decimal("0.25"))]
    async with undone(shared_database, trust.heads[0]) as school:
        for session in drawn[1:]:
            await enter_session(school, session)
        rates = []
        for one in (first, *lesser):
            entered = await enter_session(school, one) if one else None
            rates.append(await rate(school, "contact-hours"))
            if entered:
                await remove_session(school, entered.id)
    assert max(rates) == rates[0]


@FEW
@given(drawn=st.lists(sessions, min_size=1, max_size=4))
async def test_pupils_who_have_no_say_never_lead_more(
    shared_database: Database, trust: Trust, drawn: list[DrawnSession]
) -> None:
    rates = []
    lesser = [replace(drawn[0], voice=False), replace(drawn[0], led_by="school", designed_by="school")]
    for first in (drawn[0], *lesser):
        async with undone(shared_database, trust.heads[0]) as school:
            for session in (first, *drawn[1:]):
                await enter_session(school, session)
            rates.append(await rate(school, "youth-led-share"))
    assert max(rates) == rates[0]


@FEW
@given(group=year_groups(), again=year_groups(), later=st.integers(1, 100), moved=st.integers(1, 100))
async def test_a_second_meeting_of_a_year_group_changes_nothing_wherever_it_is_moved(
    shared_database: Database, trust: Trust, group: NewYearGroup, again: NewYearGroup, later: int, moved: int
) -> None:
    first, again = AUTUMN.starts_on, replace(again, year_group=group.year_group)
    async with undone(shared_database, trust.heads[0]) as school:
        await enter_meeting(school, first, [group])
        alone = await pair(school, "parents-meeting-attendance", AUTUMN)
        second = await enter_meeting(school, first + timedelta(days=later), [again])
        assert await pair(school, "parents-meeting-attendance", AUTUMN) == alone
        await remove_session(school, second.id)
        await enter_meeting(school, first + timedelta(days=moved), [again])
        assert await pair(school, "parents-meeting-attendance", AUTUMN) == alone


@FEW
@given(group=year_groups(), invited=st.integers(0, 300))
async def test_inviting_fewer_changes_nothing(
    shared_database: Database, trust: Trust, group: NewYearGroup, invited: int
) -> None:
    async with undone(shared_database, trust.heads[0]) as school:
        await enter_meeting(school, date(2024, 11, 13), [group], invited=invited)
        came = group.in_person + group.by_phone + group.online
        assert await pair(school, "parents-meeting-attendance") == (came, group.pupils)


async def test_the_roll_of_a_year_group_is_never_less_than_those_who_came(
    shared_database: Database, trust: Trust
) -> None:
    async with undone(shared_database, trust.heads[0]) as school:
        with pytest.raises(InvalidInput, match="Year 3: 21 pupils represented of 20"):
            await enter_meeting(school, date(2024, 11, 13), [NewYearGroup(3, 20, 20, 1)])
        assert await pair(school, "parents-meeting-attendance") is None


@pytest.mark.parametrize(
    "measure_id", ["active-partnerships", "fully-specified-partnerships", "contact-hours", "youth-led-share"]
)
def test_what_is_counted_from_the_record_cannot_be_typed(measure_id: str) -> None:
    with pytest.raises(FootbridgeError, match="counted from the school’s record"):
        check_observation(NewObservation(measure_id, YEAR.code, 9, 9, "by hand"))
