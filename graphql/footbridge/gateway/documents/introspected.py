"""How long the lists of introspection are, which the schema cannot say of itself: counted from the schema."""

from collections.abc import Mapping
from functools import lru_cache
from math import ceil

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
)


@lru_cache(maxsize=8)
def introspected_sizes(schema: GraphQLSchema) -> Mapping[str, int]:
    """By the list's name. What belongs to a type is the average of all types: `types` and it multiply to the truth."""
    types = list(schema.type_map.values())
    having = [kind for kind in types if isinstance(kind, (GraphQLObjectType, GraphQLInterfaceType))]
    fields = [field for kind in having for field in kind.fields.values()]
    inputs = sum(len(kind.fields) for kind in types if isinstance(kind, GraphQLInputObjectType))
    values = sum(len(kind.values) for kind in types if isinstance(kind, GraphQLEnumType))
    abstract = sum(len(schema.get_possible_types(kind)) for kind in having if isinstance(kind, GraphQLInterfaceType))
    return {
        "types": len(types),
        "directives": len(schema.directives),
        "fields": ceil(len(fields) / len(types)),
        "args": ceil(sum(len(field.args) for field in fields) / len(fields)),
        "inputFields": ceil(inputs / len(types)),
        "enumValues": ceil(values / len(types)),
        "interfaces": ceil(sum(len(kind.interfaces) for kind in having) / len(types)),
        "possibleTypes": max(1, ceil(abstract / len(types))),
        "locations": 4,
    }
