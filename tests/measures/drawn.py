"""School years that hypothesis draws, entered through the product's use cases and undone after each example."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from footbridge.engagement.records import NewCount, NewVoice, NewYearGroup, Session
from footbridge.engagement.service import add_activity, record_session
from footbridge.measures.definition import Figure, Unavailable
from footbridge.measures.find import find_measure
from footbridge.measures.service import figure_of
from footbridge.partnerships.records import Elements, NewOutcome, Partnership, Side, Status, Venue, YouthVoiceRecord
from footbridge.partnerships.service import add_organisation, add_partnership, change_status
from footbridge.runtime.database import Database
from footbridge.tenancy.caller import Caller
from footbridge.tenancy.period import Period
from footbridge.tenancy.session import SchoolSession, open_school

YEAR = Period(2024)
AUTUMN, SPRING, SUMMER = YEAR.terms
PERIODS = (YEAR, AUTUMN, SPRING, SUMMER)
ELEMENTS = ("outcome", "our role", "their role", "our benefit", "their benefit", "venue", "voice")
FEW = settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])

BORDERS = [
    day + timedelta(days=shift)
    for period in PERIODS
    for day in (period.starts_on, period.ends_on)
    for shift in (-1, 0, 1)
]
days = st.sampled_from(BORDERS) | st.dates(date(2024, 6, 1), date(2025, 10, 31))


class Undone(Exception):
    """Ends a transaction whose rows nobody needs any more."""


@asynccontextmanager
async def undone(database: Database, head: Caller) -> AsyncIterator[SchoolSession]:
    """The school's own session, in a transaction that is rolled back."""
    assert head.school_id is not None
    try:
        async with open_school(database, head, school_id=head.school_id) as school:
            yield school
            raise Undone
    except Undone:
        return


async def figure(school: SchoolSession, measure_id: str, period: Period = YEAR) -> Figure | Unavailable:
    return await figure_of(school, find_measure(measure_id), period)


async def pair(
    school: SchoolSession, measure_id: str, period: Period = YEAR
) -> tuple[Decimal | int, Decimal | int] | None:
    """Numerator and denominator."""
    found = await figure(school, measure_id, period)
    return (found.numerator, found.denominator) if isinstance(found, Figure) else None


@dataclass(frozen=True)
class DrawnPartnership:
    """How it stood from which day, in the order told, and which elements are said."""

    history: tuple[tuple[Status, date], ...]
    elements: frozenset[str]

    def was_active(self, period: Period) -> bool:
        """Day by day, and not as the product does it."""
        told = {day: status for status, day in self.history}
        day, status = min(told, default=period.starts_on), None
        while day <= period.ends_on:
            status = told.get(day, status)
            if status is Status.ACTIVE and day >= period.starts_on:
                return True
            day += timedelta(days=1)
        return False


@st.composite
def partnerships(draw: st.DrawFn) -> DrawnPartnership:
    """Active from some day, then paused and active by turns, and ended or not."""
    moves = draw(st.lists(days, min_size=1, max_size=5).map(sorted))
    statuses = [Status.ACTIVE if place % 2 == 0 else Status.PAUSED for place in range(len(moves))]
    if len(moves) > 1 and draw(st.booleans()):
        statuses[-1] = Status.ENDED
    elements = draw(st.just(frozenset(ELEMENTS)) | st.frozensets(st.sampled_from(ELEMENTS)))
    return DrawnPartnership(tuple(zip(statuses, moves, strict=True)), elements)


async def enter_partnership(school: SchoolSession, drawn: DrawnPartnership) -> Partnership:
    """Proposed first, whatever the day, as it is often written down late."""
    organisation = await add_organisation(school, name="Library", kind="charity")
    added = await add_partnership(
        school, organisation_id=organisation.id, title="Reading", need_school="Readers", elements=said(drawn.elements)
    )
    for status, day in drawn.history:
        added = await change_status(school, added.id, status, on=day)
    return added


def said(elements: frozenset[str]) -> Elements:
    sides = {"our": Side.SCHOOL, "their": Side.PARTNER}
    return Elements(
        outcomes=(NewOutcome("More readers", "loans", date(2025, 7, 1)),) if "outcome" in elements else (),
        roles=tuple((side, "does its part") for whose, side in sides.items() if f"{whose} role" in elements),
        benefits=tuple((side, "gains by it") for whose, side in sides.items() if f"{whose} benefit" in elements),
        venue=Venue("Reading room", "theirs", None) if "venue" in elements else None,
        youth_voice=YouthVoiceRecord("a room", "cards", "the head", "a new shelf") if "voice" in elements else None,
    )


@dataclass(frozen=True)
class DrawnSession:
    held_on: date
    hours: Decimal
    led_by: str
    designed_by: str
    voice: bool
    pupils: int | None
    parents: int | None

    @property
    def is_youth_led(self) -> bool:
        return self.voice and "pupils" in {self.led_by, self.designed_by}


leaders = st.sampled_from(["pupils", "school", "jointly"])
sessions = st.builds(
    DrawnSession, days, st.decimals(Decimal("0.25"), Decimal(6), places=2), leaders, leaders, st.booleans(),
    st.none() | st.integers(0, 60), st.none() | st.integers(0, 60),
)  # fmt: skip


async def enter_session(school: SchoolSession, drawn: DrawnSession) -> Session:
    activity = await add_activity(school, title="Club", category="arts and culture")
    counted = (("pupils", drawn.pupils), ("parents and carers", drawn.parents))
    return await record_session(
        school, activity.id, held_on=drawn.held_on, kind="workshop", hours=drawn.hours, led_by=drawn.led_by,
        designed_by=drawn.designed_by, space="ours",
        counts=[NewCount(audience, number) for audience, number in counted if number is not None],
        voice=NewVoice("a room", "cards", "the head", "a new game") if drawn.voice else None,
    )  # fmt: skip


@st.composite
def year_groups(draw: st.DrawFn) -> NewYearGroup:
    parts = draw(st.tuples(*[st.integers(0, 20)] * 3))
    return NewYearGroup(draw(st.integers(0, 3)), sum(parts) + draw(st.integers(0, 30)), *parts)


meetings = st.dictionaries(
    days, st.lists(year_groups(), min_size=1, max_size=3, unique_by=lambda group: group.year_group), max_size=5
)


async def enter_meeting(
    school: SchoolSession, held_on: date, groups: list[NewYearGroup], *, invited: int | None = None
) -> Session:
    activity = await add_activity(school, title="Parents’ evening", category="parents and carers")
    return await record_session(
        school, activity.id, held_on=held_on, kind="parents' meeting", hours=Decimal(2), led_by="school",
        designed_by="school", space="ours", year_groups=groups,
        counts=[] if invited is None else [NewCount("parents and carers", 10, invited=invited)],
    )  # fmt: skip
