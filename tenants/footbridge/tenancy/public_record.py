"""Enters what is public of schools beside the register itself: DfE's figures and the calendar, each once."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from uuid import UUID

from footbridge.audit.event import event_row
from footbridge.runtime.ids import new_id
from footbridge.tenancy.calendar import CalendarEntry
from footbridge.tenancy.operator import RegisterOperator
from footbridge.tenancy.period import Period
from footbridge.tenancy.register import PublicFact
from footbridge.tenancy.register_repository import RegisterRepository
from footbridge.tenancy.session import RegisterSession

_HUNDREDTH = Decimal("0.01")


@dataclass(frozen=True)
class Tally:
    """How many rows were new, changed, or there already; `kept`: known better than they were told."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    kept: int = 0


@dataclass(frozen=True)
class NewCalendarEntry:
    """`school_id` is None where it is the whole trust's; both days belong to it."""

    school_id: UUID | None
    kind: str
    name: str
    starts_on: date
    ends_on: date


async def enter_facts(register: RegisterSession, facts: Sequence[PublicFact]) -> Tally:
    """One for each school, indicator and year; a school's own figure is never replaced by its predecessor's."""
    rows = RegisterRepository(register)
    await rows.lock_facts()
    known = {
        _key(fact): fact
        for fact in await rows.list_facts({fact.school_id for fact in facts}, {fact.academic_year for fact in facts})
    }
    created, updated, unchanged, kept = list[PublicFact](), list[PublicFact](), 0, 0
    for fact in facts:
        there = known.get(_key(fact))
        if there is None:
            created.append(fact)
        elif _knows_better(there, fact):
            kept += 1
        elif _same(there, fact):
            unchanged += 1
        else:
            updated.append(fact)
    await rows.add_facts(created)
    await rows.save_facts(updated)
    if created or updated:
        await _tell(register, "tenancy.enter_facts", len(created) + len(updated))
    return Tally(len(created), len(updated), unchanged, kept)


def _key(fact: PublicFact) -> tuple[UUID, str, str]:
    return fact.school_id, fact.indicator, fact.academic_year


def _same(known: PublicFact, fact: PublicFact) -> bool:
    """The register rounds to two decimals, halves up; hardly a figure has more."""
    if known == fact:
        return True
    return fact.value is not None and known == fact._replace(value=fact.value.quantize(_HUNDREDTH, ROUND_HALF_UP))


def _knows_better(known: PublicFact, fact: PublicFact) -> bool:
    return known.matched_by == "urn" and fact.matched_by == "predecessor"


async def enter_calendar(register: RegisterSession, trust_id: UUID, entries: Sequence[NewCalendarEntry]) -> Tally:
    """Entries of one kind, name, school and academic year are the same thing on changed days, in their order.

    What the calendar holds and is not told stays: nothing public is deleted from the command line.
    """
    rows = RegisterRepository(register)
    known = await rows.list_calendar(trust_id)
    same = [entry for entry in entries if any(_days(old) == _days(entry) for old in known)]
    told_days = {_days(entry) for entry in entries}
    free = [old for old in known if _days(old) not in told_days]
    created, updated = [], 0
    for entry in entries:
        if entry in same:
            continue
        moved = next((old for old in free if _thing(old) == _thing(entry)), None)
        if moved is None:
            created.append(CalendarEntry(new_id(), trust_id, **vars(entry)))
            continue
        free.remove(moved)
        await rows.save_calendar_entry(replace(moved, starts_on=entry.starts_on, ends_on=entry.ends_on))
        updated += 1
    await rows.add_calendar_entries(created)
    if created or updated:
        await _tell(register, "tenancy.enter_calendar", len(created) + updated)
    return Tally(len(created), updated, len(same))


def _thing(entry: CalendarEntry | NewCalendarEntry) -> tuple[object, ...]:
    return entry.school_id, entry.kind, entry.name, Period.year_of(entry.starts_on)


def _days(entry: CalendarEntry | NewCalendarEntry) -> tuple[object, ...]:
    return entry.school_id, entry.kind, entry.name, entry.starts_on, entry.ends_on


async def _tell(register: RegisterSession, action: str, rows: int) -> None:
    await register.transaction.run(event_row(RegisterOperator(), action, trust_id=None, rows=rows))
