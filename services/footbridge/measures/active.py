"""Which partnerships were active on at least one day of a period: what measures 18 and 19 count."""

from datetime import date
from typing import Any

from sqlalchemy import Select, func, select

from footbridge.partnerships.records import Status
from footbridge.partnerships.tables import status_change
from footbridge.tenancy.period import Period
from footbridge.tenancy.session import SchoolSession

_OF_ITS_LIFE = (Status.ACTIVE.value, Status.PAUSED.value, Status.ENDED.value)


def active_partnerships(school: SchoolSession, period: Period) -> Select[*tuple[Any, ...]]:
    """Their ids. A status holds from its day to the day of the next one, and on no day if that is the same.

    When it was proposed or agreed was often written down after it began, and ends nothing.
    """
    told = (status_change.c.from_on, status_change.c.status == Status.ENDED.value, status_change.c.id)
    until = func.lead(status_change.c.from_on).over(partition_by=status_change.c.partnership_id, order_by=told)
    spell = (
        select(
            status_change.c.partnership_id,
            status_change.c.status,
            status_change.c.from_on,
            func.coalesce(until, date.max).label("until_on"),
        )
        .where(status_change.c.school_id == school.school_id, status_change.c.status.in_(_OF_ITS_LIFE))
        .subquery()
    )
    return (
        select(spell.c.partnership_id)
        .distinct()
        .where(spell.c.status == Status.ACTIVE.value, spell.c.from_on < spell.c.until_on)
        .where(spell.c.from_on <= period.ends_on, spell.c.until_on > period.starts_on)
    )
