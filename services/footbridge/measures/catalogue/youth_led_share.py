"""Measure 28: sessions with a youth-voice record that pupils designed or led."""

from decimal import Decimal

from sqlalchemy import and_, func, or_, select

from footbridge.engagement.tables import session
from footbridge.measures.definition import Counts, Direction, Figure, Interval, Measure, Rate, Source, Unavailable
from footbridge.tenancy.period import Period
from footbridge.tenancy.session import SchoolSession


async def count(school: SchoolSession, period: Period) -> Figure | Unavailable:
    by_pupils = or_(session.c.led_by == "pupils", session.c.designed_by == "pupils")
    voice = (session.c[f"voice_{part}"] != "" for part in ("space", "voice", "audience", "influence"))
    youth_led = and_(by_pupils, *voice)
    query = select(func.count(), func.count().filter(youth_led)).where(
        session.c.school_id == school.school_id, session.c.held_on.between(period.starts_on, period.ends_on)
    )
    sessions, led = await school.transaction.first(query)
    if sessions == 0:
        return Unavailable("No session is recorded in this period.")
    return Figure(Decimal(led), Decimal(sessions), None, f"{sessions} sessions in the record")


MEASURE = Measure(
    id="youth-led-share",
    number=28,
    version=1,
    name="Youth-led share",
    numerator="sessions with a youth-voice record, designed or led by pupils",
    denominator="sessions",
    counts=Counts.THINGS,
    source=Source.COMPUTED,
    direction=Direction.HIGHER,
    termly=True,
    rate=Rate.PERCENT,
    interval=Interval.NONE,
    no_interval_because="a full count of sessions, not a sample",
    count=count,
)
