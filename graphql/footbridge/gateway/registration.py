"""Compiles a trusted document when it is registered: for what its variables are by default.

So a declaration that cannot be compiled is found when the gateway starts, or when a client is added, and the first
request finds its plan made.
"""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from graphql import GraphQLSchema, NonNullTypeNode, OperationDefinitionNode, TypeNode, VariableDefinitionNode
from graphql.execution import get_variable_values
from graphql.execution.values import VariableValues
from strawberry import Schema

from footbridge.gateway.documents.document import Document
from footbridge.gateway.documents.operations import ManifestInvalid
from footbridge.gateway.execution import Operation, change_plan_for, plan_for
from footbridge.gateway.fields.scalars import Prefix
from footbridge.gateway.projection.plan import Ordinary, Plan
from footbridge.gateway.published import VERSIONS
from footbridge.tenancy.client import Side

_ANY_ID = Prefix.SCHOOL.id_of(UUID(int=0))
"""Of a kind that both schemas have: `node` is compiled for one kind at a time."""
_STAND_INS: Mapping[str, Any] = {"Boolean": True, "ID": _ANY_ID}


def compile_queries(documents: Mapping[str, Document], schema: Schema, side: Side) -> None:
    """Raises ManifestInvalid."""
    for document in documents.values():
        if not _operation(document, schema).is_mutation:
            ordinary_fields(document, schema, side)


def ordinary_fields(document: Document, schema: Schema, side: Side) -> Sequence[str]:
    """Compiles the document; answers with those of its root fields that only the ordinary path can run.

    Raises ManifestInvalid.
    """
    operation = _operation(document, schema)
    variables = assumed_variables(schema._schema, operation.node, {})
    try:
        if operation.is_mutation:
            return [] if change_plan_for(operation, variables) else [operation.field.name.value]
        return _ordinary(plan_for(operation, variables, versions=versions_of(side)))
    except Exception as error:
        raise ManifestInvalid(f"{document.name} cannot be compiled: {error}") from error


def versions_of(side: Side) -> str:
    """What each statement of that side tells beside its answer."""
    return VERSIONS if side is Side.TRUST else ""


def assumed_variables(schema: GraphQLSchema, node: OperationDefinitionNode, sent: dict[str, Any]) -> VariableValues:
    """Defaults, and something in place of what has to be sent and is not; enough for a plan, not for an answer.

    What is sent has to fit: see `fitting_variables`.
    """
    definitions = node.variable_definitions or ()
    missing = [each for each in definitions if _is_missing(each, sent)]
    found = get_variable_values(schema, [each for each in definitions if each not in missing], sent)
    assert isinstance(found, VariableValues)
    stand_ins = {each.variable.name.value: _stand_in(each.type) for each in missing}
    return found._replace(coerced=found.coerced | stand_ins)


def _operation(document: Document, schema: Schema) -> Operation:
    return Operation(document, document.operations[0], {}, schema, largest_answer=0)


def _is_missing(definition: VariableDefinitionNode, sent: Mapping[str, Any]) -> bool:
    needed = isinstance(definition.type, NonNullTypeNode) and definition.default_value is None
    return needed and definition.variable.name.value not in sent


def _stand_in(kind: TypeNode) -> Any:
    named: Any = kind.type if isinstance(kind, NonNullTypeNode) else kind
    return _STAND_INS.get(named.name.value, "") if hasattr(named, "name") else []


def _ordinary(plan: Plan) -> Sequence[str]:
    assert plan.nodes is not None, "the stand-ins say what is included"
    return [root.key for root in plan.roots if isinstance(root, Ordinary)]
