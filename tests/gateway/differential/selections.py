"""A drawn document as a tree: what it prints as, and the rule that its fields of one name can be merged."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from graphql import GraphQLInterfaceType, GraphQLObjectType

Parent = GraphQLObjectType | GraphQLInterfaceType


@dataclass(frozen=True)
class Written:
    """A value as it stands in the document: a literal's text, or a variable's name; null and an enum are bare."""

    text: str

    @property
    def is_variable(self) -> bool:
        return "$" in self.text


@dataclass(frozen=True)
class Directive:
    name: str
    condition: Written

    def __str__(self) -> str:
        return f" @{self.name}(if: {self.condition.text})"


@dataclass(frozen=True)
class Field:
    """`type` is the printed type: fields of one response name have one and the same. `size` is how many its
    arguments ask for.
    """

    parent: Parent
    name: str
    type: str
    alias: str | None = None
    arguments: tuple[tuple[str, Written], ...] = ()
    directives: tuple[Directive, ...] = ()
    selections: tuple["Selection", ...] = ()
    size: int = field(default=1, compare=False)

    @property
    def response_name(self) -> str:
        return self.alias or self.name

    @property
    def coordinate(self) -> str:
        return f"{self.parent.name}.{self.name}"


@dataclass(frozen=True)
class Inline:
    """`condition` is None for `... { }` and `... @include { }`."""

    condition: Parent | None
    directives: tuple[Directive, ...]
    selections: tuple["Selection", ...]


@dataclass(frozen=True)
class Fragment:
    """`weight` is what it may cost in a place that is there once."""

    name: str
    condition: Parent
    selections: tuple["Selection", ...]
    weight: int


@dataclass(frozen=True)
class Spread:
    fragment: Fragment
    directives: tuple[Directive, ...]


Selection = Field | Inline | Spread


@dataclass
class _Taken:
    field: Field
    scope: "Scope"


@dataclass
class Scope:
    """The response names of one object of the answer, wherever in the document they are asked for."""

    taken: dict[str, list[_Taken]] = field(default_factory=dict)

    def admits(self, asked: Field) -> bool:
        """OverlappingFieldsCanBeMerged, and a little stricter: one response name has one type."""
        return all(
            known.field.type == asked.type
            and (_never_together(known.field.parent, asked.parent) or _same_question(known.field, asked))
            for known in self.taken.get(asked.response_name, ())
        )

    def enter(self, asked: Field) -> "Scope":
        """That of the field's own selections, which it shares with the fields it is merged with."""
        known = self.taken.setdefault(asked.response_name, [])
        scope = known[0].scope if known else Scope()
        known.append(_Taken(asked, scope))
        return scope

    def known(self, parent: Parent) -> list[Field]:
        """What has been asked of this very type already, and may be asked again."""
        every = (taken.field for fields in self.taken.values() for taken in fields)
        return [field for field in every if field.parent is parent]

    def admits_all(self, selections: Sequence[Selection]) -> bool:
        return self.copy().enter_all(selections)

    def enter_all(self, selections: Sequence[Selection]) -> bool:
        """False, and half done, if one of them cannot be merged."""
        for asked in fields_of(selections):
            if not self.admits(asked) or not self.enter(asked).enter_all(asked.selections):
                return False
        return True

    def copy(self) -> "Scope":
        scopes: dict[int, Scope] = {}
        return self._copied(scopes)

    def _copied(self, scopes: dict[int, "Scope"]) -> "Scope":
        if id(self) not in scopes:
            scopes[id(self)] = made = Scope()
            for name, every in self.taken.items():
                made.taken[name] = [_Taken(known.field, known.scope._copied(scopes)) for known in every]
        return scopes[id(self)]


def _never_together(one: Parent, other: Parent) -> bool:
    return one is not other and isinstance(one, GraphQLObjectType) and isinstance(other, GraphQLObjectType)


def _same_question(one: Field, other: Field) -> bool:
    return one.name == other.name and one.arguments == other.arguments


def fields_of(selections: Sequence[Selection]) -> Iterator[Field]:
    """Those of one object of the answer, through fragments of any kind."""
    for selection in selections:
        match selection:
            case Field():
                yield selection
            case Inline():
                yield from fields_of(selection.selections)
            case Spread():
                yield from fields_of(selection.fragment.selections)


def every_selection(selections: Sequence[Selection]) -> Iterator[Selection]:
    """At any depth; those of a named fragment at each of its spreads."""
    for selection in selections:
        yield selection
        inner = selection.fragment.selections if isinstance(selection, Spread) else selection.selections
        yield from every_selection(inner)


@dataclass(frozen=True)
class Drawn:
    """One document, the operation of it that is run, and what is sent with it."""

    head: str
    selections: tuple[Selection, ...]
    fragments: tuple[Fragment, ...]
    variables: dict[str, Any]
    caller: str
    notes: frozenset[str] = frozenset()
    other_operation: str = ""

    @property
    def text(self) -> str:
        operation = f"{self.head}{_block(self.selections, 0)}\n"
        return self.other_operation + operation + "".join(_definition(each) for each in self.fragments)

    def __repr__(self) -> str:
        return f"\n{self.text}variables {json.dumps(self.variables, ensure_ascii=False)}, sent by the {self.caller}"


def _definition(fragment: Fragment) -> str:
    return f"fragment {fragment.name} on {fragment.condition.name} {_block(fragment.selections, 0)}\n"


def _block(selections: Sequence[Selection], depth: int) -> str:
    indent = "  " * depth
    lines = "\n".join(f"{indent}  {_line(selection, depth + 1)}" for selection in selections)
    return f"{{\n{lines}\n{indent}}}"


def _line(selection: Selection, depth: int) -> str:
    match selection:
        case Spread():
            return f"...{selection.fragment.name}{_directives(selection.directives)}"
        case Inline():
            condition = f" on {selection.condition.name}" if selection.condition else ""
            return f"...{condition}{_directives(selection.directives)} {_block(selection.selections, depth)}"
        case Field():
            alias = f"{selection.alias}: " if selection.alias else ""
            said = ", ".join(f"{name}: {value.text}" for name, value in selection.arguments)
            arguments = f"({said})" if said else ""
            block = f" {_block(selection.selections, depth)}" if selection.selections else ""
            return f"{alias}{selection.name}{arguments}{_directives(selection.directives)}{block}"


def _directives(directives: Sequence[Directive]) -> str:
    return "".join(map(str, directives))
