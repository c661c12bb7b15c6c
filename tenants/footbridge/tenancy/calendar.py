"""A school's calendar: terms, half-terms, holidays, INSET days and closures, the trust's with its own changes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Select, or_, select

from footbridge.runtime.database import Transaction
from footbridge.tenancy import tables
from footbridge.tenancy.period import Period
from footbridge.tenancy.register import columns_of


@dataclass(frozen=True)
class CalendarEntry:
    """`school_id` is None where it is the whole trust's."""

    id: UUID
    trust_id: UUID
    school_id: UUID | None
    kind: str
    name: str
    starts_on: date
    ends_on: date


async def list_calendar(
    transaction: Transaction, *, trust_id: UUID, school_id: UUID, period: Period
) -> Sequence[CalendarEntry]:
    """What stands in the school's calendar and touches the period, by day."""
    entry = tables.calendar_entry
    query = (
        _of_school(trust_id, school_id)
        .where(entry.c.starts_on <= period.ends_on, entry.c.ends_on >= period.starts_on)
        .order_by(entry.c.starts_on, entry.c.id)
    )
    return await transaction.records(query, CalendarEntry)


def _of_school(trust_id: UUID, school_id: UUID) -> Select[*tuple[Any, ...]]:
    """The trust's own and the school's; public facts know no wall, so the tenant is said here."""
    entry = tables.calendar_entry
    return select(*columns_of(entry, CalendarEntry)).where(
        entry.c.trust_id == trust_id, or_(entry.c.school_id.is_(None), entry.c.school_id == school_id)
    )
