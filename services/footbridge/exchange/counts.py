"""Whole numbers and percentages as people write them, and the numerator that a percentage of a roll stands for."""

import re
from decimal import ROUND_HALF_UP, Decimal

from footbridge.exchange.cells import CellUnreadable

Count = int | str | None
Percentage = Decimal | int | float | str | None

_LARGEST_COUNT = 2_147_483_647


def is_blank(value: object) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def derive_numerator(percentage: Decimal, roll: int) -> int:
    """percentage × roll / 100, halves up."""
    return int((percentage * roll / 100).quantize(Decimal(1), ROUND_HALF_UP))


def describe_derivation(numerator: int, percentage: Decimal, roll: int) -> str:
    return f"{numerator} = {percentage:f} % of {roll}, rounded; percentage as published"


_WHOLE = re.compile(r"[0-9]{1,10}")
_PERCENTAGE = re.compile(r"[0-9]{1,3}(\.[0-9]{1,6})?")
_MARKS = frozenset(("supp", "c", "z", "x", "na", "n/a", "ne", "np", "..", "-", "low", "lowcov", "not applicable"))


def count_of(value: Count) -> int:
    if is_blank(value):
        raise CellUnreadable("missing; a whole number was expected")
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise CellUnreadable("a whole number was expected")
    text = str(value).strip()
    if not _WHOLE.fullmatch(text):
        raise CellUnreadable(f"a whole number was expected; {_advice(text)}")
    if int(text) > _LARGEST_COUNT:
        raise CellUnreadable(f"too large; at most {_LARGEST_COUNT:,} was expected")
    return int(text)


def percentage_of(value: Percentage) -> Decimal:
    if is_blank(value):
        raise CellUnreadable("missing; a percentage from 0 to 100 was expected")
    if isinstance(value, bool) or not isinstance(value, Decimal | int | float | str):
        raise CellUnreadable("a percentage from 0 to 100 was expected")
    text = f"{value:f}" if isinstance(value, Decimal) else str(value).strip()
    if not _PERCENTAGE.fullmatch(text):
        raise CellUnreadable(f"a percentage from 0 to 100, such as 12.3, was expected; {_advice(text)}")
    if Decimal(text) > 100:
        raise CellUnreadable("a percentage from 0 to 100 was expected; this is more than all")
    return Decimal(text)


def _advice(text: str) -> str:
    """What to do, by what is wrong with the text."""
    number = text.replace("−", "-")
    if text.casefold() in _MARKS:
        return "a figure that was suppressed or not published cannot be recorded: leave the row out"
    if text.endswith("%"):
        return "write the number without the % sign"
    if number.startswith("-"):
        return "it cannot be negative"
    if re.fullmatch(r"[0-9]{1,3}([, ’'][0-9]{3})+", text):
        return "write it without thousands separators"
    if re.fullmatch(r"[0-9]*[.,][0-9]+", text):
        return "people and things are counted whole; a percentage takes a decimal point"
    return "write digits only"
