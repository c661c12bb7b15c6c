"""Takes ids and cursors from answers of the schema itself: each type and each list by the shortest way to it."""

from collections import deque
from collections.abc import Awaitable, Callable, Iterator, Mapping
from typing import Any

from graphql import GraphQLField, GraphQLInterfaceType, GraphQLObjectType, GraphQLSchema, get_named_type
from graphql.type import is_required_argument

Ask = Callable[[str], Awaitable[Any]]
Path = tuple[str, ...]
"""Fields from the root, with the arguments that they cannot do without."""

NEEDED = {"period": '"2025-26"', "measureId": '"persistent-absence"'}
FEW = 12


def paths(schema: GraphQLSchema) -> Mapping[str, Path]:
    """To each object type, over fields that need no arguments, or only those that `NEEDED` has."""
    query = schema.query_type
    assert query is not None
    found: dict[str, Path] = {query.name: ()}
    waiting = deque([query])
    while waiting:
        kind = waiting.popleft()
        for name, field in kind.fields.items():
            inner, step = get_named_type(field.type), _step(name, field)
            if isinstance(inner, GraphQLObjectType) and step and inner.name not in found:
                found[inner.name] = (*found[kind.name], step)
                waiting.append(inner)
    return found


def way_to(schema: GraphQLSchema, kind: str) -> list[str]:
    """The coordinates on the path to a type; none to the root, or to an interface."""
    path, way = paths(schema).get(kind, ()), []
    parent = schema.query_type
    for step in path:
        assert isinstance(parent, GraphQLObjectType)
        name = step.split("(")[0]
        way.append(f"{parent.name}.{name}")
        parent = get_named_type(parent.fields[name].type)
    return way


def _step(name: str, field: GraphQLField) -> str | None:
    needed = [argument for argument, kind in field.args.items() if is_required_argument(kind)]
    if not set(needed) <= set(NEEDED):
        return None
    said = ", ".join(f"{argument}: {NEEDED[argument]}" for argument in needed)
    return f"{name}({said})" if said else name


async def harvest_ids(schema: GraphQLSchema, ask: Ask) -> dict[str, tuple[str, ...]]:
    """By type; a type of which nothing is there has none."""
    node = schema.get_type("Node")
    assert isinstance(node, GraphQLInterfaceType)
    known, ids = paths(schema), {}
    for member in schema.get_possible_types(node):
        answer = await ask(document_of((*known[member.name], "id")))
        ids[member.name] = tuple(dict.fromkeys(leaves(answer)))[:FEW]
    return ids


async def harvest_cursors(schema: GraphQLSchema, ask: Ask) -> dict[str, tuple[str, ...]]:
    """By the connection's coordinate."""
    known, cursors = paths(schema), {}
    for coordinate, kind, name in connections(schema):
        answer = await ask(document_of((*known[kind], name, "edges", "cursor")))
        cursors[coordinate] = tuple(dict.fromkeys(leaves(answer)))[:FEW]
    return cursors


def connections(schema: GraphQLSchema) -> Iterator[tuple[str, str, str]]:
    """Coordinate, type and field of each list with pages."""
    for kind in schema.type_map.values():
        if isinstance(kind, GraphQLObjectType) and not kind.name.startswith("__"):
            for name, field in kind.fields.items():
                if {"first", "after", "last", "before"} <= set(field.args):
                    yield f"{kind.name}.{name}", kind.name, name


def document_of(path: Path) -> str:
    return "{ " + " { ".join(path) + " }" * len(path)


def leaves(answer: Any) -> Iterator[str]:
    """Every text at the ends of an answer, in order."""
    if isinstance(answer, Mapping):
        for value in answer.values():
            yield from leaves(value)
    elif isinstance(answer, list):
        for value in answer:
            yield from leaves(value)
    elif isinstance(answer, str):
        yield answer
