"""Where a school stands among its siblings, in words: quartile bands, never a value or a boundary."""

from collections.abc import Mapping
from decimal import Decimal
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple
from uuid import UUID

FEWEST_OTHERS = 5

TOO_FEW = "too few"
BANDS = ("among the lowest quarter", "in the lower middle", "in the upper middle", "among the highest quarter")

_RATE = itemgetter(1)


class Standing(NamedTuple):
    """`others` is how many other schools' shown figures it was compared with."""

    standing: str
    others: int


def standings(rates: Mapping[UUID, Decimal]) -> dict[UUID, Standing]:
    """For each school with a shown figure, its band among the others; too few below five others."""
    found: dict[UUID, Standing] = {}
    others = len(rates) - 1
    for _, alike in groupby(sorted(rates.items(), key=_RATE), key=_RATE):
        school_ids = [school_id for school_id, _ in alike]
        found |= dict.fromkeys(school_ids, _standing(len(found), len(school_ids) - 1, others))
    return found


def _standing(lower: int, equal: int, others: int) -> Standing:
    """Of one with so many others below it, and so many that are alike."""
    if others < FEWEST_OTHERS:
        return Standing(TOO_FEW, others)
    # The share of others below, ties counted half, in quarters: in the middle when all are alike.
    return Standing(BANDS[min(3, 4 * (2 * lower + equal) // (2 * others))], others)
