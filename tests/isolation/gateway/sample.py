"""Values that fit: for each leaf by its type, and for texts and ids by their name."""

from collections.abc import Iterator, Mapping
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLScalarType,
)

from tests.isolation.gateway.document import SMALL_PAGE, Document, Slot
from tests.isolation.gateway.identity import KEY, kinds_of

PERIOD = "2024-25"
SHARED_MEASURE = "persistent-absence"
"""Every school of the world has shared it for that period."""

TEXTS: Mapping[str, str | None] = {
    "after": None, "before": None, "identifier": "GB-CHC-1234567", "baseline": "10", "target": "20.5",
    "hours": "1.5", "period": PERIOD, "percentage": "12.5", "previewHash": "0" * 64,
}  # fmt: skip
"""Texts with a form of their own; None is said only where a test is about it."""

FREE = frozenset(
    {
        "name", "title", "needSchool", "needPartner", "description", "indicator", "responsibility", "benefit", "reason",
        "space", "voice", "audience", "influence", "source", "contextNote",
    }
)  # fmt: skip
"""Texts that may say anything."""

NUMBERS = {
    "first": SMALL_PAGE,
    "last": None,
    "numerator": 60,
    "denominator": 200,
    "pupils": 200,
    "yearGroup": 3,
    "inPerson": 2,
}
DATES = {"endedOn": None, "untilOn": "2026-08-31", "fromOn": "2020-09-01", "on": "2025-03-03", "dueOn": "2026-07-01"}
CHOICES = {"PartnershipStatus": "ACTIVE"}

LEFT_OUT = frozenset(
    {"ObservationInput.percentage", "ObservationInput.roll", "SessionInput.yearGroups", "PartnershipInput.endedOn"}
)
"""Leaves that do not go with the others of a sample; each is said alone by a cell of its own."""


class NoSample(AssertionError):
    """A new text of which nobody knows what it should say."""

    def __init__(self, coordinate: str) -> None:
        super().__init__(f"{coordinate}: no sample; add its name to sample.FREE, or its form to sample.TEXTS")


class Samples:
    """Values for one document; `ids` has one own id for each kind, `measure` is the measure that is spoken of."""

    def __init__(self, document: Document, ids: Mapping[str, str], key: str, urn: str = "") -> None:
        self._document = document
        self._ids = ids
        self._key = key
        self._urn = urn

    def variables(self) -> dict[str, Any]:
        said = {slot.variable: self.of(slot) for slot in self._document.slots}
        return {name: value for name, value in said.items() if value is not None}

    def of(self, slot: Slot) -> Any:
        return self._value(slot.type, slot.coordinate, slot.argument, slot.returned)

    def leaf(self, kind: GraphQLInputObjectType, name: str) -> Any:
        return self._value(kind.fields[name].type, f"{kind.name}.{name}", name, "")

    def _value(self, kind: Any, coordinate: str, name: str, returned: str) -> Any:
        if isinstance(kind, GraphQLNonNull):
            kind = kind.of_type
        if isinstance(kind, GraphQLList):
            inner = self._value(kind.of_type, coordinate, name, returned)
            return None if inner is None else [inner]
        if isinstance(kind, GraphQLInputObjectType):
            return dict(self._leaves(kind))
        if isinstance(kind, GraphQLEnumType):
            return _choice(kind)
        assert isinstance(kind, GraphQLScalarType)
        return self._scalar(kind.name, coordinate, name, returned)

    def _leaves(self, kind: GraphQLInputObjectType) -> Iterator[tuple[str, Any]]:
        for name in kind.fields:
            if f"{kind.name}.{name}" not in LEFT_OUT:
                value = self.leaf(kind, name)
                if value is not None:
                    yield name, value

    def _scalar(self, kind: str, coordinate: str, name: str, returned: str) -> Any:
        if kind == "Int":
            return NUMBERS.get(name, 0)
        if kind == "Boolean":
            return True
        if kind == "Date":
            return DATES.get(name, "2024-10-09")
        if kind == "ID":
            return self._key if name == KEY else self._id(coordinate, name, returned)
        if kind == "String":
            return self._text(coordinate, name)
        raise NoSample(f"{coordinate} ({kind})")

    def _id(self, coordinate: str, name: str, returned: str) -> str:
        kinds = kinds_of(self._document.side, coordinate, name, returned)
        if kinds == ("Measure",):
            return SHARED_MEASURE
        kind = self._document.only if self._document.only in kinds else kinds[0]
        return self._ids.get(kind, "")

    def _text(self, coordinate: str, name: str) -> str | None:
        if name == "urn":
            return self._urn
        if name in TEXTS:
            return TEXTS[name]
        if name not in FREE:
            raise NoSample(coordinate)
        return f"Some {name} of ours"


def _choice(kind: GraphQLEnumType) -> str:
    """The first there is, unless another is said."""
    return CHOICES.get(kind.name) or str(next(iter(kind.values)))
