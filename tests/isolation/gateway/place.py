"""Every place of a document where a value is said: its arguments, and the leaves of its inputs."""

import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from graphql import GraphQLInputObjectType, GraphQLList, GraphQLNonNull, get_named_type, is_leaf_type

from tests.isolation.gateway.document import Document, Slot

Way = tuple[str | int, ...]


@dataclass(frozen=True)
class Place:
    """`way` leads from the variables to the value."""

    coordinate: str
    name: str
    type: str
    is_leaf: bool
    is_list: bool
    way: Way
    slot: Slot

    def __str__(self) -> str:
        return self.coordinate


def places(document: Document) -> Iterator[Place]:
    """Of a list itself and its first row, or its first value."""
    for slot in document.slots:
        yield from _places(slot, slot.type, slot.coordinate, slot.argument, (slot.variable,))


def _places(slot: Slot, kind: Any, coordinate: str, name: str, way: Way) -> Iterator[Place]:
    plain = kind.of_type if isinstance(kind, GraphQLNonNull) else kind
    is_list = isinstance(plain, GraphQLList)
    named = get_named_type(kind)
    yield Place(coordinate, name, named.name, is_leaf_type(named), is_list, way, slot)
    inner_way = (*way, 0) if is_list else way
    if is_list and is_leaf_type(named):
        yield Place(coordinate, name, named.name, True, False, inner_way, slot)
    if isinstance(named, GraphQLInputObjectType):
        for leaf, of in named.fields.items():
            yield from _places(slot, of.type, f"{named.name}.{leaf}", leaf, (*inner_way, leaf))


def said(variables: Mapping[str, Any], place: Place) -> Any:
    """The value there; None where nothing is said."""
    at: Any = variables
    for step in place.way:
        try:
            at = at[step]
        except (KeyError, IndexError, TypeError):
            return None
    return at


def with_value(variables: Mapping[str, Any], place: Place, value: Any) -> dict[str, Any]:
    """A copy that says this there; what stands around it is made where it is not."""
    changed = copy.deepcopy(dict(variables))
    at: Any = changed
    for step, following in zip(place.way, place.way[1:], strict=False):
        empty: Any = [{}] if isinstance(following, int) else {}
        if isinstance(at, list):
            at = at[step]  # type: ignore[index]
            continue
        at = at.setdefault(step, empty)
    at[place.way[-1]] = value
    return changed
