"""Imports a trust and its schools from a list of schools: what is usable in one transaction, the rest line by line."""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from footbridge.exchange.cells import folded
from footbridge.exchange.phases import Phase
from footbridge.exchange.report import RowNote, RowProblem, in_order, notes_in_order, shown
from footbridge.exchange.school_row import SchoolRow
from footbridge.exchange.schools import SCHOOL_COLUMNS, read_schools
from footbridge.exchange.trusts import TrustSelection, select_trust
from footbridge.tenancy.enrolment import Change, SchoolEntry, SchoolNotEnrolled, enrol_school, enrol_trust
from footbridge.tenancy.public_record import Tally
from footbridge.tenancy.register import Trust
from footbridge.tenancy.session import RegisterSession

# As the register spells them, and the definitions of measures too.
PHASES = {
    Phase.NURSERY: "nursery",
    Phase.PRIMARY: "primary",
    Phase.SECONDARY: "secondary",
    Phase.ALL_THROUGH: "all-through",
    Phase.SPECIAL: "special",
    Phase.ALTERNATIVE_PROVISION: "alternative provision",
    Phase.SIXTEEN_PLUS: "16 plus",
}
_HEADINGS = {column.field: column.aliases[0] for column in SCHOOL_COLUMNS}


@dataclass(frozen=True)
class TrustImport:
    """`schools` tallies what became of them; `left_out` counts rows that were rightly not entered, each with a note."""

    trust: Trust
    trust_change: Change
    schools: Tally
    left_out: int
    problems: tuple[RowProblem, ...]
    notes: tuple[RowNote, ...]
    encoding: str | None


async def import_trust(
    register: RegisterSession, path: Path, *, trust_name: str, uid: str | None = None
) -> TrustImport:
    """The rows whose trust is NAME, else all; a second time nothing changes. Raises what reading the file raises."""
    selection = select_trust(read_schools(path), trust_name, uid=uid)
    enrolled = await enrol_trust(
        register,
        name=_name(selection),
        uid=selection.uid,
        companies_house_number=selection.companies_house_number,
    )
    entering = _Entering(register, enrolled.trust)
    for school in selection.schools:
        await entering.enter(school)
    return TrustImport(
        trust=enrolled.trust,
        trust_change=enrolled.change,
        schools=entering.tally,
        left_out=entering.left_out,
        problems=in_order([*selection.reading.problems, *entering.problems]),
        notes=notes_in_order([*selection.reading.notes, *entering.notes]),
        encoding=selection.reading.encoding,
    )


def _name(selection: TrustSelection) -> str:
    """As the file spells it; GIAS writes many in capitals, where the spelling typed is the better one."""
    told = next((school.trust_name for school in selection.schools if school.trust_name), selection.name)
    return selection.name if told.isupper() and folded(told) == folded(selection.name) else told


class _Entering:
    def __init__(self, register: RegisterSession, trust: Trust) -> None:
        self._register = register
        self._trust = trust
        self._changes: Counter[Change] = Counter()
        self.left_out = 0
        self.problems: list[RowProblem] = []
        self.notes: list[RowNote] = []

    async def enter(self, school: SchoolRow) -> None:
        if school.status == "proposed":
            self._leave_out(school, "proposed to open; it is taken once it has opened")
            return
        try:
            enrolled = await enrol_school(self._register, self._trust, entry_of(school))
        except SchoolNotEnrolled as refused:
            self.problems.append(self._problem(school, refused))
            return
        if enrolled.predecessor:
            current = f"{shown(enrolled.school.name)} (URN {enrolled.school.urn})"
            self._leave_out(school, f"an earlier URN of {current}; kept as its predecessor's")
        else:
            self._changes[enrolled.change] += 1

    @property
    def tally(self) -> Tally:
        changes = self._changes
        return Tally(changes[Change.CREATED], changes[Change.UPDATED], changes[Change.UNCHANGED])

    def _leave_out(self, school: SchoolRow, reason: str) -> None:
        self.left_out += 1
        self.notes.append(RowNote(school.line, _HEADINGS["urn"], reason, school.urn))

    def _problem(self, school: SchoolRow, refused: SchoolNotEnrolled) -> RowProblem:
        return RowProblem(school.line, _HEADINGS[refused.column], refused.message, school.urn)


def entry_of(school: SchoolRow) -> SchoolEntry:
    closed = school.status == "closed"
    return SchoolEntry(
        urn=school.urn,
        name=school.name,
        la_code=school.la_code,
        establishment_number=school.establishment_number,
        phase=PHASES[school.phase] if school.phase else None,
        type=school.type,
        postcode=school.postcode,
        low_age=school.low_age,
        high_age=school.high_age,
        opened_on=school.opened_on,
        closed_on=school.closed_on if closed else None,
        closed=closed,
        joined_on=school.joined_on,
        left_on=school.membership_ended_on,
    )
