"""The arguments of a drawn field: pages as Relay has them, ids, filters; and how many rows they ask for."""

from dataclasses import dataclass

from graphql import GraphQLField, GraphQLInputType, GraphQLNonNull, get_named_type
from hypothesis import strategies as st

from footbridge.gateway.documents.cost_directives import list_size_of
from footbridge.runtime.pages import DEFAULT_PAGE, LARGEST_PAGE
from tests.gateway.differential.selections import Parent, Written
from tests.gateway.differential.values import Place, Trouble, Values, chance
from tests.gateway.differential.variables import Variables

PAGE = ("first", "after", "last", "before")


@dataclass(frozen=True)
class Arguments:
    """`size` is how many rows the field may answer, `hint` the type of what it finds, where its id says so."""

    written: tuple[tuple[str, Written], ...] = ()
    size: int = 1
    hint: str | None = None


class ArgumentDrawing:
    def __init__(self, draw: st.DrawFn, values: Values, variables: Variables, trouble: Trouble) -> None:
        self._draw = draw
        self._values = values
        self._variables = variables
        self._trouble = trouble

    def of(self, parent: Parent, name: str, field: GraphQLField, most: int) -> Arguments:
        """`most` rows may be asked for."""
        coordinate = f"{parent.name}.{name}"
        if coordinate == "Query.node":
            identifier, hint = self._values.node_id()
            return Arguments((("id", self._variables.write(identifier, field.args["id"].type)),), hint=hint)
        if name == "__type":
            return Arguments((("name", self._variables.write("Period", field.args["name"].type)),))
        own = tuple(
            (argument, self._own(coordinate, argument, field))
            for argument in field.args
            if argument not in PAGE and self._is_said(field.args[argument].type)
        )
        if not set(PAGE) <= set(field.args):
            declared = list_size_of(field)
            return Arguments(own, declared.assumed_size if declared else 1)
        paging = self._page(coordinate, field, most)
        order = self._draw(st.booleans())  # arguments stand in any order
        return Arguments((*own, *paging.written) if order else (*paging.written, *own), paging.size)

    def _is_said(self, kind: GraphQLInputType) -> bool:
        return isinstance(kind, GraphQLNonNull) or chance(self._draw, 60)

    def _own(self, coordinate: str, name: str, field: GraphQLField) -> Written:
        kind = field.args[name].type
        value = self._values.of(Place(f"{coordinate}({name}:)", name, kind, get_named_type(field.type)))
        return self._variables.write(value, kind)

    def _page(self, coordinate: str, field: GraphQLField, most: int) -> Arguments:
        said: dict[str, object] = {}
        if most < DEFAULT_PAGE or chance(self._draw, 65):
            direction = self._draw(st.sampled_from(("first", "first", "last")))
            said[direction] = self._values.size(most)
            if self._trouble.taken(self._draw, 4):
                said = {"first": self._values.size(most), "last": self._values.size(most)}
        sizes = [value for value in said.values() if isinstance(value, int)]
        for name in PAGE:
            if name in {"after", "before"} and chance(self._draw, 30):
                said[name] = self._values.cursor(coordinate)
            elif name not in said and chance(self._draw, 5):
                said[name] = None
        written = tuple((name, self._variables.write(value, field.args[name].type)) for name, value in said.items())
        return Arguments(written, min(max(sizes, default=DEFAULT_PAGE), LARGEST_PAGE))
