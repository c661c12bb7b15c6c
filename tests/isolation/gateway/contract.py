"""The two schemas as a frontend sees them, and every coordinate in them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from graphql import (
    GraphQLArgument,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    build_schema,
    get_named_type,
)

from footbridge.gateway.school.schema import school_schema
from footbridge.gateway.trust.schema import trust_schema

Abstract = GraphQLInterfaceType | GraphQLUnionType
Selectable = GraphQLObjectType | Abstract


class Side(StrEnum):
    SCHOOL = "school"
    TRUST = "trust"


@dataclass(frozen=True)
class Root:
    """A field of Query or Mutation."""

    side: Side
    kind: str
    name: str
    field: GraphQLField

    @property
    def coordinate(self) -> str:
        return f"{self.kind}.{self.name}"

    @property
    def is_mutation(self) -> bool:
        return self.kind == "Mutation"

    def __str__(self) -> str:
        return f"{self.side}: {self.coordinate}"


def fields_of(schema: GraphQLSchema, kind: str) -> Mapping[str, GraphQLField]:
    found = schema.type_map[kind]
    assert isinstance(found, GraphQLObjectType | GraphQLInterfaceType)
    fields: Mapping[str, GraphQLField] = found.fields
    return fields


def product_schema(side: Side) -> GraphQLSchema:
    """As it is executed."""
    return (school_schema if side is Side.SCHOOL else trust_schema)._schema


@cache
def schema_of(side: Side) -> GraphQLSchema:
    """Read back from its printed form: what is not printed is not there."""
    return build_schema((school_schema if side is Side.SCHOOL else trust_schema).as_str())


@cache
def roots(side: Side) -> tuple[Root, ...]:
    schema = schema_of(side)
    return tuple(
        Root(side, kind.name, name, field)
        for kind in (schema.query_type, schema.mutation_type)
        if kind is not None
        for name, field in kind.fields.items()
    )


def all_roots() -> Iterator[Root]:
    for side in Side:
        yield from roots(side)


def own_types(side: Side) -> Iterator[GraphQLObjectType | GraphQLInterfaceType | GraphQLInputObjectType]:
    kinds = (GraphQLObjectType, GraphQLInterfaceType, GraphQLInputObjectType)
    for name, kind in schema_of(side).type_map.items():
        if isinstance(kind, kinds) and not name.startswith("__"):
            yield kind


def coordinates(side: Side) -> set[str]:
    """`Type.field`, `Type.field(argument:)` and `Input.leaf`; an interface's fields are those of its types."""
    found = set()
    for kind in own_types(side):
        if isinstance(kind, GraphQLInterfaceType):
            continue
        for name, field in kind.fields.items():
            found.add(f"{kind.name}.{name}")
            arguments: Mapping[str, GraphQLArgument] = getattr(field, "args", {})
            found |= {f"{kind.name}.{name}({argument}:)" for argument in arguments}
    return found


def possible_types(side: Side, kind: Selectable) -> tuple[GraphQLObjectType, ...]:
    if isinstance(kind, GraphQLObjectType):
        return (kind,)
    return tuple(sorted(schema_of(side).get_possible_types(kind), key=lambda each: each.name))


def is_connection(field: GraphQLField) -> bool:
    return get_named_type(field.type).name.endswith("Connection") and {"after", "before"} <= set(field.args)
