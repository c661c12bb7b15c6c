"""Measure 19: active partnerships with all five elements of a good one (TES, Minton)."""

from decimal import Decimal

from sqlalchemy import ColumnElement, Table, and_, exists, func, select

from footbridge.measures.active import active_partnerships
from footbridge.measures.definition import Counts, Direction, Figure, Interval, Measure, Rate, Source, Unavailable
from footbridge.partnerships.tables import agreed_outcome, mutual_benefit, partnership, role_declaration
from footbridge.tenancy.period import Period
from footbridge.tenancy.session import SchoolSession


def _said(table: Table, *conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    own = and_(table.c.school_id == partnership.c.school_id, table.c.partnership_id == partnership.c.id, *conditions)
    return exists().where(own)


def all_five_elements() -> ColumnElement[bool]:
    """Outcomes discussed, roles and benefits of both sides, a venue, and young people's say (all four of Lundy's)."""
    both_sides = (
        _said(table, table.c.side == side)
        for table in (role_declaration, mutual_benefit)
        for side in ("school", "partner")
    )
    voice = (partnership.c[f"voice_{part}"] != "" for part in ("space", "voice", "audience", "influence"))
    return and_(_said(agreed_outcome), *both_sides, partnership.c.venue_name.is_not(None), *voice)


async def count(school: SchoolSession, period: Period) -> Figure | Unavailable:
    active = active_partnerships(school, period)
    counts = select(func.count(), func.count().filter(all_five_elements())).select_from(partnership)
    own = (partnership.c.school_id == school.school_id) & partnership.c.id.in_(active)
    number, complete = await school.transaction.first(counts.where(own))
    if number == 0:
        return Unavailable("No partnership was active in this period.")
    return Figure(Decimal(complete), Decimal(number), None, "partnerships and their elements in the record")


MEASURE = Measure(
    id="fully-specified-partnerships",
    number=19,
    version=1,
    name="Fully specified partnerships",
    numerator="with all five elements: outcomes, roles, benefits, venue, young people’s say",
    denominator="partnerships active on at least one day",
    counts=Counts.THINGS,
    source=Source.COMPUTED,
    direction=Direction.HIGHER,
    termly=True,
    rate=Rate.PERCENT,
    interval=Interval.NONE,
    no_interval_because="a full count of partnerships, not a sample",
    count=count,
)
