"""What stands in one cell: whole numbers, dates, codes, and the words files use for nothing."""

import re
from datetime import date, datetime

_NOTHING = frozenset(
    (
        "",
        "na",
        "n/a",
        "not applicable",
        "not-applicable",
        "not recorded",
        "not collected",
        "unknown",
        "null",
        "-",
        "..",
    )
)
_DATE_FORMS = ("%d-%m-%Y", "%d/%m/%Y", "%Y-%m-%d")
_DATE_SHAPE = re.compile(r"[0-9]{1,2}[-/][0-9]{1,2}[-/][0-9]{4}|[0-9]{4}-[0-9]{2}-[0-9]{2}")
_POSTCODE = re.compile(r"[A-Z]{1,2}[0-9][A-Z0-9]?[0-9][A-Z]{2}")
_COMPANY = re.compile(r"[A-Z]{2}[0-9]{6}|[0-9]{8}")


class CellUnreadable(ValueError):
    """A cell that does not hold what its column is for; the message says what was expected."""


def something(text: str) -> str | None:
    """The text, or None for the many ways of saying nothing ("NA", "Not applicable", "..")."""
    return None if text.casefold() in _NOTHING else text


def folded(name: str) -> str:
    """Equal for names that differ in case and spaces only."""
    return " ".join(name.split()).casefold()


def digits(text: str, length: int, *, what: str, padded: bool = False) -> str:
    """A code of so many digits; `padded` restores the leading zeros a spreadsheet took away."""
    code = text.zfill(length) if padded else text
    if len(code) == length and code.isascii() and code.isdecimal():
        return code
    raise CellUnreadable(f"{what} of {length} digits was expected")


def urn_of(text: str) -> str:
    if not text:
        raise CellUnreadable("the URN is missing; a number of six digits was expected")
    return digits(text, 6, what="a URN")


def whole(text: str, *, most: int) -> int:
    if text.isascii() and text.isdecimal() and len(text) <= 9 and int(text) <= most:
        return int(text)
    raise CellUnreadable(f"a whole number up to {most:,} was expected")


def day(text: str) -> date:
    """dd-mm-yyyy, dd/mm/yyyy or yyyy-mm-dd; a time of day after it is left off."""
    written = text.split(" ", maxsplit=1)[0].split("T", maxsplit=1)[0]
    if _DATE_SHAPE.fullmatch(written):
        for form in _DATE_FORMS:
            try:
                return datetime.strptime(written, form).date()
            except ValueError:
                continue
    raise CellUnreadable("a date such as 31-08-2019, 31/08/2019 or 2019-08-31 was expected")


def postcode(text: str) -> str:
    """With one space before the last three characters."""
    closed_up = text.replace(" ", "").upper()
    if not _POSTCODE.fullmatch(closed_up):
        raise CellUnreadable("a postcode was expected")
    return f"{closed_up[:-3]} {closed_up[-3:]}"


def company_number(text: str) -> str:
    """A Companies House number: eight characters, leading zeros restored."""
    number = text.upper().zfill(8)
    if not _COMPANY.fullmatch(number):
        raise CellUnreadable("a Companies House number of eight characters was expected")
    return number
