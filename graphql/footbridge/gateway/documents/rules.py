"""The specification's rules of validation, shown fewer nodes than graphql-core would show them; nothing is missed."""

from typing import Any

from graphql import GraphQLError, ValueNode
from graphql.language.ast import QUERY_DOCUMENT_KEYS
from graphql.language.visitor import EnterLeaveVisitor
from graphql.validation import ASTValidationContext, ASTValidationRule, ValuesOfCorrectTypeRule, specified_rules
from graphql.validation.rules import overlapping_fields_can_be_merged
from graphql.validation.rules.max_introspection_depth_rule import MaxIntrospectionDepthRule
from graphql.validation.validate import query_document_keys_to_validate

# Pairs of fields with one name are compared with each other: so many, and no more. See its own comment there.
overlapping_fields_can_be_merged.MAX_COMPLEXITY_BUDGET = 5_000

# Every second node of a document is a name, of which no rule asks anything.
for _kind, _keys in query_document_keys_to_validate.items():
    query_document_keys_to_validate[_kind] = tuple(key for key in _keys if key not in {"name", "alias"})

_SAYS_NOTHING = EnterLeaveVisitor(None, None)


def _attentive(rule: type[ASTValidationRule]) -> type[ASTValidationRule]:
    """Knows beforehand of which kinds of nodes it says nothing; to ask it for each document took a quarter of the time
    that validation takes.
    """
    silent = {kind: _SAYS_NOTHING for kind in QUERY_DOCUMENT_KEYS if not _says_something(rule, kind)}

    class Attentive(rule):  # type: ignore[valid-type, misc]
        def __init__(self, context: ASTValidationContext) -> None:
            super().__init__(context)
            self.enter_leave_map = dict(silent)

    Attentive.__name__ = rule.__name__
    return Attentive


def _says_something(rule: type[ASTValidationRule], kind: str) -> bool:
    return any(hasattr(rule, name) for name in (f"enter_{kind}", f"leave_{kind}", "enter", "leave"))


class PlacedValues(ValuesOfCorrectTypeRule):
    """What a scalar says of a value has no place in the document; here it gets that of the value."""

    _value: ValueNode | None = None

    def is_valid_value_node(self, node: ValueNode, input_type: Any) -> Any:
        self._value = node
        return super().is_valid_value_node(node, input_type)

    def report_error(self, error: GraphQLError) -> None:
        super().report_error(error if error.locations else GraphQLError(error.message, self._value))


_OWN: dict[type[ASTValidationRule], type[ASTValidationRule]] = {ValuesOfCorrectTypeRule: PlacedValues}
_ALL = dict.fromkeys((*specified_rules, MaxIntrospectionDepthRule))
RULES = tuple(_attentive(_OWN.get(rule, rule)) for rule in _ALL)
