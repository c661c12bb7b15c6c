"""Documents that reach every relation of a schema, each with all leaves and the relations that begin there."""

from collections.abc import Iterator

from graphql import (
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    get_named_type,
    is_leaf_type,
)
from graphql.type import is_required_argument

from tests.gateway.differential.harvest import NEEDED, connections, paths
from tests.gateway.differential.tally import COMPUTED

SMALL_PAGE = "first: 3"
DEEP = 2


def relations(schema: GraphQLSchema) -> Iterator[tuple[str, str]]:
    """Each field that holds objects, and a document that asks it; those that Python computes apart."""
    for name in paths(schema):
        kind, way = schema.type_map[name], _way(schema, name)
        if not isinstance(kind, GraphQLObjectType) or _is_of_a_page(kind):
            continue
        for field_name, field in kind.fields.items():
            if _is_relation(field) and f"{name}.{field_name}" not in COMPUTED and _can_be_asked(field):
                asked = f"{_asked(field_name, field)} {_selection(get_named_type(field.type), name, DEEP)}"
                yield f"{name}.{field_name}", "{ " + " { ".join((*way, asked)) + " }" * (len(way) + 1)


def pages(schema: GraphQLSchema, coordinate: str, cursors: tuple[str, ...]) -> Iterator[str]:
    """Pages of a connection that begin and end at cursors."""
    kind, name = next((kind, name) for found, kind, name in connections(schema) if found == coordinate)
    way = _way(schema, kind)
    for said in (f'first: 2, after: "{cursors[0]}"', f'last: 2, before: "{cursors[-1]}"', "first: 1"):
        page = f"{name}({said}) {{ totalCount pageInfo {{ hasNextPage hasPreviousPage endCursor }} nodes {{ __typename }} }}"
        yield "{ " + " { ".join((*way, page)) + " }" * (len(way) + 1)


def found_by_id(schema: GraphQLSchema, kind: str, identifier: str) -> str:
    of = schema.type_map[kind]
    assert isinstance(of, GraphQLObjectType)
    return f'{{ node(id: "{identifier}") {{ __typename id ... on {kind} {_selection(of, kind, 1)} }} }}'


def _way(schema: GraphQLSchema, kind: str) -> tuple[str, ...]:
    """By small pages."""
    parent, way = schema.query_type, []
    for step in paths(schema)[kind]:
        assert isinstance(parent, GraphQLObjectType)
        field = parent.fields[step.split("(")[0]]
        way.append(f"{step}({SMALL_PAGE})" if "after" in field.args else step)
        parent = get_named_type(field.type)
    return tuple(way)


def _selection(kind: object, within: str, depth: int) -> str:
    """Relations back to where one came from are left out."""
    assert isinstance(kind, GraphQLObjectType)
    if _is_of_a_page(kind):
        return _page(kind, within, depth)
    parts = ["__typename", *(name for name, field in kind.fields.items() if is_leaf_type(get_named_type(field.type)))]
    for name, field in kind.fields.items():
        if depth > 1 and _is_relation(field) and f"{kind.name}.{name}" not in COMPUTED and _can_be_asked(field):
            parts.append(f"{_asked(name, field)} {_selection(get_named_type(field.type), kind.name, depth - 1)}")
    return "{ " + " ".join(parts) + " }"


def _page(kind: GraphQLObjectType, within: str, depth: int) -> str:
    node = _selection(get_named_type(kind.fields["nodes"].type), within, depth)
    info = "pageInfo { hasNextPage hasPreviousPage startCursor endCursor }"
    return f"{{ totalCount {info} edges {{ cursor node {node} }} nodes {{ __typename }} }}"


def _is_of_a_page(kind: GraphQLObjectType) -> bool:
    return {"edges", "pageInfo"} <= set(kind.fields) or kind.name == "PageInfo" or kind.name.endswith("Edge")


def _is_relation(field: GraphQLField) -> bool:
    return isinstance(get_named_type(field.type), GraphQLObjectType)


def _can_be_asked(field: GraphQLField) -> bool:
    needed = {name for name, argument in field.args.items() if is_required_argument(argument)}
    return needed <= set(NEEDED)


def _asked(name: str, field: GraphQLField) -> str:
    said = [f"{argument}: {NEEDED[argument]}" for argument in field.args if argument in NEEDED]
    said += [SMALL_PAGE] if "after" in field.args else []
    return f"{name}({', '.join(said)})" if said else name


def every_relation(schema: GraphQLSchema) -> set[str]:
    """The coordinates that `relations` has to reach."""
    found = set()
    for kind in schema.type_map.values():
        if isinstance(kind, GraphQLObjectType) and not kind.name.startswith("__") and not _is_of_a_page(kind):
            found |= {
                f"{kind.name}.{name}"
                for name, field in kind.fields.items()
                if _is_relation(field) or isinstance(get_named_type(field.type), GraphQLInterfaceType)
            }
    return found
