"""Which fields a selection set asks of one object type: fragments opened, `@include` and `@skip` applied, duplicates
merged. GraphQL specification, 6.3.2 (CollectFields)."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from graphql import (
    BooleanValueNode,
    DirectiveNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    SelectionSetNode,
    VariableNode,
    is_abstract_type,
)

Fields = Mapping[str, Sequence[FieldNode]]
_NAME = re.compile(r"[_A-Za-z][_0-9A-Za-z]*")


class NotCompiled(Exception):
    """This selection holds what only the ordinary path can run, or an error that it has to tell."""


@dataclass(frozen=True)
class Selections:
    """A document's fragments and the coerced variables of one request."""

    schema: GraphQLSchema
    fragments: Mapping[str, FragmentDefinitionNode]
    variables: Mapping[str, Any]

    def of(self, kind: GraphQLObjectType, nodes: Iterable[FieldNode]) -> Fields:
        """By response key, in the order of the answer; what all these nodes ask of their value."""
        sets = [node.selection_set for node in nodes if node.selection_set is not None]
        return self.of_sets(kind, sets)

    def of_sets(self, kind: GraphQLObjectType, sets: Iterable[SelectionSetNode]) -> Fields:
        found: dict[str, list[FieldNode]] = {}
        seen: set[str] = set()
        for each in sets:
            self._collect(kind, each, found, seen)
        return found

    def _collect(
        self, kind: GraphQLObjectType, asked: SelectionSetNode, found: dict[str, list[FieldNode]], seen: set[str]
    ) -> None:
        for node in asked.selections:
            if not self._included(node.directives):
                continue
            if isinstance(node, FieldNode):
                found.setdefault(_response_key(node), []).append(node)
            elif isinstance(node, InlineFragmentNode):
                if node.type_condition is None or self._applies(node.type_condition.name.value, kind):
                    self._collect(kind, node.selection_set, found, seen)
            elif isinstance(node, FragmentSpreadNode) and node.name.value not in seen:
                seen.add(node.name.value)
                fragment = self.fragments[node.name.value]
                if self._applies(fragment.type_condition.name.value, kind):
                    self._collect(kind, fragment.selection_set, found, seen)

    def _applies(self, name: str, kind: GraphQLObjectType) -> bool:
        condition = self.schema.get_type(name)
        if condition is kind:
            return True
        return condition is not None and is_abstract_type(condition) and self.schema.is_sub_type(condition, kind)

    def _included(self, directives: Sequence[DirectiveNode] | None) -> bool:
        """`@skip` is looked at first, wherever it stands; what it leaves out asks nothing of `@include`."""
        if not directives:
            return True
        named = {directive.name.value: directive for directive in directives}
        if "skip" in named and self._condition(named["skip"]):
            return False
        return "include" not in named or self._condition(named["include"])

    def _condition(self, directive: DirectiveNode) -> bool:
        value = next(argument.value for argument in directive.arguments or ())
        if isinstance(value, VariableNode):
            said = self.variables.get(value.name.value)
            if said is None:
                raise NotCompiled
            return bool(said)
        assert isinstance(value, BooleanValueNode)
        return value.value


def _response_key(node: FieldNode) -> str:
    """As it may stand in a statement: the parser takes no other, and this does not rely on it."""
    key = node.alias.value if node.alias else node.name.value
    if not _NAME.fullmatch(key):
        raise NotCompiled
    return key
