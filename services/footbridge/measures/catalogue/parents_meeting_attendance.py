"""Measure 4: pupils represented at parents' meetings, of the year groups concerned, never only the invited."""

from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import distinct_on

from footbridge.engagement.records import SessionKind
from footbridge.engagement.tables import meeting_year_group, session
from footbridge.measures.definition import (
    NOT_OF_NURSERIES,
    Counts,
    Direction,
    Figure,
    Interval,
    Measure,
    Rate,
    Source,
    Unavailable,
)
from footbridge.tenancy.period import Period
from footbridge.tenancy.session import SchoolSession


async def count(school: SchoolSession, period: Period) -> Figure | Unavailable:
    """A year group met twice in the period counts its first meeting; phone and online count."""
    first = (
        select(
            meeting_year_group.c.pupils,
            meeting_year_group.c.in_person,
            meeting_year_group.c.by_phone,
            meeting_year_group.c.online,
        )
        .ext(distinct_on(meeting_year_group.c.year_group))
        .join(
            session,
            (session.c.school_id == meeting_year_group.c.school_id) & (session.c.id == meeting_year_group.c.session_id),
        )
        .where(meeting_year_group.c.school_id == school.school_id, session.c.kind == SessionKind.PARENTS_MEETING.value)
        .where(session.c.held_on.between(period.starts_on, period.ends_on))
        .order_by(meeting_year_group.c.year_group, session.c.held_on, session.c.id)
        .subquery()
    )
    sums = select(
        func.count(),
        *(func.coalesce(func.sum(first.c[name]), 0) for name in ("pupils", "in_person", "by_phone", "online")),
    )
    groups, pupils, in_person, by_phone, online = await school.transaction.first(sums)
    if groups == 0:
        return Unavailable("No parents’ meeting is recorded in this period.")
    return Figure(
        numerator=Decimal(in_person + by_phone + online),
        denominator=Decimal(pupils),
        pupils=None,
        provenance=f"{groups} year groups met: {in_person} pupils in person, {by_phone} by phone, {online} online",
    )


MEASURE = Measure(
    id="parents-meeting-attendance",
    number=4,
    version=1,
    name="Parents’ meeting attendance",
    numerator="pupils represented, in person, by phone or online",
    denominator="pupils of the year groups concerned",
    counts=Counts.PEOPLE,
    source=Source.EITHER,
    direction=Direction.HIGHER,
    termly=True,
    rate=Rate.PERCENT,
    interval=Interval.WILSON,
    not_of_phases=NOT_OF_NURSERIES,
    count=count,
)
