"""Where a school stands among its siblings, in words: quartile bands, never a value or a boundary."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

FEWEST_OTHERS = 5

TOO_FEW = "too few"
BANDS = ("among the lowest quarter", "in the lower middle", "in the upper middle", "among the highest quarter")


@dataclass(frozen=True)
class Standing:
    """`others` is how many other schools' shown figures it was compared with."""

    standing: str
    others: int


def standings(rates: Mapping[UUID, Decimal]) -> dict[UUID, Standing]:
    """For each school with a shown figure, its band among the others; too few below five others."""
    return {
        school_id: _standing(rate, [other for other_id, other in rates.items() if other_id != school_id])
        for school_id, rate in rates.items()
    }


def _standing(rate: Decimal, others: Sequence[Decimal]) -> Standing:
    if len(others) < FEWEST_OTHERS:
        return Standing(TOO_FEW, len(others))
    lower = sum(other < rate for other in others)
    equal = sum(other == rate for other in others)
    # The share of others below, ties counted half: in the middle when all are alike.
    below = Decimal(2 * lower + equal) / Decimal(2 * len(others))
    return Standing(BANDS[min(3, int(below * 4))], len(others))
