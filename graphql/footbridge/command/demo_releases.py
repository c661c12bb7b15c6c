"""Which periods the heads of the demo trust have shared, with which notes, and how they did it."""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from footbridge.command.demo_people import head_of, preparer_of
from footbridge.command.demo_schools import SCHOOLS, YEARS, DemoSchool
from footbridge.measures.find import all_measures
from footbridge.publication.publisher import complete_release
from footbridge.publication.records import Chosen, Release, ReleaseState
from footbridge.publication.repository import ReleaseRepository
from footbridge.publication.service import prepare_release, sign_release, withdraw_release
from footbridge.runtime.database import Database
from footbridge.runtime.pages import LARGEST_PAGE, PageRequest
from footbridge.tenancy.period import Period, Term
from footbridge.tenancy.register import School
from footbridge.tenancy.session import SchoolSession, open_school

LAST_YEAR = YEARS[-1]
# Kilnstreet has shared nothing of its last year, Elmstead nothing since Easter; a new school waited a year.
_NOT_SHARED = {
    "990011": frozenset((LAST_YEAR.code, *(term.code for term in LAST_YEAR.terms))),
    "990005": frozenset((LAST_YEAR.code, Period(2025, Term.SUMMER).code)),
    "990009": frozenset((YEARS[0].code,)),
    "990002": frozenset((Period(2025, Term.SPRING).code,)),
}
_WITHDRAWN = {("990006", Period(2025, Term.SPRING).code)}
_NOTES = {
    ("990002", "persistent-absence"): "Two families moved away in March and stayed on our roll until June.",
    ("990005", "pupil-participation"): "Year 11 left on study leave in May; their clubs ended with them.",
    ("990007", "attendance"): "Hospital appointments are a part of school life here.",
    ("990010", "parents-meeting-attendance"): "Since spring we meet on two evenings, one of them online.",
    ("990012", "fully-specified-partnerships"): "Two were agreed before we wrote down everybody’s part.",
}  # fmt: skip


@dataclass(frozen=True)
class PlannedRelease:
    school: DemoSchool
    period: Period
    withdrawn: bool


def planned_releases() -> Iterator[PlannedRelease]:
    """Whole years of all three, and the terms of the last."""
    for period in (*YEARS[:-1], *LAST_YEAR.terms, LAST_YEAR):
        for school in SCHOOLS:
            if period.code not in _NOT_SHARED.get(school.urn, ()):
                yield PlannedRelease(school, period, (school.urn, period.code) in _WITHDRAWN)


async def share(database: Database, planned: PlannedRelease, enrolled: School, trust_id: UUID) -> None:
    """Prepared, signed by the head as it was previewed, and published; one is taken back again.

    Goes on from wherever an earlier start was interrupted.
    """
    head = head_of(planned.school, enrolled, trust_id)
    async with open_school(database, preparer_of(planned.school, enrolled, trust_id), school_id=enrolled.id) as session:
        release = await _find(session, planned) or await prepare_release(session, planned.period, _chosen(planned))
    if release.state is ReleaseState.PREPARED:
        async with open_school(database, head, school_id=enrolled.id) as session:
            await sign_release(session, release.id, preview_hash=release.preview_hash)
    state = await complete_release(database, head, release.id)
    if planned.withdrawn and state is ReleaseState.PUBLISHED:
        async with open_school(database, head, school_id=enrolled.id) as session:
            await withdraw_release(session, release.id)
        await complete_release(database, head, release.id)


async def _find(session: SchoolSession, planned: PlannedRelease) -> Release | None:
    releases = await ReleaseRepository(session).page(PageRequest(size=LARGEST_PAGE))
    return next((release for release in releases.items if release.period == planned.period.code), None)


def _chosen(planned: PlannedRelease) -> list[Chosen]:
    return [
        Chosen(measure.id, _NOTES.get((planned.school.urn, measure.id)))
        for measure in all_measures().values()
        if measure.covers(planned.period)
    ]
