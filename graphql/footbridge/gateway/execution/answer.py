"""The body of an answer: from JSON texts as they are, or from what graphql-core has made."""

from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from graphql import DocumentNode, ExecutionResult, FieldNode, OperationDefinitionNode, SelectionSetNode, execute

from footbridge.gateway.execution.operation import Operation
from footbridge.gateway.faults import raise_if_unavailable, told
from footbridge.gateway.fields.context import SchoolContext, TrustContext
from footbridge.gateway.http.answers import BadRequest
from footbridge.gateway.slow import Way


async def run_ordinarily(
    document: DocumentNode, operation: Operation, context: SchoolContext | TrustContext
) -> ExecutionResult:
    """The document is parsed, costed and validated; Strawberry's own way in would do it once more."""
    operation.course.way = Way.ORDINARY
    running = execute(
        operation.schema._schema,
        document,
        context_value=context,
        variable_values=operation.variables,
        operation_name=operation.name,
        hide_suggestions=True,
    )
    result = running if isinstance(running, ExecutionResult) else await running
    raise_if_unavailable(result)
    if result.data is None:
        context.forget_readings()
    return result


def narrowed(operation: Operation, fields: Sequence[FieldNode]) -> DocumentNode:
    """The operation with these of its root fields only."""
    asked = SelectionSetNode(selections=tuple(fields))
    whole = operation.node
    node = OperationDefinitionNode(
        operation=whole.operation, name=whole.name, variable_definitions=whole.variable_definitions, selection_set=asked
    )
    return DocumentNode(definitions=(node, *operation.document.fragments.values()))


def spliced(found: Mapping[str, str | None], errors: bytes = b"") -> bytes:
    """The answer of these JSON texts, as they are."""
    fields: list[bytes] = []
    for key, text in found.items():
        fields += [b"," if fields else b"", f'"{key}":'.encode(), str(text).encode()]
    return b"".join([b"{", errors, b'"data":{', *fields, b"}}"])


def body_of(operation: Operation, result: ExecutionResult) -> bytes:
    content: dict[str, Any] = {"data": result.data}
    if result.errors:
        content = {"errors": told(result.errors), **content}
    return limited(operation, orjson.dumps(content))


def limited(operation: Operation, body: bytes) -> bytes:
    """Raises BadRequest for an answer that is too large, before anything is committed."""
    if len(body) > operation.largest_answer:
        raise BadRequest(400, "ANSWER_TOO_LARGE", "The answer is too large: ask for smaller pages, or in parts.")
    return body
