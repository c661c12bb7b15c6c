"""Every document that the matrix sends, written once from the schemas."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from graphql import GraphQLInterfaceType, GraphQLObjectType, get_named_type, is_composite_type

from tests.isolation.gateway.contract import Root, Side, all_roots, is_connection, possible_types, schema_of
from tests.isolation.gateway.document import Document, shallow, terse, towards, whole


@dataclass(frozen=True)
class Library:
    """`whole` goes everywhere below a root field, `brief` not far, `connections` to each connection's cursors."""

    whole: Mapping[Side, Sequence[Document]]
    brief: Mapping[Side, Sequence[Document]]
    connections: Mapping[Side, Mapping[str, Document]]

    def all(self) -> Iterator[Document]:
        for kind in (self.whole, self.brief):
            for documents in kind.values():
                yield from documents
        for connections in self.connections.values():
            yield from connections.values()


@cache
def library() -> Library:
    return Library(
        whole={side: [part for root, only in _each(side) for part in whole(root, only)] for side in Side},
        brief={
            side: [(terse if root.is_mutation else shallow)(root, only) for root, only in _each(side)] for side in Side
        },
        connections={side: dict(_connections(side)) for side in Side},
    )


def _each(side: Side) -> Iterator[tuple[Root, str | None]]:
    """A root field that answers an interface is asked for each of its types."""
    for root in all_roots():
        if root.side is side:
            target = get_named_type(root.field.type)
            if isinstance(target, GraphQLInterfaceType):
                yield from ((root, kind.name) for kind in possible_types(side, target))
            else:
                yield root, None


def _connections(side: Side) -> Iterator[tuple[str, Document]]:
    """Each by its coordinate, on the shortest way from a query."""
    found: dict[str, Document] = {}
    ways: list[tuple[Root, tuple[str, ...], Any]] = [
        (root, (root.name,), root.field.type) for root, only in _each(side) if only is None and not root.is_mutation
    ]
    while ways:
        root, path, kind = ways.pop(0)
        target = get_named_type(kind)
        parent = _parent(side, path)
        of = parent.fields[path[-1]]
        coordinate = f"{parent.name}.{path[-1]}"
        if is_connection(of) and coordinate not in found:
            found[coordinate] = towards(root, path)
        if len(path) < 8 and isinstance(target, GraphQLObjectType):
            ways += [
                (root, (*path, name), inner.type)
                for name, inner in target.fields.items()
                if is_composite_type(get_named_type(inner.type))
                and name not in {"pageInfo", "nodes"}
                and name not in path[:-2]
            ]
    yield from found.items()


def _parent(side: Side, path: tuple[str, ...]) -> GraphQLObjectType:
    at = schema_of(side).query_type
    assert at is not None
    for name in path[:-1]:
        kind = get_named_type(at.fields[name].type)
        assert isinstance(kind, GraphQLObjectType)
        at = kind
    return at
