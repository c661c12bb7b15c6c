"""A trust compares its schools on what their heads have shared, and on nothing else: no ranks, no composite."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from uuid import UUID

from footbridge.comparison.records import ComparedCell, Comparison, Context, Total
from footbridge.comparison.repository import ComparisonRepository, SharedValue
from footbridge.measures.definition import Measure
from footbridge.measures.find import find_measure
from footbridge.publication.published import FEWEST_FOR_A_TOTAL
from footbridge.runtime.clock import today
from footbridge.runtime.errors import InvalidInput
from footbridge.tenancy.period import Period
from footbridge.tenancy.permission import Permission
from footbridge.tenancy.register import PublicFact, Register, School
from footbridge.tenancy.session import TrustSession

NOT_DUE = "not due yet"
WITHDRAWN = "withdrawn"
NOT_SHARED = "not shared yet"


async def compare(trust: TrustSession, measure_id: str, period: Period, *, group_id: UUID | None = None) -> Comparison:
    """One measure and period over the trust's schools of today, and those that shared it while they belonged to it.

    With a group, rows and total are of that group: every total is of shown cells, which the trust can add up itself.
    An executive of a group sees that group's schools, whatever is asked.
    """
    trust.caller.require(Permission.COMPARE)
    measure = find_measure(measure_id)
    if not measure.covers(period):
        raise InvalidInput(f"{measure.name} is a figure of a whole year: compare {period.academic_year.code}.")
    published = ComparisonRepository(trust)
    values = {value.school_id: value for value in await published.list_values(measure.id, period.code)}
    schools = await _schools(trust, values, group_id)
    withdrawn = await published.list_withdrawn(measure.id, period.code)
    contexts = await contexts_of(trust, schools, period)
    cells = [
        _cell(school, contexts[school.id], values.get(school.id), _why_not(school.id, withdrawn, period))
        for school in schools
    ]
    return Comparison(
        measure=measure,
        period=period,
        cells=cells,
        published=sum(cell.shared_at is not None for cell in cells),
        shown=sum(cell.state == "shown" for cell in cells),
        total=_total(measure, cells)
        if group_id or trust.caller.group_id
        else await published.find_total(measure.id, period.code),
        version=await published.version(),
    )


def _total(measure: Measure, cells: Sequence[ComparedCell]) -> Total:
    shown = [(cell.numerator, cell.denominator) for cell in cells if cell.numerator is not None and cell.denominator]
    if len(shown) < FEWEST_FOR_A_TOTAL:
        return Total(None, None, None)
    numerator, denominator = sum((n for n, _ in shown), Decimal(0)), sum((d for _, d in shown if d), Decimal(0))
    rate = measure.rate_of(numerator, denominator)
    return Total(numerator, denominator, None if rate is None else measure.rounded(rate))


async def _schools(trust: TrustSession, values: Mapping[UUID, SharedValue], group_id: UUID | None) -> Sequence[School]:
    """Membership as on the day of release: one that has left keeps its row where it had shared."""
    register = Register(trust.transaction)
    schools = {school.id: school for school in await register.list_schools(trust.trust_id, on=today())}
    for school in await register.get_schools([school_id for school_id in values if school_id not in schools]):
        schools[school.id] = school
    for limit in {group_id, trust.caller.group_id} - {None}:
        members = await _members(trust, limit)
        schools = {school_id: school for school_id, school in schools.items() if school_id in members}
    return sorted(schools.values(), key=lambda school: (school.sort_name, school.id))


async def _members(trust: TrustSession, group_id: UUID | None) -> set[UUID]:
    links = await Register(trust.transaction).groups_of_schools(trust.trust_id, on=today())
    return {school_id for link, school_id in links if link == group_id}


async def contexts_of(trust: TrustSession, schools: Sequence[School], period: Period) -> Mapping[UUID, Context]:
    facts = await Register(trust.transaction).latest_facts(
        [school.id for school in schools], ["roll", "fsm"], until=period.ends_on
    )
    by_school: dict[UUID, dict[str, PublicFact]] = {}
    for fact in facts:
        by_school.setdefault(fact.school_id, {})[fact.indicator] = fact
    return {school.id: _context(school.phase, by_school.get(school.id, {})) for school in schools}


def _context(phase: str, facts: Mapping[str, PublicFact]) -> Context:
    roll, fsm = facts.get("roll"), facts.get("fsm")
    return Context(
        phase=phase,
        roll=roll.numerator if roll else None,
        fsm_percent=f"{fsm.value:.1f}" if fsm and fsm.value is not None else None,
        source=f"{roll.source}, {roll.as_of_on:%d %B %Y}" if roll else None,
    )


def _why_not(school_id: UUID, withdrawn: set[UUID], period: Period) -> str:
    if school_id in withdrawn:
        return WITHDRAWN
    return NOT_DUE if period.ends_on >= today() else NOT_SHARED


def _cell(school: School, context: Context, shared: SharedValue | None, why_not: str) -> ComparedCell:
    if shared is None:
        return ComparedCell(
            school.id, school.urn, school.name, context, why_not, None, None, None, None, None, None, None, None
        )
    return ComparedCell(
        school.id, school.urn, shared.school_name, context, shared.state, shared.numerator, shared.denominator,
        shared.pupils, shared.rate, shared.interval_low, shared.interval_high, shared.context_note, shared.shared_at,
    )  # fmt: skip
