"""Records a percentage that DfE publishes as each school's own figure of the year, derived from its census roll."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from footbridge.exchange.academic_years import academic_year
from footbridge.exchange.counts import derive_numerator, describe_derivation
from footbridge.exchange.fact_import import known_schools
from footbridge.exchange.fact_matching import MatchedFact, match_facts
from footbridge.exchange.facts import FactReading, read_facts
from footbridge.exchange.indicators import INDICATOR_BY_KEY
from footbridge.exchange.observation_import import Member, ObservationImport, record_in_each
from footbridge.exchange.report import RowNote, RowProblem, in_order, notes_in_order
from footbridge.measures.find import find_measure
from footbridge.measures.observation import NewObservation, check_observation
from footbridge.runtime.clock import today
from footbridge.runtime.database import Database
from footbridge.runtime.errors import InvalidInput
from footbridge.tenancy.enrolment import find_trust_called
from footbridge.tenancy.period import Period
from footbridge.tenancy.register import PublicFact, Register, School
from footbridge.tenancy.register_repository import RegisterRepository
from footbridge.tenancy.session import RegisterSession, open_register

# Measures that count what DfE's percentage counts, over the pupils on roll.
INDICATOR_OF = {"persistent-absence": "persistent_absence"}


@dataclass(frozen=True)
class _Known:
    """What the register and the file tell of one trust's schools."""

    schools: tuple[Member, ...]
    shares: Mapping[UUID, MatchedFact[UUID]]
    rolls: Mapping[UUID, PublicFact]


@dataclass(frozen=True)
class _Wanted:
    measure_id: str
    indicator: str
    year: Period
    source: str


async def import_published_shares(
    database: Database, path: Path, *, measure: str, period: str, trust: str, source: str
) -> ObservationImport:
    """Of the schools that belong to the trust today. A suppressed figure is a problem: the school records its own.

    Raises InvalidInput for a measure that DfE does not publish so, and NotFound for the trust.
    """
    wanted = _wanted(measure, period, source)
    reading = read_facts(path)
    if wanted.indicator not in reading.indicators:
        column = INDICATOR_BY_KEY[wanted.indicator].value[0]
        raise InvalidInput(f"{path.name} has no column {column}. Nothing was recorded.")
    async with open_register(database) as register:
        known = await _known(register, reading, trust, wanted)
    figures: list[tuple[Member, NewObservation]] = []
    problems: list[RowProblem] = []
    notes: list[RowNote] = []
    without: list[School] = []
    for member in known.schools:
        told = _told(member, known, wanted)
        match told:
            case NewObservation():
                figures.append((member, told))
            case RowProblem():
                problems.append(told)
            case _:
                without.append(member.school)
                notes.extend([told] if told else [])
    return ObservationImport(
        schools=await record_in_each(database, figures),
        without_figures=tuple(without),
        problems=in_order([*reading.problems, *problems]),
        notes=notes_in_order(notes),
        encoding=reading.encoding,
    )


def _wanted(measure: str, period: str, source: str) -> _Wanted:
    found = find_measure(measure)
    if found.id not in INDICATOR_OF:
        known = ", ".join(INDICATOR_OF)
        raise InvalidInput(f"DfE publishes no percentage of pupils on roll for {found.name}. There is: {known}.")
    if not source.strip():
        raise InvalidInput("Say where the figures come from, as --source “DfE pupil absence”.")
    return _Wanted(found.id, INDICATOR_OF[found.id], Period.parse(academic_year(period)), source.strip())


async def _known(register: RegisterSession, reading: FactReading, trust: str, wanted: _Wanted) -> _Known:
    trust_id = (await find_trust_called(register, trust)).id
    schools = await Register(register.transaction).list_schools(trust_id, on=today())
    ids = [school.id for school in schools]
    facts = await RegisterRepository(register).list_facts(ids, [wanted.year.code])
    matched = match_facts(reading.records, await known_schools(register))
    return _Known(
        schools=tuple(Member(school, trust_id) for school in schools),
        shares={match.school: match for match in matched if match.fact.indicator == wanted.indicator},
        rolls={fact.school_id: fact for fact in facts if fact.indicator == "roll"},
    )


def _told(member: Member, known: _Known, wanted: _Wanted) -> NewObservation | RowProblem | RowNote | None:
    """The figure, why it cannot be recorded, a note that nothing is published, or None where no row is the school's."""
    school = member.school
    match = known.shares.get(school.id)
    if match is None:
        return None
    line, column = match.fact.line, INDICATOR_BY_KEY[wanted.indicator].value[0]
    if match.fact.symbol == "c":
        return RowProblem(line, column, "suppressed by DfE: record the school's own figure", school.name)
    if match.fact.value is None:
        return RowNote(line, column, f"DfE publishes no figure ({match.fact.symbol})", school.name)
    roll = known.rolls.get(school.id)
    if roll is None or not roll.numerator:
        reason = f"no census roll of {wanted.year.name} is known: import the census as facts first"
        return RowProblem(line, column, reason, school.name)
    return _figure(match, roll, roll.numerator, wanted)


def _figure(match: MatchedFact[UUID], roll: PublicFact, pupils: int, wanted: _Wanted) -> NewObservation:
    assert match.fact.value is not None
    numerator = derive_numerator(match.fact.value, pupils)
    derivation = describe_derivation(numerator, match.fact.value, pupils)
    census = f"roll of {roll.as_of_on:%d %B %Y} ({roll.source})"
    before = "; of the school before its URN changed" if match.matched_by == "predecessor" else ""
    return check_observation(
        NewObservation(
            wanted.measure_id, wanted.year.code, numerator, pupils, wanted.source,
            derivation=f"{derivation}; {census}{before}",
        )
    )  # fmt: skip
