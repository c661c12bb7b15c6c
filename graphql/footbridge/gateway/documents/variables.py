"""Whether what was sent with an operation fits the variables that it declares."""

from typing import Any

from graphql import GraphQLError, GraphQLSchema, OperationDefinitionNode
from graphql.execution import get_variable_values
from graphql.execution.values import VariableValues

from footbridge.gateway.documents.document import MOST_ERRORS, refused_by_schema

REASONS = {
    "to be provided": "a value is needed",
    "not to be None": "a value is needed",
    "to include required field": "a field that is needed is missing",
    "not to include unknown field": "it holds a field that is not known here",
    "to be an object": "an object is needed",
    "enum": "it is none of the values that are allowed",
}
BUILT_IN = tuple(f"{scalar} cannot represent" for scalar in ("Int", "Float", "String", "Boolean", "ID"))


def fitting_variables(
    schema: GraphQLSchema, node: OperationDefinitionNode, sent: dict[str, Any], *, names: bool
) -> VariableValues:
    """As the operation will see them, defaults too. Raises DocumentRefused; names of the schema are told only to one
    who may ask for them.
    """
    definitions = node.variable_definitions or ()
    found = get_variable_values(schema, definitions, sent, max_errors=MOST_ERRORS, hide_suggestions=True)
    if isinstance(found, list):
        told = found if names else _without_names(found)
        raise refused_by_schema(told, "A variable does not fit.", names=True)
    return found


def _without_names(errors: list[GraphQLError]) -> list[GraphQLError]:
    """Which variable, and where in it, in the sender's own words; of the reason what tells no name. Each once."""
    messages = {_told(error.message): error for error in errors if error.nodes}
    return [GraphQLError(message, error.nodes) for message, error in messages.items()]


def _told(message: str) -> str:
    where, _, reason = message.partition(": ")
    if reason.startswith(BUILT_IN):
        return message
    return f"{where}: {next((told for part, told in REASONS.items() if part in reason), 'it does not fit')}."
