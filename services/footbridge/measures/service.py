"""A school's figure for a measure and a period: recorded, or computed from its rows."""

from collections.abc import Collection
from decimal import Decimal

from footbridge.measures.definition import Figure, Measure, Unavailable
from footbridge.measures.observation import Observation, ObservationRepository
from footbridge.runtime.clock import today
from footbridge.tenancy.period import Period
from footbridge.tenancy.permission import Permission
from footbridge.tenancy.session import SchoolSession


async def figure_of(school: SchoolSession, measure: Measure, period: Period) -> Figure | Unavailable:
    """What the school has for it, with its provenance. A recorded figure goes before a computed one."""
    return (await figures_of(school, [measure], period))[measure.id]


async def figures_of(
    school: SchoolSession, measures: Collection[Measure], period: Period
) -> dict[str, Figure | Unavailable]:
    """For each measure by its id: what is recorded is asked once for all, what is computed is counted one by one."""
    school.caller.require(Permission.READ_RECORD)
    if period.starts_on > today():
        not_due = Unavailable(f"Not due yet: the period begins on {period.starts_on:%d %B %Y}.")
        return {measure.id: not_due for measure in measures}
    recorded = await _recorded(school, measures, period)
    return {
        measure.id: _figure(recorded[measure.id]) if measure.id in recorded else await _counted(school, measure, period)
        for measure in measures
    }


async def _recorded(school: SchoolSession, measures: Collection[Measure], period: Period) -> dict[str, Observation]:
    ids = [measure.id for measure in measures if measure.may_be_recorded]
    found = await ObservationRepository(school).list_of_period(ids, period.code) if ids else ()
    return {known.measure_id: known for known in found}


async def _counted(school: SchoolSession, measure: Measure, period: Period) -> Figure | Unavailable:
    if measure.count is None:
        return Unavailable("No figure is recorded for this period.")
    return await measure.count(school, period)


def _figure(recorded: Observation) -> Figure:
    return Figure(Decimal(recorded.numerator), Decimal(recorded.denominator), recorded.pupils, recorded.provenance)
