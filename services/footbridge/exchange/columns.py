"""Finds the columns of a file by any of the names they are known under."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from footbridge.exchange.report import shown
from footbridge.runtime.errors import FootbridgeError


@dataclass(frozen=True)
class Column:
    """A field and the headings it may have, the preferred first. Case, spaces and punctuation do not count."""

    field: str
    aliases: tuple[str, ...]
    required: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    index: int
    heading: str


class Columns:
    """Where each field stands in one file."""

    def __init__(self, places: dict[str, Place], width: int) -> None:
        self._places = places
        self._reach = max((place.index + 1 for place in places.values()), default=0)
        self.width = width

    def __contains__(self, field: str) -> bool:
        return field in self._places

    def place(self, field: str) -> Place | None:
        return self._places.get(field)

    def without(self, field: str) -> "Columns":
        return Columns({name: place for name, place in self._places.items() if name != field}, self.width)

    def heading(self, field: str) -> str:
        """The heading as the file spells it."""
        return self._places[field].heading

    def beyond(self, cells: int) -> str | None:
        """The first heading in use that a row of so many cells does not reach."""
        if cells >= self._reach:
            return None
        cut_off = [place for place in self._places.values() if place.index >= cells]
        return min(cut_off, key=lambda place: place.index).heading


class ColumnsMissing(FootbridgeError):
    code = "COLUMNS_MISSING"

    def __init__(self, name: str, missing: Sequence[Column], headings: Sequence[str]) -> None:
        wanted = "; ".join(f"{column.field} (as {_either(column.aliases)})" for column in missing)
        found = ", ".join(f"“{shown(heading)}”" for heading in headings[:40])
        more = f" and {len(headings) - 40} more" if len(headings) > 40 else ""
        super().__init__(f"{name} lacks {wanted}. Its headings are {found}{more}. Nothing was loaded.")


class HeadingRepeated(FootbridgeError):
    code = "HEADING_REPEATED"

    def __init__(self, name: str, heading: str) -> None:
        super().__init__(
            f"{name} has the heading “{shown(heading)}” more than once, so that it is not clear which column "
            "to take. Remove or rename one. Nothing was loaded."
        )


def _either(aliases: Sequence[str]) -> str:
    return " or ".join(f"“{alias}”" for alias in aliases)


def key_of(heading: str) -> str:
    return "".join(sign for sign in heading.casefold() if sign.isalnum())


def find_columns(headings: Sequence[str], wanted: Sequence[Column], *, name: str) -> Columns:
    """Raises ColumnsMissing, or HeadingRepeated where a heading that is needed stands twice."""
    keys = [key_of(heading) for heading in headings]
    counts = Counter(keys)
    places: dict[str, Place] = {}
    for column in wanted:
        key = next((key for key in map(key_of, column.aliases) if key in counts), None)
        if key is None:
            continue
        index = keys.index(key)
        if counts[key] > 1:
            raise HeadingRepeated(name, headings[index])
        places[column.field] = Place(index, headings[index])
    missing = [column for column in wanted if column.required and column.field not in places]
    if missing:
        raise ColumnsMissing(name, missing, headings)
    return Columns(places, len(headings))
