"""Compiles a trusted document when it is registered: for what its variables are by default.

So a declaration that cannot be compiled is found when the gateway starts, or when a client is added, and the first
request finds its plan made.
"""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from graphql import (
    FieldNode,
    GraphQLSchema,
    NamedTypeNode,
    NonNullTypeNode,
    OperationDefinitionNode,
    VariableDefinitionNode,
    VariableNode,
)
from graphql.execution import get_variable_values
from graphql.execution.values import VariableValues
from strawberry import Schema
from strawberry.types.field import StrawberryField

from footbridge.gateway.documents.document import Document, refused_by_schema
from footbridge.gateway.documents.operations import ManifestInvalid
from footbridge.gateway.execution.changing import change_plan_for
from footbridge.gateway.execution.operation import Operation
from footbridge.gateway.execution.reading import plan_for
from footbridge.gateway.fields.scalars import Prefix
from footbridge.gateway.projection.plan import Ordinary, Plan
from footbridge.gateway.projection.projected import projection_of, resolved
from footbridge.gateway.projection.sources import FoundById, Related, Source, source_of
from footbridge.gateway.published import VERSIONS
from footbridge.tenancy.client import Side

_ANY_KIND = Prefix.SCHOOL
"""Both schemas have it: `node` is compiled for one kind at a time."""


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

    Raises DocumentRefused where what is sent does not fit.
    """
    definitions = node.variable_definitions or ()
    missing = [each for each in definitions if _is_missing(each, sent)]
    found = get_variable_values(schema, [each for each in definitions if each not in missing], sent)
    if isinstance(found, list):
        raise refused_by_schema(found, "A variable does not fit.", names=True)
    found.coerced.update({each.variable.name.value: _stand_in(schema, node, each) for each in missing})
    return found


def _operation(document: Document, schema: Schema) -> Operation:
    return Operation(document, document.operations[0], {}, schema, largest_answer=0)


def _is_missing(definition: VariableDefinitionNode, sent: Mapping[str, Any]) -> bool:
    needed = isinstance(definition.type, NonNullTypeNode) and definition.default_value is None
    return needed and definition.variable.name.value not in sent


def _stand_in(schema: GraphQLSchema, node: OperationDefinitionNode, definition: VariableDefinitionNode) -> Any:
    """A plan asks of a value only whether it is there, whether it is true, and of which kind an id is."""
    kind = definition.type.type if isinstance(definition.type, NonNullTypeNode) else definition.type
    if isinstance(kind, NamedTypeNode) and kind.name.value == "Boolean":
        return True
    prefix = _prefix_of(schema, node, definition.variable.name.value)
    return "" if prefix is None else prefix.id_of(UUID(int=0))


def _prefix_of(schema: GraphQLSchema, node: OperationDefinitionNode, name: str) -> Prefix | None:
    """Of the ids that a root field takes by this variable, if it finds its row by its id."""
    for field in node.selection_set.selections:
        arguments = [each.value for each in field.arguments or ()] if isinstance(field, FieldNode) else []
        if any(isinstance(value, VariableNode) and value.name.value == name for value in arguments):
            source = _source(schema, field)
            if isinstance(source, FoundById):
                return _ANY_KIND
            if isinstance(source, Related) and source.column == "id":
                return projection_of(resolved(source.target)).prefix
    return None


def _source(schema: GraphQLSchema, node: Any) -> Source | None:
    field = schema.query_type.fields.get(node.name.value) if schema.query_type else None
    declared = field and field.extensions.get("strawberry-definition")
    return source_of(declared) if isinstance(declared, StrawberryField) else None


def _ordinary(plan: Plan) -> Sequence[str]:
    assert plan.nodes is not None, "the stand-ins say what is included"
    return [root.key for root in plan.roots if isinstance(root, Ordinary)]
