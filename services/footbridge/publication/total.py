"""The total of a measure over a trust's schools: of shown cells only, and no figure below three of them."""

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from footbridge.measures.definition import Measure

FEWEST_FOR_A_TOTAL = 3


class Total(NamedTuple):
    """`published` schools have shared a cell, and `shown` of these cells are figures."""

    measure_id: str
    published: int
    shown: int
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    rate: str | None = None


def total_of(measure: Measure, published: int, numerators: Sequence[Decimal], denominators: Sequence[Decimal]) -> Total:
    """Of the shown cells' pairs."""
    shown = len(numerators)
    if shown < FEWEST_FOR_A_TOTAL:
        return Total(measure.id, published, shown)
    numerator, denominator = sum(numerators, Decimal(0)), sum(denominators, Decimal(0))
    rate = measure.rate_of(numerator, denominator)
    return Total(measure.id, published, shown, numerator, denominator, None if rate is None else measure.rounded(rate))
