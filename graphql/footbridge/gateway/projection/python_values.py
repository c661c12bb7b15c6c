"""Shows a value that Python has made, as a selection asks: measures, periods, totals, refusals.

Only plain attributes: what has a resolver of its own is left to the ordinary path.
"""

from collections.abc import Callable, Sequence
from typing import Any

from graphql import (
    FieldNode,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLUnionType,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
)
from strawberry.types.field import StrawberryField

from footbridge.gateway.projection.markers import NotThere
from footbridge.gateway.projection.selection import NotCompiled, Selections

Show = Callable[[Any], Any]


def shower_of(of: Any, nodes: Sequence[FieldNode], selections: Selections) -> Show:
    """A function that makes JSON of a value of the type `of`; raises NotCompiled."""
    if is_non_null_type(of):
        return _required(_nullable(of.of_type, nodes, selections))
    shown = _nullable(of, nodes, selections)
    return lambda value: None if value is None else shown(value)


def _required(show: Show) -> Show:
    def required(value: Any) -> Any:
        if value is None:
            raise NotThere
        return show(value)

    return required


def _nullable(of: GraphQLOutputType, nodes: Sequence[FieldNode], selections: Selections) -> Show:
    if is_leaf_type(of):
        return of.serialize
    if is_list_type(of):
        item = shower_of(of.of_type, nodes, selections)
        return lambda values: [item(value) for value in values]
    if isinstance(of, GraphQLUnionType):
        return _of_union(of, nodes, selections)
    if isinstance(of, GraphQLObjectType):
        return _of_object(of, nodes, selections)
    raise NotCompiled


def _of_object(of: GraphQLObjectType, nodes: Sequence[FieldNode], selections: Selections) -> Show:
    shows: list[tuple[str, str, Show]] = []
    for key, asked in selections.of(of, nodes).items():
        name = asked[0].name.value
        if name == "__typename":
            shows.append((key, "__class__", lambda _: of.name))
            continue
        declared = of.fields[name].extensions.get("strawberry-definition")
        if not isinstance(declared, StrawberryField) or not declared.is_basic_field:
            raise NotCompiled
        shows.append((key, declared.python_name, shower_of(of.fields[name].type, asked, selections)))
    return lambda value: {key: show(getattr(value, name)) for key, name, show in shows}


def _of_union(of: GraphQLUnionType, nodes: Sequence[FieldNode], selections: Selections) -> Show:
    members = {member.extensions["strawberry-definition"].origin: member for member in of.types}

    def show(value: Any) -> Any:
        return _of_object(members[type(value)], nodes, selections)(value)

    return show
