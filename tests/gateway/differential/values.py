"""Values that hypothesis draws for arguments: by the argument's name and type, from what the population has."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    GraphQLNamedType,
    GraphQLNonNull,
    GraphQLScalarType,
)
from hypothesis import strategies as st

from footbridge.runtime.pages import LARGEST_PAGE
from tests.gateway.differential.known import Known

SHARED = "2025-26"
"""The period that there is most of."""
OFTEN = ("persistent-absence",) * 5 + ("attendance",) * 3
"""Measures that are shared by several schools."""
PERIODS = (
    SHARED, SHARED, SHARED, SHARED, SHARED, "2024-25", "2024-25", "2025-26-autumn", "2024-25-autumn", "2025/26", " 2025-26-SPRING", "2099-00",
)  # fmt: skip
NO_PERIODS = ("2024-26", "", "next year", "1989-90", "2024-25-winter", "٢٠٢٤-25")
DAYS = tuple(
    date(*parts).isoformat()
    for parts in ((2025, 10, 1), (2025, 10, 2), (2024, 10, 9), (2025, 9, 1), (2026, 1, 31), (1990, 9, 1), (2100, 8, 31))
)
ODD_DAYS = ("0001-01-01", "9999-12-31", "1990-08-31")
NO_IDS = ("", "par", "par_", "xyz_" + "0" * 32, "par_" + "0" * 31 + "G", "PAR_" + "0" * 32, "par_\"'\\\n☂", "0" * 36)
NO_CURSORS = ("", "!", "é", "AAAA", "W10", "bnVsbA", "eyJhIjoxfQ", "WyIiXQ=")
NO_URNS = ("", "000000", "9' or '1", "९०", "\\", "\u007f")
TEXTS = (
    "Note",
    "",
    "“quoted” \"and\" 'so'",
    "back\\slash\\n",
    "tab\tline\nend\r",
    "\u0001\u001f",
    "é😀🏽",
    "</script>\u2028",
)
SIZES = (2, 3, 1, 5, 0, 10, 50, 20, 100, 101, 1000)

Item = TypeVar("Item")


class NoValue(AssertionError):
    """A new argument of which nobody knows what it should say."""

    def __init__(self, coordinate: str) -> None:
        super().__init__(f"{coordinate}: say in `values.by_name` what to draw for an argument of this name")


def chance(draw: st.DrawFn, percent: int) -> bool:
    """Shrinks to False."""
    return draw(st.integers(0, 99)) >= 100 - percent


TROUBLE = "a value that is refused"


@dataclass
class Trouble:
    """At most one thing in a document that ends in an error: two would hide each other."""

    left: int
    is_taken: bool = False

    def taken(self, draw: st.DrawFn, percent: int) -> bool:
        if self.left and chance(draw, percent):
            self.take()
            return True
        return False

    def take(self) -> None:
        self.left, self.is_taken = 0, True


@dataclass(frozen=True)
class Place:
    """Where a value is wanted: the argument of a field, or a field of an input object."""

    coordinate: str
    name: str
    kind: GraphQLInputType
    returned: GraphQLNamedType | None = None

    def of(self, kind: GraphQLInputType) -> "Place":
        return Place(self.coordinate, self.name, kind, self.returned)


class Values:
    """Draws what an argument says, without regard to how it is written."""

    def __init__(self, draw: st.DrawFn, known: Known, caller: str, trouble: Trouble) -> None:
        self._draw = draw
        self._known = known
        self._caller = caller
        self._trouble = trouble

    def of(self, place: Place) -> Any:
        kind = place.kind
        if isinstance(kind, GraphQLNonNull):
            return self._some(place.of(kind.of_type))
        return None if chance(self._draw, 12) else self._some(place)

    def _some(self, place: Place) -> Any:
        kind = place.kind
        if isinstance(kind, GraphQLList):
            return self._list(place.of(kind.of_type))
        if isinstance(kind, GraphQLInputObjectType):
            return self._object(kind)
        if isinstance(kind, GraphQLEnumType):
            return self._one_of(tuple(kind.values))
        assert isinstance(kind, GraphQLScalarType)
        return self._scalar(place, kind)

    def _list(self, place: Place) -> list[Any]:
        """Each value once: a measure that is chosen twice is refused."""
        drawn = [self.of(place) for _ in range(self._draw(st.integers(0, 3)))]
        return [value for number, value in enumerate(drawn) if not _said_before(drawn[:number], value)]

    def _object(self, kind: GraphQLInputObjectType) -> dict[str, Any]:
        said = {}
        for name, inner in kind.fields.items():
            if isinstance(inner.type, GraphQLNonNull) or chance(self._draw, 60):
                said[name] = self.of(Place(f"{kind.name}.{name}", name, inner.type))
        return said

    def _scalar(self, place: Place, kind: GraphQLScalarType) -> Any:
        by_name: Mapping[str, Callable[[], Any]] = {
            "id": lambda: self.id_of(place),
            "groupId": lambda: self._id("TrustGroup"),
            "measureId": self._measure,
            "measureIds": self._measure,
            "period": lambda: self._or_trouble(PERIODS, NO_PERIODS),
            "urn": lambda: self._one_of((*self._known.urns, *NO_URNS)),
            "contextNote": lambda: self._one_of(TEXTS),
        }
        if place.name in by_name:
            return by_name[place.name]()
        if kind.name == "Date":
            return self._or_trouble(DAYS, ODD_DAYS)
        raise NoValue(place.coordinate)

    def id_of(self, place: Place) -> str:
        returned = place.returned
        if returned is not None and returned.name in self._known.ids:
            return self._id(returned.name)
        return self._id(self._one_of(tuple(self._known.ids)))

    def _id(self, kind: str) -> str:
        if self._trouble.taken(self._draw, 10):
            return self._one_of((*NO_IDS, *(other[0] for other in self._known.ids.values())))
        if chance(self._draw, 15):
            return self._one_of((*self._known.foreign.get(kind, ()), *_missing(self._known.ids[kind])))
        return self._one_of(self._known.ids[kind])

    def node_id(self) -> tuple[str, str]:
        """An id of any kind, with the type whose id it is or looks like."""
        kind = self._one_of(tuple(self._known.ids))
        if chance(self._draw, 8):
            return self._one_of(NO_IDS), kind
        return self._id(kind), kind

    def _measure(self) -> str:
        return self._or_trouble((*OFTEN, *self._known.measures), ("no-such-measure", "", "Persistent-Absence"))

    def size(self, most: int) -> int:
        if self._trouble.taken(self._draw, 4):
            return self._one_of((-1, -100))
        return self._one_of(tuple(size for size in SIZES if min(size, LARGEST_PAGE) <= most))

    def cursor(self, coordinate: str) -> str | None:
        own = self._known.own_cursors(self._caller, coordinate)
        if not own or self._trouble.taken(self._draw, 6):
            self._trouble.take()
            return self._one_of((*NO_CURSORS, *self._known.wrong_cursors(self._caller, coordinate)))
        return self._one_of(own)

    def _or_trouble(self, good: Sequence[str], bad: Sequence[str]) -> str:
        return self._one_of(bad if self._trouble.taken(self._draw, 6) else good)

    def _one_of(self, values: Sequence[Item]) -> Item:
        return self._draw(st.sampled_from(values))


def _missing(ids: Sequence[str]) -> tuple[str, ...]:
    """As the others, and of nothing that is there."""
    return tuple({f"{text.split('_')[0]}_{'7' * 32}" for text in ids[:1] if "_" in text}) or ("no-such-thing",)


def _said_before(before: Sequence[Any], value: Any) -> bool:
    if isinstance(value, dict):
        return value.get("measureId") in [other.get("measureId") for other in before]
    return value in before
