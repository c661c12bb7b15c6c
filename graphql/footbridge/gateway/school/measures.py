"""Measures and recorded figures in the school's schema."""

from dataclasses import replace
from datetime import datetime

import strawberry

from footbridge.exchange import observations
from footbridge.gateway.documents.cost_directives import at_most, weighs
from footbridge.gateway.fields.context import SchoolInfo
from footbridge.gateway.fields.refusal import mutation
from footbridge.gateway.fields.register_types import Measure, Period, catalogue
from footbridge.gateway.fields.relay import Node
from footbridge.gateway.fields.rights import Requires
from footbridge.gateway.fields.scalars import Prefix, decimal_text
from footbridge.gateway.projection.declare import column, connection, derived
from footbridge.gateway.projection.rows import rows_of
from footbridge.gateway.school.nodes import school_nodes
from footbridge.measures import definition, observation, tables
from footbridge.measures.definition import Figure, Unavailable
from footbridge.measures.find import find_measure
from footbridge.measures.service import figure_of
from footbridge.tenancy.period import Period as PeriodValue
from footbridge.tenancy.permission import Permission


@strawberry.type(description="The school’s own figure: exact, private, with where it came from.")
class SchoolFigure:
    measure: Measure
    period: Period
    numerator: str | None
    denominator: str | None
    pupils: int | None
    rate: str | None
    provenance: str = strawberry.field(description="Its source, or why there is no figure.")

    @classmethod
    def from_figure(
        cls, measure: definition.Measure, period: PeriodValue, found: Figure | Unavailable
    ) -> "SchoolFigure":
        figure = cls(
            measure=Measure.from_definition(measure), period=Period.from_value(period), numerator=None,
            denominator=None, pupils=None, rate=None, provenance="",
        )  # fmt: skip
        if isinstance(found, Unavailable):
            return replace(figure, provenance=found.reason)
        rate = measure.rate_of(found.numerator, found.denominator)
        return replace(
            figure, numerator=decimal_text(found.numerator), denominator=decimal_text(found.denominator),
            pupils=found.pupils, rate=None if rate is None else measure.rounded(rate), provenance=found.provenance,
        )  # fmt: skip


@school_nodes.declare(
    tables.observation, Prefix.OBSERVATION, Permission.READ_RECORD, description="A figure as it was recorded."
)
class Observation(Node):
    """Found by its id also when another has replaced it."""

    measure_id: strawberry.ID
    period: str
    numerator: int
    denominator: int
    pupils: int | None
    source: str
    derivation: str | None = column("derivation", description="How the pair came from a percentage and a roll.")
    recorded_at: datetime


@strawberry.type(description="How many rows were new, replaced an earlier figure, or were there already.")
class ObservationsRecorded:
    added: int
    replaced: int
    unchanged: int


@strawberry.input(description="A pair, or a percentage and a roll it was taken of.")
class ObservationInput:
    measure_id: strawberry.ID
    period: str
    source: str
    numerator: int | None = None
    denominator: int | None = None
    pupils: int | None = None
    percentage: str | None = None
    roll: int | None = None


@strawberry.type
class MeasureQuery:
    measures = derived(list[Measure], catalogue, description="The catalogue.", directives=[at_most(40)])
    observations = connection(
        Observation,
        observation.NEWEST,
        rows=rows_of(tables.observation, tables.observation.c.replaced_at.is_(None)),
        permission=Permission.READ_RECORD,
        description="Newest first, those in force.",
    )

    @strawberry.field(
        description="The school’s own figure, recorded or computed.",
        directives=[weighs(60)],
        extensions=[Requires(Permission.READ_RECORD)],
    )
    async def figure(self, info: SchoolInfo, measure_id: strawberry.ID, period: str) -> SchoolFigure:
        measure, when = find_measure(measure_id), PeriodValue.parse(period)
        found = await figure_of(info.context.session, measure, when)
        return SchoolFigure.from_figure(measure, when, found)


@strawberry.type
class MeasureMutation:
    @mutation(ObservationsRecorded, Permission.RECORD_OBSERVATIONS, name="ImportObservations")
    async def import_observations(self, info: SchoolInfo, rows: list[ObservationInput]) -> ObservationsRecorded:
        """Records figures the school has counted, at most 1,000; all rows or, if one cannot be taken, none."""
        checked = observations.observations_of_rows([_row(line, row) for line, row in enumerate(rows, start=1)])
        recorded = await observation.record_observations(info.context.session, checked)
        return ObservationsRecorded(added=recorded.added, replaced=recorded.replaced, unchanged=recorded.unchanged)


def _row(line: int, row: ObservationInput) -> observations.ObservationInput:
    return observations.ObservationInput(
        line=line, measure=row.measure_id, period=row.period, numerator=row.numerator, denominator=row.denominator,
        pupils=row.pupils, percentage=row.percentage, roll=row.roll, source=row.source, urn=None,
    )  # fmt: skip
