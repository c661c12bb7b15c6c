"""What an answer shows: every object in it with its type, its fields and the objects around it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Optional

from graphql import (
    FieldNode,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    get_named_type,
)

from tests.isolation.gateway.contract import schema_of
from tests.isolation.gateway.document import Document


@dataclass(frozen=True)
class Sighting:
    """One object; `values` by the schema's name of the field, `above` is the object it stands in."""

    type: str
    values: Mapping[str, Any]
    path: tuple[str, ...]
    above: Optional["Sighting"] = field(default=None, repr=False)

    def nearest(self, name: str, *, of: str | None = None) -> Any:
        """The value of the first object, from here upwards, that has such a field."""
        at: Sighting | None = self
        while at is not None:
            if name in at.values and of in {None, at.type}:
                return at.values[name]
            at = at.above
        return None


def sightings(document: Document, data: Any) -> Iterator[Sighting]:
    """Every object of the answer, the outermost first."""
    operation = document.node.definitions[0]
    assert isinstance(operation, OperationDefinitionNode)
    root = Sighting(document.root.kind, {}, ())
    if isinstance(data, dict):
        yield from _object(document, operation.selection_set, root, data)


def _object(document: Document, selection: SelectionSetNode, at: Sighting, data: dict[str, Any]) -> Iterator[Sighting]:
    kind = schema_of(document.side).type_map[at.type]
    assert isinstance(kind, GraphQLObjectType)
    nodes = [node for node in _fields(selection, at.type) if node.name.value != "__typename"]
    shown = {node.name.value: data[_key(node)] for node in nodes if _key(node) in data}
    here = Sighting(at.type, shown, at.path, at.above)
    yield here
    for node in nodes:
        value = data.get(_key(node))
        if node.selection_set is None or value is None:
            continue
        declared = get_named_type(kind.fields[node.name.value].type).name
        for each in value if isinstance(value, list) else [value]:
            inner = Sighting(each.get("__typename", declared), {}, (*at.path, node.name.value), here)
            yield from _object(document, node.selection_set, inner, each)


def _fields(selection: SelectionSetNode, kind: str) -> Iterator[FieldNode]:
    for node in selection.selections:
        if isinstance(node, FieldNode):
            yield node
        elif isinstance(node, InlineFragmentNode) and node.type_condition and node.type_condition.name.value == kind:
            yield from _fields(node.selection_set, kind)


def _key(node: FieldNode) -> str:
    return node.alias.value if node.alias else node.name.value


def input_leaves(kind: Any, value: Any) -> Iterator[tuple[str, Any]]:
    """Coordinates of the input leaves that a variable names, with what stands there."""
    while isinstance(kind, GraphQLNonNull):
        kind = kind.of_type
    if isinstance(kind, GraphQLList):
        for each in value if isinstance(value, list) else ():
            yield from input_leaves(kind.of_type, each)
    elif isinstance(kind, GraphQLInputObjectType) and isinstance(value, dict):
        for name, inner in value.items():
            if name in kind.fields:
                yield f"{kind.name}.{name}", inner
                yield from input_leaves(kind.fields[name].type, inner)


def coordinates_hit(document: Document, variables: Mapping[str, Any], data: Any) -> set[str]:
    """What was resolved, and what was said on the way to it."""
    hit, paths = set(), set()
    for seen in sightings(document, data):
        hit |= {f"{seen.type}.{name}" for name in seen.values}
        paths |= {(*seen.path, name) for name in seen.values}
    for slot in document.slots:
        if slot.path in paths and slot.variable in variables:
            hit.add(slot.coordinate)
            hit |= {coordinate for coordinate, _ in input_leaves(slot.type, variables[slot.variable])}
    return hit
