"""Wilson's interval against the check values of the field's guide."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from footbridge.measures.interval import wilson


@pytest.mark.parametrize(
    ("successes", "trials", "low", "high"),
    [(9, 12, 0.4677, 0.9111), (45, 60, 0.6277, 0.8422), (0, 12, 0, 0.2425), (10, 10, 0.7225, 1)],
)
def test_wilson_gives_the_published_check_values(successes: int, trials: int, low: float, high: float) -> None:
    assert wilson(successes, trials) == pytest.approx((low, high), abs=5e-5)


@given(st.integers(1, 5000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilson_holds_the_rate_and_stays_within_nought_and_one(pair: tuple[int, int]) -> None:
    successes, trials = pair
    low, high = wilson(successes, trials)
    assert 0 <= low <= successes / trials + 1e-9
    assert successes / trials - 1e-9 <= high <= 1
