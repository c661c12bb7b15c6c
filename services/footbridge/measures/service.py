"""A school's figure for a measure and a period: recorded, or computed from its rows."""

from decimal import Decimal

from footbridge.measures.definition import Figure, Measure, Unavailable
from footbridge.measures.observation import Observation, ObservationRepository
from footbridge.runtime.clock import today
from footbridge.tenancy.period import Period
from footbridge.tenancy.permission import Permission
from footbridge.tenancy.session import SchoolSession


async def figure_of(school: SchoolSession, measure: Measure, period: Period) -> Figure | Unavailable:
    """What the school has for it, with its provenance. A recorded figure goes before a computed one."""
    school.caller.require(Permission.READ_RECORD)
    if period.starts_on > today():
        return Unavailable(f"Not due yet: the period begins on {period.starts_on:%d %B %Y}.")
    if measure.may_be_recorded:
        recorded = await ObservationRepository(school).find_current(measure.id, period.code)
        if recorded is not None:
            return _figure(recorded)
    if measure.count is None:
        return Unavailable("No figure is recorded for this period.")
    return await measure.count(school, period)


def _figure(recorded: Observation) -> Figure:
    return Figure(Decimal(recorded.numerator), Decimal(recorded.denominator), recorded.pupils, recorded.provenance)
