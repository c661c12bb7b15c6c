"""Types both endpoints show alike: measures, periods, public facts."""

from datetime import date
from uuid import UUID

import strawberry

from footbridge.gateway.fields.context import Loaders
from footbridge.gateway.fields.relay import Node, Order
from footbridge.measures import definition
from footbridge.runtime.clock import today
from footbridge.runtime.database import Transaction
from footbridge.runtime.errors import InvalidInput
from footbridge.runtime.pages import Page, PageRequest
from footbridge.tenancy import register
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


def periods_of(on: date | None) -> list[Period]:
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


@strawberry.type(description="What DfE publishes of a school: context for everybody.")
class PublicFact:
    indicator: str
    academic_year: str
    as_of: date
    numerator: int | None
    denominator: int | None
    value: str | None
    symbol: str | None
    source: str
    matched_by: str

    @classmethod
    def from_record(cls, fact: register.PublicFact) -> "PublicFact":
        return cls(
            indicator=fact.indicator, academic_year=fact.academic_year, as_of=fact.as_of_on, numerator=fact.numerator,
            denominator=fact.denominator, value=None if fact.value is None else str(fact.value), symbol=fact.symbol,
            source=fact.source, matched_by=fact.matched_by,
        )  # fmt: skip


FACTS_NEWEST = Order(("as_of_on", date), ("indicator", str))


async def public_facts(
    transaction: Transaction, loaders: Loaders, school_id: UUID, request: PageRequest
) -> Page[register.PublicFact]:
    """A page of a school's facts, asked for all schools of the operation at once."""

    async def load(ids: list[UUID]) -> list[Page[register.PublicFact]]:
        pages = await register.Register(transaction).pages_of_facts(ids, request)
        return [pages[identifier] for identifier in ids]

    return await loaders.get(("public facts", request), load).load(school_id)
