"""Reads schools, and the trust each belongs to, from an establishment extract, group links or a council's list."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from footbridge.exchange import cells
from footbridge.exchange.cells import CellUnreadable, folded, something
from footbridge.exchange.columns import Column
from footbridge.exchange.delimited import Row, open_delimited, surplus_reason
from footbridge.exchange.memberships import settle_duplicates
from footbridge.exchange.phases import PhaseClues, is_phase, phase_of
from footbridge.exchange.report import Reading, RowNote, RowProblem, in_order, notes_in_order, shown
from footbridge.exchange.school_row import SchoolRow, SchoolStatus

T = TypeVar("T")

_STATUSES: dict[str, SchoolStatus] = {
    "open": "open",
    "1": "open",
    "closed": "closed",
    "2": "closed",
    "open, but proposed to close": "closing",
    "3": "closing",
    "proposed to open": "proposed",
    "4": "proposed",
}
_NO_SCHOOLS = frozenset(("children's centre", "children's centre linked site", "47", "48"))

SCHOOL_COLUMNS = (
    Column("urn", ("URN", "unique_reference_number", "School URN"), required=True),
    Column("name", ("EstablishmentName", "School name", "name", "school"), required=True),
    Column("la_code", ("LA (code)", "local_authority_code", "LA code", "LA")),
    Column("establishment_number", ("EstablishmentNumber", "Establishment number", "ESTAB")),
    Column("phase", ("PhaseOfEducation (name)", "PhaseOfEducation", "phase", "PhaseOfEducation (code)")),
    Column("type", ("TypeOfEstablishment (name)", "TypeOfEstablishment", "type", "TypeOfEstablishment (code)")),
    Column(
        "status",
        ("EstablishmentStatus (name)", "EstablishmentStatus", "status", "EstablishmentStatus (code)"),
    ),
    Column("opened_on", ("OpenDate", "opened_on", "opened")),
    Column("closed_on", ("CloseDate", "closed_on")),
    Column("low_age", ("StatutoryLowAge", "lowest_admission_age", "low_age")),
    Column("high_age", ("StatutoryHighAge", "highest_admission_age", "high_age")),
    Column("postcode", ("Postcode",)),
    Column("capacity", ("SchoolCapacity", "capacity")),
    Column("trust_name", ("Trusts (name)", "Group Name", "sponsoring_trust", "Trust name", "trust")),
    Column("trust_uid", ("Trusts (code)", "Group UID", "Linked UID", "Trust UID")),
    # GIAS "CHNumber" is a children's home's number, not the company's.
    Column("companies_house_number", ("Companies House Number", "company_number")),
    Column("joined_on", ("Joined date", "joined_on")),
    Column("group_type", ("Group Type",)),
    Column("group_status", ("Group Status",)),
    Column("left_on", ("Closed Date",)),
)


@dataclass(frozen=True)
class SchoolReading(Reading[SchoolRow]):
    """`has_trusts`: whether the file has a column for the trust; without one all its schools are meant."""

    has_trusts: bool


def read_schools(path: Path) -> SchoolReading:
    """Every usable school of the file. Closed schools are read as closed, with a note; they are no problem.

    What says who a school is or whose (URN, name, authority, number, status, dates, company) must be readable or
    the row is a problem; what only describes it (ages, capacity, postcode, phase) becomes None, with a note.
    Group links may list one school under several groups: see memberships.py.
    """
    records: list[SchoolRow] = []
    problems: list[RowProblem] = []
    notes: list[RowNote] = []
    with open_delimited(path) as file:
        columns = file.columns(SCHOOL_COLUMNS)
        if "group_type" in columns or "joined_on" in columns:
            columns = columns.without("opened_on")  # in group links "Open date" is the group's
        rows_read = 0
        for row in file.rows(columns, surplus_allowed=True):
            rows_read += 1
            taken = row if isinstance(row, RowProblem) else _Taker(row, notes).take()
            if isinstance(taken, RowProblem):
                problems.append(taken)
            else:
                records.append(taken)
    settled, contradictions, dropped = settle_duplicates(records)
    return SchoolReading(
        records=settled,
        problems=in_order([*problems, *contradictions]),
        notes=notes_in_order([*notes, *dropped]),
        encoding=file.encoding,
        rows_read=rows_read,
        has_trusts="trust_name" in columns or "trust_uid" in columns,
    )


class _Taker:
    """Takes one row apart; its notes are kept only if the row is."""

    def __init__(self, row: Row, notes: list[RowNote]) -> None:
        self._row = row
        self._kept_notes = notes
        self._notes: list[RowNote] = []
        self._trust_name = something(row.text("trust_name"))

    def take(self) -> SchoolRow | RowProblem:
        try:
            school = self._school()
            self._check_surplus(school)
        except _Unusable as unusable:
            return unusable.problem
        self._note_closed(school)
        self._kept_notes.extend(self._notes)
        return school

    def _school(self) -> SchoolRow:
        row = self._row
        number = self._must("establishment_number", lambda text: cells.digits(text, 4, what="a number", padded=True))
        low_age, high_age = self._may("low_age", _age), self._may("high_age", _age)
        type_of_school = self._must("type", _school_type)
        published_phase = self._may("phase", _published_phase) or ""
        closed_on = self._must("closed_on", cells.day)
        return SchoolRow(
            line=row.line,
            urn=self._checked("urn", row.text("urn"), cells.urn_of),
            name=self._checked("name", row.text("name"), _name),
            la_code=self._must("la_code", lambda text: cells.digits(text, 3, what="an authority's code", padded=True)),
            establishment_number=number,
            phase=phase_of(PhaseClues(published_phase, type_of_school or "", number, low_age, high_age)),
            type=type_of_school,
            status=self._must("status", _status) or ("closed" if closed_on else "open"),
            opened_on=self._must("opened_on", cells.day),
            closed_on=closed_on,
            low_age=low_age,
            high_age=high_age,
            postcode=self._may("postcode", cells.postcode),
            capacity=self._may("capacity", lambda text: cells.whole(text, most=100_000)),
            trust_name=self._trust_name,
            trust_uid=self._must("trust_uid", _uid),
            companies_house_number=self._must("companies_house_number", cells.company_number),
            joined_on=self._must("joined_on", cells.day),
            left_on=self._must("left_on", cells.day),
            group_type=something(row.text("group_type")),
            group_closed=bool(row.text("left_on")) or row.text("group_status").casefold() not in ("", "open"),
        )

    def _must(self, field: str, parse: Callable[[str], T]) -> T | None:
        text = something(self._row.text(field))
        return None if text is None else self._checked(field, text, parse)

    def _checked(self, field: str, text: str, parse: Callable[[str], T]) -> T:
        try:
            return parse(text)
        except CellUnreadable as unreadable:
            raise _Unusable(self._problem(field, f"{unreadable}; the row was left out", text)) from unreadable

    def _may(self, field: str, parse: Callable[[str], T]) -> T | None:
        text = something(self._row.text(field))
        if text is None:
            return None
        try:
            return parse(text)
        except CellUnreadable as unreadable:
            self._note(field, f"{unreadable}; the school was taken without", text)
            return None

    def _check_surplus(self, school: SchoolRow) -> None:
        """More cells than headings. Usable only if a postcode stands under the postcode (in a file without one: a
        date joined or a status in its place), as in an extract whose last column lists values without quotes."""
        if not self._row.surplus:
            return
        in_step = school.postcode if "postcode" in self._row.columns else school.joined_on or self._row.text("status")
        if not in_step:
            raise _Unusable(self._problem(None, surplus_reason(self._row), ""))
        self._note(None, "the row has more cells than headings; those beyond the last were left out", "")

    def _note_closed(self, school: SchoolRow) -> None:
        if school.status == "closed" and school.closed_on:
            self._note("closed_on", f"closed on {school.closed_on:%d %B %Y}; taken as a closed school", school.name)
        elif school.status == "closed":
            self._note("status", "closed, on a day the file does not tell; taken as a closed school", school.name)

    def _note(self, field: str | None, reason: str, value: str) -> None:
        heading = self._row.heading(field) if field else None
        self._notes.append(RowNote(self._row.line, heading, reason, shown(value), self._trust_name or ""))

    def _problem(self, field: str | None, reason: str, value: str) -> RowProblem:
        heading = self._row.heading(field) if field else None
        # Of a row that is out of step one cannot be sure which trust it names.
        subject = None if self._row.surplus else self._trust_name or ""
        return RowProblem(self._row.line, heading, reason, shown(value), subject)


class _Unusable(Exception):
    def __init__(self, problem: RowProblem) -> None:
        super().__init__(problem.reason)
        self.problem = problem


def _name(text: str) -> str:
    if not text:
        raise CellUnreadable("the school's name is missing")
    return text


def _age(text: str) -> int:
    return cells.whole(text, most=99)


def _status(text: str) -> SchoolStatus:
    status = _STATUSES.get(text.casefold().lstrip("0"))
    if status is None:
        raise CellUnreadable("“Open”, “Closed”, “Open, but proposed to close” or “Proposed to open” was expected")
    return status


def _school_type(text: str) -> str:
    if folded(text).replace("’", "'") in _NO_SCHOOLS:
        raise CellUnreadable("this is a children's centre, not a school")
    return text


def _published_phase(text: str) -> str:
    if not is_phase(text):
        raise CellUnreadable("a phase of education such as “Primary” was expected")
    return text


def _uid(text: str) -> str:
    return str(cells.whole(text, most=9_999_999))
