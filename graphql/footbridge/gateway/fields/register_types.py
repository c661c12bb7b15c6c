"""Types both endpoints show alike: measures, periods, public facts."""

from datetime import date

import strawberry

from footbridge.gateway.fields.relay import Node
from footbridge.gateway.projection.declare import column
from footbridge.gateway.projection.projected import projected
from footbridge.measures import definition
from footbridge.measures.find import all_measures, find_measure
from footbridge.runtime.clock import today
from footbridge.runtime.errors import InvalidInput
from footbridge.tenancy import tables
from footbridge.tenancy.period import EARLIEST_YEAR, LATEST_YEAR
from footbridge.tenancy.period import Period as PeriodValue

strawberry.enum(definition.Counts, name="Counts", description="Decides disclosure and interval.")
strawberry.enum(definition.Direction, name="Direction")
strawberry.enum(definition.Source, name="MeasureSource")
strawberry.enum(definition.Rate, name="RateUnit")


@strawberry.type(description="An academic year (1 September to 31 August) or one of its terms.")
class Period:
    code: str
    name: str
    starts_on: date
    ends_on: date

    @classmethod
    def from_value(cls, period: PeriodValue) -> "Period":
        return cls(code=period.code, name=period.name, starts_on=period.starts_on, ends_on=period.ends_on)


def periods_of(on: date | None = None) -> list[Period]:
    """The academic year of that day and its terms; InvalidInput outside the years that can be written as a period."""
    year = PeriodValue.year_of(on or today())
    if not EARLIEST_YEAR <= year.year <= LATEST_YEAR:
        raise InvalidInput(f"Say a day of an academic year from {EARLIEST_YEAR} to {LATEST_YEAR}.")
    return [Period.from_value(period) for period in (year, *year.terms)]


@strawberry.type(description="A measure's versioned definition.")
class Measure(Node):
    number: int
    version: int
    name: str
    numerator: str
    denominator: str
    counts: definition.Counts
    source: definition.Source
    direction: definition.Direction
    termly: bool
    unit: definition.Rate
    interval: str = strawberry.field(description="The interval the definition asks for, or why there is none.")

    @classmethod
    def from_definition(cls, measure: definition.Measure) -> "Measure":
        none = f"none: {measure.no_interval_because}"
        return cls(
            id=strawberry.ID(measure.id), number=measure.number, version=measure.version, name=measure.name,
            numerator=measure.numerator, denominator=measure.denominator, counts=measure.counts, source=measure.source,
            direction=measure.direction, termly=measure.termly, unit=measure.rate,
            interval=none if measure.no_interval_because else measure.interval.value,
        )  # fmt: skip


@projected(tables.public_fact, description="What DfE publishes of a school: context for everybody.")
class PublicFact:
    indicator: str
    academic_year: str
    as_of: date = column("as_of_on")
    numerator: int | None
    denominator: int | None
    value: str | None = column("value", fixed=True)
    symbol: str | None
    source: str
    matched_by: str


def measure_of(measure_id: str) -> Measure:
    return Measure.from_definition(find_measure(measure_id))


def period_of(code: str) -> Period:
    return Period.from_value(PeriodValue.parse(code))


def catalogue() -> list[Measure]:
    return [Measure.from_definition(measure) for measure in all_measures().values()]
