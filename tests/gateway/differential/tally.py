"""What the drawn documents have covered: coordinates that were answered with something, arguments, fragments, directives."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from graphql import GraphQLInterfaceType, GraphQLObjectType

from tests.gateway.differential.both_paths import Answer
from tests.gateway.differential.selections import (
    Drawn,
    Field,
    Inline,
    Parent,
    Selection,
    Spread,
    every_selection,
    fields_of,
)
from tests.gateway.differential.values import TROUBLE

COMPUTED = frozenset({"Query.figure", "Query.publicationPreview", "Release.preview"})
"""What Python computes with reads of its own: no one statement answers them."""

FEATURES = (
    "alias", "merged fields", "__typename", "introspection", "several root fields", "two operations",
    "inline fragment", "inline fragment on Node", "inline fragment on an object type",
    "named fragment on Node", "named fragment on an object type", "named fragment spread twice",
    *(f"@{name} on a {place}, by {way}" for name in ("include", "skip") for place in ("Field", "Inline", "Spread")
      for way in ("literal", "variable")),
    "variable sent", "variable sent with a default", "variable left to its default", "variable left out",
    "variable sent as null", "variable used twice", "null for a value that is needed",
)  # fmt: skip


@dataclass
class Tally:
    documents: int = 0
    answered: set[str] = field(default_factory=set)
    asked: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    over: list[tuple[Drawn, Answer]] = field(default_factory=list)
    """Documents that took more statements than they have root fields."""
    counted: int = 0

    def add(self, drawn: Drawn, answer: Answer, *, counts: bool) -> None:
        """Statements count where nothing is refused, not even of a list in which nobody stands who could be."""
        self.documents += 1
        self.asked.update(set(_features(drawn)))
        self.refused.update(str(error.get("extensions", {}).get("code")) for error in answer.errors)
        data = answer.content.get("data")
        self.answered |= set(_answered(drawn.selections, data))
        if (
            counts
            and TROUBLE not in drawn.notes
            and not answer.errors
            and not COMPUTED & set(_coordinates(drawn.selections))
        ):
            self.counted += 1
            if len(answer.statements) > len(data):
                self.over.append((drawn, answer))


def _coordinates(selections: Sequence[Selection]) -> Iterator[str]:
    return (each.coordinate for each in every_selection(selections) if isinstance(each, Field))


def _answered(selections: Sequence[Selection], data: Any) -> Iterator[str]:
    """A field that holds something. Where two types share a response name, nobody knows whose it is."""
    if isinstance(data, list):
        for each in data:
            yield from _answered(selections, each)
    if not isinstance(data, dict):
        return
    fields: dict[str, list[Field]] = {}
    for asked in fields_of(selections):
        fields.setdefault(asked.response_name, []).append(asked)
    for name, asked_for in fields.items():
        value = data.get(name)
        if value not in (None, [], {}):
            yield from _certain(asked_for)
            yield from _answered([inner for each in asked_for for inner in each.selections], value)


def _certain(asked_for: Sequence[Field]) -> Iterator[str]:
    yield from (each.coordinate for each in asked_for if isinstance(each.parent, GraphQLInterfaceType))
    of_objects = {each.coordinate for each in asked_for if isinstance(each.parent, GraphQLObjectType)}
    if len(of_objects) == 1:
        yield from of_objects


def _features(drawn: Drawn) -> Iterator[str]:
    yield from drawn.notes
    every = list(every_selection(drawn.selections))
    for each in every:
        yield from _of_selection(each)
    for selections in [drawn.selections, *(each.selections for each in every if isinstance(each, (Field, Inline)))]:
        names = Counter((each.response_name, each.coordinate) for each in fields_of(selections))
        if max(names.values(), default=0) > 1:
            yield "merged fields"
    if len({each.response_name for each in fields_of(drawn.selections)}) > 1:
        yield "several root fields"
    if drawn.other_operation:
        yield "two operations"
    spreads = Counter(each.fragment.name for each in every if isinstance(each, Spread))
    if max(spreads.values(), default=0) > 1:
        yield "named fragment spread twice"


def _of_selection(selection: Selection) -> Iterator[str]:
    for directive in selection.directives:
        way = "variable" if directive.condition.is_variable else "literal"
        yield f"@{directive.name} on a {type(selection).__name__}, by {way}"
    match selection:
        case Field():
            yield from _of_field(selection)
        case Inline(condition=None):
            yield "inline fragment"
        case Inline(condition=condition):
            yield f"inline fragment on {_kind(condition)}"
        case Spread(fragment=fragment):
            yield f"named fragment on {_kind(fragment.condition)}"


def _of_field(asked: Field) -> Iterator[str]:
    if asked.alias:
        yield "alias"
    if asked.name == "__typename":
        yield "__typename"
    if asked.name in {"__schema", "__type"}:
        yield "introspection"
    for name, value in asked.arguments:
        yield f"{asked.coordinate}({name}:)"
        if name in {"first", "after", "last", "before"}:
            yield f"{name} by {'variable' if value.is_variable else 'literal'}"


def _kind(condition: Parent | None) -> str:
    return "Node" if isinstance(condition, GraphQLInterfaceType) else "an object type"
