"""Measure 27: attendees × hours, for each 100 pupils. Context: busyness is no aim."""

from decimal import Decimal

from sqlalchemy import func, select

from footbridge.engagement.tables import participation_count, session
from footbridge.measures.definition import Counts, Direction, Figure, Interval, Measure, Rate, Source, Unavailable
from footbridge.measures.roll import roll_of
from footbridge.tenancy.period import Period
from footbridge.tenancy.session import SchoolSession


async def count(school: SchoolSession, period: Period) -> Figure | Unavailable:
    roll = await roll_of(school, period)
    if isinstance(roll, Unavailable):
        return roll
    hours = func.coalesce(func.sum(participation_count.c.attended * session.c.hours), 0)
    query = (
        select(hours, func.count(session.c.id.distinct()))
        .select_from(session)
        .join(
            participation_count,
            (participation_count.c.school_id == session.c.school_id)
            & (participation_count.c.session_id == session.c.id)
            & (participation_count.c.audience == "pupils"),
        )
        .where(session.c.school_id == school.school_id)
        .where(session.c.held_on.between(period.starts_on, period.ends_on))
    )
    total, sessions = await school.transaction.first(query)
    if sessions == 0:
        return Unavailable("No session with a count of pupils is recorded in this period.")
    return Figure(Decimal(total), Decimal(roll.pupils), roll.pupils, f"{sessions} sessions; {roll.provenance}")


MEASURE = Measure(
    id="contact-hours",
    number=27,
    version=1,
    name="Contact hours",
    numerator="pupils attending × hours, summed over sessions",
    denominator="pupils on roll",
    counts=Counts.HALF_DAYS,
    source=Source.COMPUTED,
    direction=Direction.CONTEXT,
    termly=True,
    rate=Rate.PER_HUNDRED_PUPILS,
    interval=Interval.NONE,
    no_interval_because="a sum of hours, not a share of pupils",
    count=count,
)
