"""How a value is written: as a literal, or through variables with and without defaults, sent and left out."""

import json
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    GraphQLNonNull,
)
from hypothesis import strategies as st

from tests.gateway.differential.selections import Written
from tests.gateway.differential.values import Trouble, chance


class Variables:
    """The variables of one operation, as they are declared and as they are sent."""

    def __init__(self, draw: st.DrawFn, trouble: Trouble) -> None:
        self._draw = draw
        self._trouble = trouble
        self._declared: dict[str, str] = {}
        self._written: dict[tuple[str, str], list[Written]] = {}
        self.sent: dict[str, Any] = {}
        self.notes: set[str] = set()

    @property
    def declarations(self) -> str:
        if not self._declared:
            return ""
        return "(" + ", ".join(f"${name}: {what}" for name, what in self._declared.items()) + ") "

    def write(self, value: Any, kind: GraphQLInputType, *, percent: int = 35) -> Written:
        """As a literal with variables in it here and there, or as one variable."""
        if chance(self._draw, percent):
            return self._variable(value, kind)
        return self._literal(value, kind)

    def _literal(self, value: Any, kind: GraphQLInputType) -> Written:
        if isinstance(kind, GraphQLNonNull):
            return self._literal(value, kind.of_type)
        if value is None:
            return Written("null")
        if isinstance(kind, GraphQLList):
            return Written("[" + ", ".join(self.write(each, kind.of_type, percent=20).text for each in value) + "]")
        if isinstance(kind, GraphQLInputObjectType):
            said = (
                f"{name}: {self.write(each, kind.fields[name].type, percent=20).text}" for name, each in value.items()
            )
            return Written("{" + ", ".join(said) + "}")
        return Written(plain(value, kind))

    def _variable(self, value: Any, kind: GraphQLInputType) -> Written:
        key = (str(kind), json.dumps(value))
        if key in self._written and chance(self._draw, 50):
            self.notes.add("variable used twice")
            return self._written[key][0]
        written = self._nullable(value, kind) if not isinstance(kind, GraphQLNonNull) else self._required(value, kind)
        self._written.setdefault(key, []).append(written)
        return written

    def _nullable(self, value: Any, kind: GraphQLInputType) -> Written:
        """Its default stands in the document where it is not sent; without one it is as if nothing was said."""
        if value is None:
            return self._null(kind)
        match self._draw(st.integers(0, 3)):
            case 0:
                return self._sent(str(kind), value)
            case 1:
                return self._sent(f"{kind}!", value)
            case 2:
                return self._left_out(f"{kind} = {plain(value, kind)}")
            case _:
                return self._sent(f"{kind} = null", value)

    def _null(self, kind: GraphQLInputType) -> Written:
        match self._draw(st.integers(0, 2)):
            case 0:
                return self._left_out(str(kind))
            case 1:
                self.notes.add("variable sent as null")
                return self._sent(str(kind), None)
            case _:
                return self._left_out(f"{kind} = null")

    def _required(self, value: Any, kind: GraphQLInputType) -> Written:
        bare = str(kind).removesuffix("!")
        match self._draw(st.integers(0, 3)):
            case 0 | 1:
                return self._sent(str(kind), value)
            case 2:
                return self._left_out(f"{bare} = {plain(value, kind)}")
            case _:
                refused = self._trouble.taken(self._draw, 15)
                if refused:
                    self.notes.add("null for a value that is needed")
                return self._sent(f"{bare} = {plain(value, kind)}", None if refused else value)

    def _sent(self, declared: str, value: Any) -> Written:
        written = self._declare(declared)
        self.sent[written.text[1:]] = value
        self.notes.add("variable sent with a default" if "=" in declared else "variable sent")
        return written

    def _left_out(self, declared: str) -> Written:
        self.notes.add("variable left to its default" if "=" in declared else "variable left out")
        return self._declare(declared)

    def _declare(self, declared: str) -> Written:
        name = f"v{len(self._declared) + 1}"
        self._declared[name] = declared
        return Written(f"${name}")


def plain(value: Any, kind: GraphQLInputType) -> str:
    """Without variables, as a default has to be."""
    if isinstance(kind, GraphQLNonNull):
        return plain(value, kind.of_type)
    if value is None:
        return "null"
    if isinstance(kind, GraphQLList):
        return "[" + ", ".join(plain(each, kind.of_type) for each in value) + "]"
    if isinstance(kind, GraphQLInputObjectType):
        return "{" + ", ".join(f"{name}: {plain(each, kind.fields[name].type)}" for name, each in value.items()) + "}"
    return str(value) if isinstance(kind, GraphQLEnumType) else json.dumps(value, ensure_ascii=False)
