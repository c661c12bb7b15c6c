"""Two heads sign at the same moment: totals and sibling view are right each time."""

import asyncio
from decimal import Decimal

import pytest

from footbridge.measures.find import find_measure
from footbridge.publication.publisher import complete_release
from footbridge.publication.records import ReleaseState
from footbridge.publication.standing import standings
from footbridge.runtime.database import Database
from footbridge.tenancy.caller import Caller
from footbridge.tenancy.period import Period
from tests.foundation.larger_trust import Trust, build_trust
from tests.publication.sharing import MEASURE, comparison, prepare, record, school_of, share, sign, standing

OTHERS = 5


def numerators(round_number: int) -> list[int]:
    """Different figures in each round, all of them shown."""
    return [10 + (round_number * 7 + school * 13) % 80 for school in range(OTHERS + 2)]


async def share_together(database: Database, trust: Trust, period: Period, figures: list[int]) -> None:
    for head, numerator in zip(trust.heads[:OTHERS], figures, strict=False):
        await share(database, head, numerator, 100, period)
    pair = trust.heads[OTHERS:]
    ready = []
    for head, numerator in zip(pair, figures[OTHERS:], strict=True):
        await record(database, head, numerator, 100, period)
        ready.append((head, *await prepare(database, head, period)))
    states = await asyncio.gather(
        *(sign_and_publish(database, head, release, digest) for head, release, digest in ready)
    )
    assert states == [ReleaseState.PUBLISHED] * 2


async def sign_and_publish(database: Database, head: Caller, release: object, digest: str) -> ReleaseState:
    await sign(database, head, release, digest)  # type: ignore[arg-type]
    return await complete_release(database, head, release.id)  # type: ignore[attr-defined]


async def check(database: Database, trust: Trust, period: Period, figures: list[int]) -> None:
    seen = await comparison(database, trust.executive, period)
    assert seen["coverage"] == f"{len(figures)} of {len(figures)} published, {len(figures)} shown"
    assert seen["total"] == {
        "numerator": str(sum(figures)), "denominator": str(100 * len(figures)),
        "rate": find_measure(MEASURE).rounded(Decimal(sum(figures)) / len(figures)),
    }  # fmt: skip
    expected = standings({school_of(head): Decimal(figure) for head, figure in zip(trust.heads, figures, strict=True)})
    for head in trust.heads:
        wanted = expected[school_of(head)]
        assert await standing(database, head, period) == (wanted.standing, wanted.others)


async def both_sign(database: Database, rounds: int) -> None:
    trust = await build_trust(database, OTHERS + 2)
    for number in range(rounds):
        year = Period(1990 + number // 4)
        period = (year, *year.terms)[number % 4]
        await share_together(database, trust, period, numerators(number))
        await check(database, trust, period, numerators(number))


async def test_both_figures_count_in_total_and_standing_a_hundred_times(fresh_database: Database) -> None:
    await both_sign(fresh_database, 100)


@pytest.mark.prove
@pytest.mark.parametrize("batch", range(10))
async def test_both_figures_count_in_total_and_standing_a_thousand_times(fresh_database: Database, batch: int) -> None:
    await both_sign(fresh_database, 100)
