"""Imports the calendar of a trust and its schools: terms, half-terms, holidays, INSET days and closures."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from uuid import UUID

from footbridge.exchange import cells
from footbridge.exchange.cells import CellUnreadable, folded
from footbridge.exchange.columns import Column
from footbridge.exchange.delimited import Row, open_delimited
from footbridge.exchange.report import Reading, RowNote, RowProblem, in_order, shown
from footbridge.runtime.clock import today
from footbridge.tenancy.enrolment import find_trust_called
from footbridge.tenancy.public_record import NewCalendarEntry, Tally, enter_calendar
from footbridge.tenancy.register import Register, Trust
from footbridge.tenancy.session import RegisterSession

KINDS = ("term", "half-term", "holiday", "inset", "closure")
_ALSO_CALLED = {"half term": "half-term", "inset day": "inset", "closed": "closure", "bank holiday": "holiday"}

CALENDAR_COLUMNS = (
    Column("kind", ("kind", "type"), required=True),
    Column("name", ("name",), required=True),
    Column("starts_on", ("from", "starts_on", "start"), required=True),
    Column("ends_on", ("until", "ends_on", "end", "to"), required=True),
    Column("urn", ("URN", "school")),
)


@dataclass(frozen=True, slots=True)
class CalendarRow:
    """`urn` is None where the entry is the whole trust's; both days belong to it."""

    line: int
    kind: str
    name: str
    starts_on: date
    ends_on: date
    urn: str | None


@dataclass(frozen=True)
class CalendarImport:
    trust: Trust
    entries: Tally
    problems: tuple[RowProblem, ...]
    notes: tuple[RowNote, ...]
    encoding: str | None


async def import_calendar(register: RegisterSession, path: Path, *, trust: str) -> CalendarImport:
    """The usable entries; a second time nothing changes. `trust` is its name or UID. Raises NotFound."""
    reading = read_calendar(path)
    owner = await find_trust_called(register, trust)
    urns = await _own_urns(register, owner, {row.urn for row in reading.records if row.urn})
    taken = [row for row in reading.records if row.urn is None or row.urn in urns]
    foreign = [
        RowProblem(row.line, "urn", "not a school of this trust today", row.urn or "")
        for row in reading.records
        if row not in taken
    ]
    entries = [_entry(row, urns) for row in taken]
    return CalendarImport(
        trust=owner,
        entries=await enter_calendar(register, owner.id, list(dict.fromkeys(entries))),
        problems=in_order([*reading.problems, *foreign]),
        notes=reading.notes,
        encoding=reading.encoding,
    )


def read_calendar(path: Path) -> Reading[CalendarRow]:
    """Every usable entry. Raises ColumnsMissing."""
    rows: list[CalendarRow] = []
    problems: list[RowProblem] = []
    read = 0
    with open_delimited(path) as file:
        for row in file.rows(file.columns(CALENDAR_COLUMNS)):
            read += 1
            taken = row if isinstance(row, RowProblem) else _taken(row)
            if isinstance(taken, RowProblem):
                problems.append(taken)
            else:
                rows.append(taken)
    return Reading(tuple(rows), tuple(problems), (), file.encoding, read)


def _taken(row: Row) -> CalendarRow | RowProblem:
    kind = _ALSO_CALLED.get(folded(row.text("kind")), folded(row.text("kind")))
    if kind not in KINDS:
        return _problem(row, "kind", f"one of {', '.join(KINDS)} was expected")
    if not row.text("name"):
        return _problem(row, "name", "missing")
    field = "starts_on"
    try:
        starts_on = cells.day(row.text(field))
        field = "ends_on"
        ends_on = cells.day(row.text(field)) if row.text(field) else starts_on
        field = "urn"
        urn = cells.urn_of(row.text(field)) if row.text(field) else None
    except CellUnreadable as unreadable:
        return _problem(row, field, str(unreadable))
    if ends_on < starts_on:
        return _problem(row, "ends_on", "it ends before it starts")
    return CalendarRow(row.line, kind, row.text("name"), starts_on, ends_on, urn)


def _problem(row: Row, field: str, reason: str) -> RowProblem:
    return RowProblem(row.line, row.heading(field), reason, shown(row.text(field)))


def _entry(row: CalendarRow, urns: dict[str, UUID]) -> NewCalendarEntry:
    return NewCalendarEntry(urns[row.urn] if row.urn else None, row.kind, row.name, row.starts_on, row.ends_on)


async def _own_urns(register: RegisterSession, trust: Trust, urns: set[str]) -> dict[str, UUID]:
    known = Register(register.transaction)
    found = {}
    for urn in urns:
        school = await known.find_school(urn=urn)
        if school is not None and await known.trust_of(school.id, on=today()) == trust.id:
            found[urn] = school.id
    return found
