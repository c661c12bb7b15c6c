"""Exactly what the trust would see, cell by cell, with what is suppressed and why."""

from collections.abc import Sequence
from dataclasses import dataclass

from footbridge.measures.definition import Measure
from footbridge.measures.find import all_measures, find_measure
from footbridge.measures.service import figures_of
from footbridge.publication.cell import Entry, entry_of, preview_hash
from footbridge.publication.records import Chosen
from footbridge.publication.repository import ReleaseRepository
from footbridge.runtime.errors import InvalidInput
from footbridge.tenancy.period import Period
from footbridge.tenancy.permission import Permission
from footbridge.tenancy.register import Register
from footbridge.tenancy.session import SchoolSession


@dataclass(frozen=True)
class Preview:
    """`digest` binds a signature to what is seen here."""

    period: Period
    entries: Sequence[Entry]
    digest: str


async def make_preview(school: SchoolSession, period: Period, chosen: Sequence[Chosen] | None = None) -> Preview:
    """Of the chosen measures, each once, else of all that have a figure for such a period; raises InvalidInput."""
    school.caller.require(Permission.READ_RECORD)
    if chosen is not None and len({choice.measure_id for choice in chosen}) != len(chosen):
        raise InvalidInput("Choose each measure once.")
    phase = (await Register(school.transaction).get_school(school.school_id)).phase
    shared = await ReleaseRepository(school).list_shared_measures(period.code)
    choices = chosen if chosen is not None else _all_for(period)
    measures = [_measure_of(choice, period) for choice in choices]
    figures = await figures_of(school, measures, period)
    entries = [
        entry_of(measure, phase, figures[measure.id], note=choice.context_note, already_shared=measure.id in shared)
        for choice, measure in zip(choices, measures, strict=True)
    ]
    digest = preview_hash(school.school_id, period.code, [entry.cell for entry in entries])
    return Preview(period, entries, digest)


def _measure_of(choice: Chosen, period: Period) -> Measure:
    measure = find_measure(choice.measure_id)
    if not measure.covers(period):
        raise InvalidInput(f"{measure.name} is a figure of a whole year, as {period.academic_year.code}.")
    return measure


def _all_for(period: Period) -> list[Chosen]:
    return [Chosen(measure.id) for measure in all_measures().values() if measure.covers(period)]
