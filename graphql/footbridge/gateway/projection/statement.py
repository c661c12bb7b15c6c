"""A statement as it is put together: its text, its parameters by where their values come from, and its fillers.

A *place* is a field of the selection that has arguments of its own, or the root of all. Values are looked up at the
innermost place that gives them; the session's are given everywhere.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson
from graphql import FieldNode, GraphQLError, GraphQLField, NullValueNode, ValueNode, VariableNode
from graphql.execution import get_argument_values

from footbridge.gateway.fields.relay import Order, mark_for
from footbridge.gateway.projection.markers import Filler
from footbridge.gateway.projection.rows import Template
from footbridge.gateway.projection.selection import NotCompiled
from footbridge.gateway.projection.sources import PAGE_ARGUMENTS, Derived, Related, Shape
from footbridge.runtime.errors import FootbridgeError
from footbridge.tenancy.permission import Permission

_PARAMETER = re.compile(r"\$(\d+)")

MOST_SELECTS = 64
"""Relations in one statement; the largest of our own operations has six."""

Values = Mapping[str, Any]
Convert = Callable[[GraphQLField, Values], Values]


class NotAsked(Exception):
    """The arguments cannot be taken: the ordinary path tells why, at every place where the field stands."""


@dataclass(frozen=True)
class Place:
    """A field with arguments, which may stand within another place."""

    source: Related
    definition: GraphQLField
    node: FieldNode
    parent_type: str

    def values(self, session: Any, variables: Any, convert: Convert) -> Values:
        """The parameters that its arguments give; raises NotAsked."""
        try:
            arguments = convert(self.definition, get_argument_values(self.definition, self.node, variables))
            found = dict(self.source.parameters(arguments))
            if self.source.shape is Shape.PAGE:
                found |= self._page(session, arguments)
        except (FootbridgeError, GraphQLError):
            raise NotAsked from None
        return found

    def ends_asked(self, variables: Values) -> tuple[bool, bool, bool]:
        """Whether `after`, `before` and `last` are given; a plan is made for each combination."""
        given = {argument.name.value: argument.value for argument in self.node.arguments or ()}
        after, before, last = (is_given(given.get(name), variables) for name in ("after", "before", "last"))
        return after, before, last

    def _page(self, session: Any, arguments: Values) -> Values:
        assert self.source.order is not None
        mark = mark_for(session, self.parent_type, self.node.name.value)
        asked = {name: arguments.get(name) for name in PAGE_ARGUMENTS}
        request = Order.of(self.source.order).request(mark, **asked)
        ends = {"after": request.after or (), "before": request.before or ()}
        beyond = {f"{end}_{number}": value for end, values in ends.items() for number, value in enumerate(values)}
        return {"mark": mark, "page_size": request.size, "page_and_one": request.size + 1} | beyond


@dataclass(frozen=True)
class Worked:
    """A field that a Python function makes of its arguments alone: its JSON text goes in as a parameter."""

    source: Derived
    definition: GraphQLField
    node: FieldNode
    show: Callable[[Any], Any]

    def values(self, session: Any, variables: Any, convert: Convert) -> Values:
        return {"worked": self.text(variables, convert)}

    def text(self, variables: Any, convert: Convert) -> str:
        """Raises NotAsked or NotThere."""
        try:
            arguments = convert(self.definition, get_argument_values(self.definition, self.node, variables))
            made = self.source.make(**arguments)
        except (FootbridgeError, GraphQLError):
            raise NotAsked from None
        return orjson.dumps(self.show(made)).decode()


def is_given(value: ValueNode | None, variables: Values) -> bool:
    """Whether an argument has a value that is not null."""
    if value is None or isinstance(value, NullValueNode):
        return False
    return not isinstance(value, VariableNode) or variables.get(value.name.value) is not None


@dataclass
class Statement:
    """What the compiler has gathered while it wrote the text."""

    places: list[tuple[Place | Worked, int | None]] = field(default_factory=list)
    parameters: dict[tuple[int | None, str], int] = field(default_factory=dict)
    fillers: list[Filler] = field(default_factory=list)
    permissions: set[Permission] = field(default_factory=set)
    aliases: int = 0
    is_personal: bool = False
    """Whether cursors are shown or taken, which are marked as their reader's."""

    def alias(self) -> str:
        """Raises NotCompiled beyond MOST_SELECTS: PostgreSQL's planning would cost more than what is asked for."""
        if self.aliases >= MOST_SELECTS:
            raise NotCompiled
        self.aliases += 1
        return f"r{self.aliases}"

    def enter(self, place: Place | Worked, within: int | None) -> int:
        self.places.append((place, within))
        return len(self.places) - 1

    def parameter(self, at: int | None, name: str) -> str:
        """`$n` for the value of that name at that place."""
        return f"${self.parameters.setdefault((at, name), len(self.parameters) + 1)}"

    def filled_in(self, template: Template, at: int | None) -> str:
        pieces = list(template.pieces)
        pieces[1::2] = [self.parameter(at, name) for name in pieces[1::2]]
        return "".join(pieces)

    def fill(self, filler: Filler) -> int:
        self.fillers.append(filler)
        return len(self.fillers) - 1

    def close(self, sql: str) -> str:
        """The statement with just those parameters that stand in it."""
        used = sorted({int(number) for number in _PARAMETER.findall(sql)})
        numbers = {str(number): f"${place}" for place, number in enumerate(used, start=1)}
        self.parameters = {where: n for where, n in self.parameters.items() if n in used}
        return _PARAMETER.sub(lambda found: numbers[found[1]], sql)

    def values(self, session: Any, given: Values, variables: Any, convert: Convert) -> Sequence[Any]:
        """In the order of `$1`, `$2`, …; raises NotAsked."""
        found: list[Values] = []
        for place, within in self.places:
            outer = given if within is None else found[within]
            found.append({**outer, **place.values(session, variables, convert)})
        return [(given if at is None else found[at]).get(name) for at, name in self.parameters]
