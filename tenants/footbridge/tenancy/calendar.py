"""A school's calendar: terms, half-terms, holidays, INSET days and closures, the trust's with its own changes."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID


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
