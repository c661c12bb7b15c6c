"""What stands in the cells of a published figure: a number or a symbol; each text is made out once."""

import re
from collections.abc import Callable
from decimal import Decimal
from functools import partial
from typing import TypeVar

from footbridge.exchange import cells
from footbridge.exchange.cells import CellUnreadable
from footbridge.exchange.indicators import SYMBOLS, Indicator, Symbol

Number = TypeVar("Number", int, Decimal)

_DECIMAL = re.compile(r"-?[0-9]{1,9}(\.[0-9]{1,6})?")
_WHOLE = re.compile(r"-?[0-9]{1,9}")
_MOST_PUPILS = 9_999_999
_PER_CENT = tuple(Decimal(tenths).scaleb(-1) for tenths in range(1_001))
"""0.0 to 100.0: a decimal that is there already costs nothing to make."""


class FigureUnreadable(Exception):
    """A figure that cannot be taken: the field at fault, and why."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(reason)
        self.field = field
        self.reason = reason


class Texts(dict[str, tuple[Number | None, Symbol | None]]):
    """By the text of a cell, the number that `read` makes of it, or None and the symbol. Raises FigureUnreadable."""

    def __init__(self, read: Callable[[str], Number]) -> None:
        super().__init__()
        self._read: Callable[[str], Number] = read

    def __missing__(self, cell: str) -> tuple[Number | None, Symbol | None]:
        text = " ".join(cell.split())
        symbol = SYMBOLS.get(text.upper())
        found = self[cell] = (None, symbol) if symbol else (self._read(text), None)
        return found


def values(indicator: Indicator, field: str) -> Texts[Decimal]:
    """In the indicator's unit."""
    return Texts(partial(_value, indicator, field))


def pupils(field: str) -> Texts[int]:
    """Counted whole."""
    return Texts(partial(_pupils, field))


def _value(indicator: Indicator, field: str, text: str) -> Decimal:
    number = text.removesuffix("%").strip() if indicator.unit == "percent" else text
    low, high = indicator.bounds
    shape, what = (_WHOLE, "a whole number") if indicator.unit == "pupils" else (_DECIMAL, "a number")
    if not shape.fullmatch(number) or not low <= Decimal(number) <= high:
        reason = f"{what} from {low} to {high} or a symbol such as SUPP was expected; the figure was left out"
        raise FigureUnreadable(field, reason)
    return Decimal(number)


def _pupils(field: str, text: str) -> int:
    try:
        return cells.whole(text, most=_MOST_PUPILS)
    except CellUnreadable as unreadable:
        raise FigureUnreadable(field, f"{unreadable}; the figure was left out") from unreadable


class Absent(dict[str, tuple[None, None]]):
    """Of a column that the file does not have: nothing, whatever the text."""

    def __missing__(self, cell: str) -> tuple[None, None]:
        return None, None


def share(
    numerator: int | None, denominator: int | None, symbol: Symbol | None
) -> tuple[Decimal | None, Symbol | None]:
    """In percent with one decimal, halves up, as DfE rounds; of nobody, not applicable. No numerator is above its
    denominator."""
    if numerator is None or denominator is None:
        return None, symbol or "x"
    if denominator == 0:
        return None, "z"
    return _PER_CENT[(2_000 * numerator + denominator) // (2 * denominator)], None
