"""Whether what was sent with an operation fits the variables that it declares."""

from graphql import GraphQLError
from graphql.execution import get_variable_values

from footbridge.gateway.documents.document import MOST_ERRORS, refused_by_schema
from footbridge.gateway.execution import Operation

BUILT_IN = tuple(f"{scalar} cannot represent" for scalar in ("Int", "Float", "String", "Boolean", "ID"))


def require_fitting_variables(operation: Operation, *, names: bool) -> None:
    """Raises DocumentRefused; names of the schema are told only to one who may ask for them."""
    definitions = operation.node.variable_definitions or ()
    found = get_variable_values(
        operation.schema._schema, definitions, operation.variables, max_errors=MOST_ERRORS, hide_suggestions=True
    )
    if isinstance(found, list):
        told = found if names else [GraphQLError(_without_names(error.message), error.nodes) for error in found]
        raise refused_by_schema(told, "A variable does not fit.", names=True)


def _without_names(message: str) -> str:
    """Which variable, and where in it, in the sender's own words; of the reason what concerns built-in types only."""
    where, _, reason = message.partition(": ")
    return f"{where}: {reason}" if reason.startswith(BUILT_IN) else f"{where}."
