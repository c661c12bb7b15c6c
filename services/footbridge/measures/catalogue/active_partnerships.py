"""Measure 18: partnerships active in the year, for each 100 pupils. Context: busyness is no aim."""

from decimal import Decimal

from sqlalchemy import func, select

from footbridge.measures.active import active_partnerships
from footbridge.measures.definition import Counts, Direction, Figure, Interval, Measure, Rate, Source, Unavailable
from footbridge.measures.roll import roll_of
from footbridge.tenancy.period import Period
from footbridge.tenancy.session import SchoolSession


async def count(school: SchoolSession, period: Period) -> Figure | Unavailable:
    roll = await roll_of(school, period)
    if isinstance(roll, Unavailable):
        return roll
    active = active_partnerships(school, period).subquery()
    number = await school.transaction.scalar(select(func.count()).select_from(active))
    return Figure(Decimal(number), Decimal(roll.pupils), roll.pupils, f"partnerships in the record; {roll.provenance}")


MEASURE = Measure(
    id="active-partnerships",
    number=18,
    version=1,
    name="Active partnerships",
    numerator="partnerships active on at least one day",
    denominator="pupils on roll",
    counts=Counts.THINGS,
    source=Source.COMPUTED,
    direction=Direction.CONTEXT,
    termly=False,
    rate=Rate.PER_HUNDRED_PUPILS,
    interval=Interval.NONE,
    no_interval_because="a full count of partnerships, not a sample",
    count=count,
)
