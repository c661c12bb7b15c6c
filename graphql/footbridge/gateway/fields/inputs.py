"""Inputs are made by what is known of their fields when the schema is: Strawberry looks at each field's annotation anew
for each value, a tenth of what a small mutation costs.
"""

from collections.abc import Callable, Mapping
from dataclasses import MISSING
from typing import Any

from graphql import GraphQLInputField, GraphQLInputObjectType, get_nullable_type, is_leaf_type
from strawberry import Schema
from strawberry.types.arguments import InputContext
from strawberry.types.base import StrawberryObjectDefinition
from strawberry.types.field import StrawberryField

Make = Callable[[Any, InputContext], Any]


def know_inputs(schema: Schema) -> None:
    for each in schema._schema.type_map.values():
        if isinstance(each, GraphQLInputObjectType):
            definition: StrawberryObjectDefinition = each.extensions["strawberry-definition"]
            definition.from_input = _maker(definition, each, schema)


def _maker(
    definition: StrawberryObjectDefinition, shown: GraphQLInputObjectType, schema: Schema
) -> Callable[[type, Mapping[str, Any], InputContext], Any]:
    names = {schema.config.name_converter.from_field(field): field for field in definition.fields}
    makes = {name: (field.python_name, _make(name, field, shown.fields[name])) for name, field in names.items()}
    absent = dict.fromkeys(field.python_name for field in definition.fields if _has_no_default(field))

    def from_input(kind: type, value: Mapping[str, Any], context: InputContext) -> Any:
        given = dict(absent)
        for name, inner in value.items():
            python_name, make = makes[name]
            given[python_name] = make(inner, context) if make else inner
        return kind(**given)

    return from_input


def _make(name: str, field: StrawberryField, shown: GraphQLInputField) -> Make | None:
    """None where the value stays as graphql-core has made it."""
    if is_leaf_type(get_nullable_type(shown.type)):
        return None
    of = field.resolve_type()
    return lambda value, context: context.convert(value, of, name)


def _has_no_default(field: StrawberryField) -> bool:
    return field.default_value is MISSING and field.default_factory is MISSING
