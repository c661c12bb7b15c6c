"""Publishing asks as many statements for a whole term of a large trust as for one figure of a small one."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

import pytest
from sqlalchemy import URL

from footbridge.measures import find
from footbridge.measures.definition import Counts, Direction, Interval, Measure, Rate, Source
from footbridge.measures.observation import NewObservation, record_observations
from footbridge.publication.publisher import complete_release
from footbridge.publication.records import Release, ReleaseState
from footbridge.runtime.database import Database, Role
from footbridge.tenancy.caller import Caller
from footbridge.tenancy.period import Period
from footbridge.tenancy.session import open_school
from tests.foundation.larger_trust import build_trust
from tests.gateway.differential.both_paths import WatchedDatabase
from tests.publication.sharing import prepare, school_of, sign, withdraw

RECORDED = Measure(
    id="recorded-00", number=100, version=1, name="Recorded", numerator="pupils who did", denominator="pupils who could",
    counts=Counts.PEOPLE, source=Source.RECORDED, direction=Direction.HIGHER, termly=True, rate=Rate.PERCENT,
    interval=Interval.WILSON,
)  # fmt: skip
MEASURES = tuple(f"recorded-{number:02}" for number in range(12))
MOST_ASKED = 10
"""Of one transaction."""


@pytest.fixture(autouse=True)
def larger_catalogue(monkeypatch: pytest.MonkeyPatch) -> None:
    more = {each: replace(RECORDED, id=each, number=100 + number) for number, each in enumerate(MEASURES)}
    full: Mapping[str, Measure] = MappingProxyType({**find.all_measures(), **more})
    monkeypatch.setattr(find, "all_measures", lambda: full)


@pytest.fixture
async def watched(addresses: Mapping[Role, URL]) -> AsyncIterator[WatchedDatabase]:
    database = WatchedDatabase(addresses)
    database.opened = []
    yield database
    await database.close()


async def ready(
    database: Database, head: Caller, period: Period, measures: Sequence[str], numerator: int
) -> tuple[Release, str]:
    rows = [NewObservation(measure, period.code, numerator, 100, source="register") for measure in measures]
    async with open_school(database, head, school_id=school_of(head)) as school:
        await record_observations(school, rows)
    return await prepare(database, head, period, measures)


async def asked_by_the_last(
    watched: WatchedDatabase, heads: Sequence[Caller], period: Period, measures: Sequence[str]
) -> list[int]:
    """For each transaction of signing, completing and taking back, when all of the others have shared the same."""
    for number, head in enumerate(heads):
        release, digest = await ready(watched, head, period, measures, 20 + number)
        watched.opened.clear()
        await sign(watched, head, release, digest)
        assert await complete_release(watched, head, release.id) is ReleaseState.PUBLISHED
    await withdraw(watched, heads[-1], release)
    return [len(transaction.statements) for transaction in watched.opened]


@pytest.mark.parametrize("schools", [3, 6])
async def test_twelve_measures_take_as_many_statements_as_three(watched: WatchedDatabase, schools: int) -> None:
    heads = (await build_trust(watched, schools)).heads
    few = await asked_by_the_last(watched, heads, Period(2021), MEASURES[:3])
    assert await asked_by_the_last(watched, heads, Period(2022), MEASURES) == few


async def test_six_schools_take_as_many_statements_as_three(watched: WatchedDatabase) -> None:
    heads = (await build_trust(watched, 6)).heads
    few = await asked_by_the_last(watched, heads[:3], Period(2021), MEASURES)
    assert await asked_by_the_last(watched, heads, Period(2022), MEASURES) == few
    assert len(few) == 4
    assert max(few) <= MOST_ASKED
