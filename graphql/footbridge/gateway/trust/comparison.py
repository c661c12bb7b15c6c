"""A comparison in the trust's schema: measures of one period over the schools."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import strawberry

from footbridge.comparison import projection
from footbridge.gateway.fields.register_types import Measure, Period, measure_of, period_of
from footbridge.gateway.fields.scalars import Prefix, decimal_text
from footbridge.gateway.projection.declare import column, derived, to_many
from footbridge.gateway.projection.grouped import each_row, grouped
from footbridge.gateway.projection.projected import projected
from footbridge.gateway.projection.sources import Derived
from footbridge.gateway.trust.accesses import accesses_of_many
from footbridge.measures.find import all_measures, find_measure
from footbridge.runtime.errors import InvalidInput
from footbridge.runtime.pages import Keyset
from footbridge.tenancy.period import Period as PeriodValue

OF_A_MEASURE, CELLS = grouped(
    projection.WANTED,
    projection.cells_of(each_row(projection.WANTED)),
    key="measure_id",
    totals=projection.totals,
)
BY_SCHOOL = Keyset((CELLS.column("sort_name"), CELLS.column("school_id")))
BY_NUMBER = Keyset((OF_A_MEASURE.column("number"),))


@strawberry.type(description="What DfE publishes of the school by the period’s end: the figure beside the figure.")
class Context:
    phase: str
    roll: int | None
    fsm_percent: str | None
    source: str | None


def context_of(
    phase: str, roll: int | None, fsm: Decimal | None, roll_source: str | None, as_of_on: date | None
) -> Context:
    return Context(
        phase=phase,
        roll=roll,
        fsm_percent=None if fsm is None else f"{fsm:.1f}",
        source=f"{roll_source}, {as_of_on:%d %B %Y}" if roll_source else None,
    )


@projected(CELLS, description="One school in a comparison: a value, a symbol, or in words why there is nothing.")
class ComparedCell:
    school_id: strawberry.ID = column("school_id", Prefix.SCHOOL)
    urn: str
    school_name: str
    context = derived(Context, context_of, "phase", "roll", "fsm", "roll_source", "roll_as_of_on")
    state: str
    numerator: str | None
    denominator: str | None
    pupils: int | None
    rate: str | None
    interval_low: str | None
    interval_high: str | None
    context_note: str | None
    shared_at: datetime | None


@strawberry.type(description="Of the shown cells only; empty below three of them.")
class Total:
    numerator: str | None
    denominator: str | None
    rate: str | None


def total_of(measure_id: str, numerator: Decimal | None, denominator: Decimal | None) -> Total:
    if numerator is None or denominator is None:
        return Total(numerator=None, denominator=None, rate=None)
    measure = find_measure(measure_id)
    rate = measure.rate_of(numerator, denominator)
    return Total(
        numerator=decimal_text(numerator),
        denominator=decimal_text(denominator),
        rate=None if rate is None else measure.rounded(rate),
    )


@projected(
    OF_A_MEASURE,
    description="In alphabetical order: there are no ranks.",
    reads=Derived(accesses_of_many, ("sharers", "measure_id", "period", "version")),
)
class Comparison:
    measure = derived(Measure, measure_of, "measure_id")
    period = derived(Period, period_of, "period")
    cells = to_many(ComparedCell, "measure_id", BY_SCHOOL, parent="measure_id", most=50)
    total = derived(Total, total_of, "measure_id", "total_numerator", "total_denominator")
    coverage: str = column("coverage", description="“n of N published, m shown”.")
    schools: int
    published: int
    shown: int


def one_asked(measure_id: strawberry.ID, period: str, group_id: strawberry.ID | None = None) -> Mapping[str, Any]:
    return _asked([measure_id], PeriodValue.parse(period), group_id)


def many_asked(
    period: str, measure_ids: list[strawberry.ID] | None = None, group_id: strawberry.ID | None = None
) -> Mapping[str, Any]:
    when = PeriodValue.parse(period)
    every = [measure.id for measure in all_measures().values() if measure.covers(when)]
    return _asked(every if measure_ids is None else list(dict.fromkeys(measure_ids)), when, group_id)


def _asked(measure_ids: list[Any], period: PeriodValue, group_id: strawberry.ID | None) -> Mapping[str, Any]:
    """Raises InvalidInput for an unknown measure, and for a figure of a year asked of a term."""
    for measure in map(find_measure, measure_ids):
        if not measure.covers(period):
            raise InvalidInput(f"{measure.name} is a figure of a whole year: compare {period.academic_year.code}.")
    return {
        "measure_ids": [str(measure_id) for measure_id in measure_ids],
        "period": period.code,
        "ends_on": period.ends_on,
        "group_id": Prefix.TRUST_GROUP.parse(group_id) if group_id else None,
    }
