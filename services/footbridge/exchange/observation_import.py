"""Imports recorded figures of schools: each school's in a session and a transaction of its own."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import UUID

from footbridge.exchange.observations import ObservationRow, RecordableRow, read_observations, recordable
from footbridge.exchange.report import Reading, RowNote, RowProblem, in_order
from footbridge.measures.observation import NewObservation, Recorded, record_observations
from footbridge.runtime.clock import today
from footbridge.runtime.database import Database
from footbridge.runtime.errors import FootbridgeError, NotFound
from footbridge.tenancy.enrolment import find_trust_called
from footbridge.tenancy.operator import operator_of_school
from footbridge.tenancy.permission import Permission
from footbridge.tenancy.register import Register, School
from footbridge.tenancy.session import RegisterSession, open_register, open_school


class SchoolOfNoTrust(FootbridgeError):
    code = "SCHOOL_OF_NO_TRUST"

    def __init__(self, school: School) -> None:
        super().__init__(f"“{school.name}” belongs to no trust today: import the trust that has it first.")


@dataclass(frozen=True)
class Member:
    """A school with the trust that it belongs to today."""

    school: School
    trust_id: UUID


@dataclass(frozen=True)
class RecordedSchool:
    school: School
    recorded: Recorded


@dataclass(frozen=True)
class ObservationImport:
    """What was recorded, school by school, and what was not; `without_figures` are schools of which none was told."""

    schools: tuple[RecordedSchool, ...]
    without_figures: tuple[School, ...]
    problems: tuple[RowProblem, ...]
    notes: tuple[RowNote, ...]
    encoding: str | None


async def import_observations_of_school(
    database: Database, path: Path, *, urn: str, source: str | None = None
) -> ObservationImport:
    """A file of one school; a row that names another school is a problem. Raises NotFound or SchoolOfNoTrust."""
    reading = read_observations(path, source=source)
    async with open_register(database) as register:
        member = await find_member(register, urn)
        urns = {urn: member} | await _members_of(register, {row.urn for row in reading.records if row.urn})
    return await _import(database, _of_one(reading, member, urns))


async def import_observations_of_trust(
    database: Database, path: Path, *, trust: str, source: str | None = None
) -> ObservationImport:
    """A file of several schools, whose URN stands in each row; `trust` is its name or UID. Raises NotFound."""
    reading = read_observations(path, source=source)
    async with open_register(database) as register:
        trust_id = (await find_trust_called(register, trust)).id
        members = await _members_of(register, {row.urn for row in reading.records if row.urn})
    own = {urn: member for urn, member in members.items() if member.trust_id == trust_id}
    return await _import(database, _of_several(reading, own))


async def record_in_each(
    database: Database, rows: Iterable[tuple[Member, NewObservation]]
) -> tuple[RecordedSchool, ...]:
    """All figures of a school or none of them; one school's failure leaves the earlier schools' recorded."""
    by_school: dict[Member, list[NewObservation]] = {}
    for member, figure in rows:
        by_school.setdefault(member, []).append(figure)
    return tuple([
        RecordedSchool(member.school, await _record(database, member, figures)) for member, figures in by_school.items()
    ])  # fmt: skip


async def _record(database: Database, member: Member, figures: Sequence[NewObservation]) -> Recorded:
    school_id = member.school.id
    caller = operator_of_school(member.trust_id, school_id, [Permission.RECORD_OBSERVATIONS])
    async with open_school(database, caller, school_id=school_id) as school:
        return await record_observations(school, figures)


@dataclass(frozen=True)
class _Placed:
    """Rows that stand under their school's current URN, whatever URN the file gave."""

    reading: Reading[ObservationRow]
    members: dict[str, Member]


async def _import(database: Database, placed: _Placed) -> ObservationImport:
    taken: Reading[RecordableRow] = recordable(placed.reading)
    recorded = await record_in_each(
        database, [(placed.members[row.urn or ""], row.observation) for row in taken.records]
    )
    return ObservationImport(recorded, (), taken.problems, taken.notes, taken.encoding)


def _of_one(reading: Reading[ObservationRow], member: Member, urns: dict[str, Member]) -> _Placed:
    own, problems = list[tuple[ObservationRow, Member]](), list[RowProblem]()
    for row in reading.records:
        if row.urn is None or urns.get(row.urn) == member:
            own.append((row, member))
        else:
            reason = f"not {member.school.name}, for which the file was given"
            problems.append(RowProblem(row.line, "urn", reason, row.urn))
    return _placed(reading, own, problems)


def _of_several(reading: Reading[ObservationRow], members: dict[str, Member]) -> _Placed:
    own = [(row, members[row.urn]) for row in reading.records if row.urn in members]
    problems = [
        RowProblem(row.line, "urn", "not a school of this trust today" if row.urn else "missing", row.urn or "")
        for row in reading.records
        if row.urn not in members
    ]
    return _placed(reading, own, problems)


def _placed(
    reading: Reading[ObservationRow], own: Sequence[tuple[ObservationRow, Member]], problems: Sequence[RowProblem]
) -> _Placed:
    records = tuple(replace(row, urn=member.school.urn) for row, member in own)
    settled = replace(reading, records=records, problems=in_order([*reading.problems, *problems]))
    return _Placed(settled, {member.school.urn: member for _, member in own})


async def find_member(register: RegisterSession, urn: str) -> Member:
    """By any of its URNs. Raises NotFound or SchoolOfNoTrust."""
    known = Register(register.transaction)
    school = await known.find_school(urn=urn)
    if school is None:
        raise NotFound(f"school with the URN {urn}")
    trust_id = await known.trust_of(school.id, on=today())
    if trust_id is None:
        raise SchoolOfNoTrust(school)
    return Member(school, trust_id)


async def _members_of(register: RegisterSession, urns: Iterable[str]) -> dict[str, Member]:
    """Those of the URNs that are schools of a trust today."""
    members = {}
    for urn in urns:
        try:
            members[urn] = await find_member(register, urn)
        except (NotFound, SchoolOfNoTrust):
            continue
    return members
