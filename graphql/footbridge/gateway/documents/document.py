"""A GraphQL document that may be run: parsed, costed and validated within limits, in this order."""

import hashlib
import re
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Generic, TypeVar

from graphql import (
    DocumentNode,
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLSchema,
    NoSchemaIntrospectionCustomRule,
    OperationDefinitionNode,
    TokenKind,
    parse,
    validate,
)

from footbridge.gateway.documents.cost import DEAREST, cost_of, page_defaults, sizes_of
from footbridge.gateway.documents.rules import RULES
from footbridge.gateway.http.answers import DocumentRefused
from footbridge.gateway.http.body import LONGEST_INTEGER

HASH_PREFIX = "sha256:"
LONGEST_DOCUMENT = 64 * 1024
MOST_TOKENS = 2000
MOST_COMMENTS = 1000
MOST_OPERATIONS = 10
MOST_ERRORS = 5
MOST_PLANS = 16
NO_FIT = "The document does not fit the schema. A token with the scope introspect is told why."

_INTROSPECTION = re.compile(r"__(schema|type)\b")
NO_INTROSPECTION = NoSchemaIntrospectionCustomRule

Key = TypeVar("Key")
Value = TypeVar("Value")


@dataclass(frozen=True, eq=False)
class Document:
    """`id` is the hash of its text. `plans` are what its operations have been compiled to."""

    id: str
    name: str
    text: str
    document: DocumentNode
    schema: GraphQLSchema = field(repr=False)
    plans: "Recent[Hashable, Any]" = field(default_factory=lambda: Recent(MOST_PLANS))
    costs: "Recent[Hashable, int]" = field(default_factory=lambda: Recent(MOST_PLANS))

    @cached_property
    def fragments(self) -> Mapping[str, FragmentDefinitionNode]:
        definitions = self.document.definitions
        return {node.name.value: node for node in definitions if isinstance(node, FragmentDefinitionNode)}

    @property
    def operations(self) -> list[OperationDefinitionNode]:
        return operations_of(self.document)

    @cached_property
    def cost(self) -> int:
        """That of its pages as the document itself sizes them; of all of its operations together."""
        return cost_of(self.document, self.schema, page_defaults(self.operations), dearest=None)


class IntrospectionRefused(DocumentRefused):
    status_in_json = 403

    def __init__(self) -> None:
        super().__init__("SCOPE_MISSING", "Only a token with the scope introspect may ask for the schema.")
        self.status = 403


class Recent(Generic[Key, Value]):
    """What was asked for last, up to `most`: so that it is not worked out again."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: OrderedDict[Key, Value] = OrderedDict()

    def get(self, key: Key, make: Callable[[], Value]) -> Value:
        if key in self._kept:
            self._kept.move_to_end(key)
            return self._kept[key]
        made = make()
        self._kept[key] = made
        while len(self._kept) > self._most:
            self._kept.popitem(last=False)
        return made


def document_id(text: str) -> str:
    return HASH_PREFIX + hashlib.sha256(text.encode()).hexdigest()


def operations_of(document: DocumentNode) -> list[OperationDefinitionNode]:
    return [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]


def checked_document(text: str, schema: GraphQLSchema, *, name: str | None, introspects: bool, names: bool) -> Document:
    """Without a name, that of its first operation. `names` of the schema are told only to one who may ask for them.

    Raises DocumentRefused, or BadRequest 403 for introspection by one who may not.

    The cost comes before the validation, whose own work it bounds.
    """
    document = _parsed(text)
    if not introspects and _INTROSPECTION.search(text) and validate(schema, document, [NO_INTROSPECTION], max_errors=1):
        raise IntrospectionRefused
    cost_of(document, schema, unsent=1)  # what is sent may be small: `cost_with` looks again
    errors = validate(schema, document, RULES, max_errors=MOST_ERRORS, hide_suggestions=True)
    if errors:
        raise refused_by_schema(errors, NO_FIT, names=names)
    return Document(document_id(text), name or _first_name(document), text, document, schema)


def _first_name(document: DocumentNode) -> str:
    named = operations_of(document)[0].name
    return named.value if named else "unnamed"


def cost_with(
    document: Document, schema: GraphQLSchema, operation: OperationDefinitionNode, coerced: Mapping[str, Any]
) -> int:
    """Of the operation that is run, with what it will see in its variables; raises TooCostly.

    A variable that was sent as null has lost its default, and counts as if it were left out.
    """

    def cost() -> int:
        return cost_of(document.document, schema, coerced, operation=operation)

    if operation.variable_definitions or document.cost > DEAREST or len(document.operations) > 1:
        return document.costs.get((id(operation), sizes_of(operation, coerced)), cost)
    return document.cost


def refused_by_schema(errors: list[GraphQLError], masked: str, *, names: bool) -> DocumentRefused:
    """Without names, the errors keep their places only: for one who wrote the document that is enough."""
    told = errors if names else [GraphQLError(masked, error.nodes) for error in errors]
    return DocumentRefused("GRAPHQL_VALIDATION_FAILED", masked, told)


def _parsed(text: str) -> DocumentNode:
    if len(text.encode()) > LONGEST_DOCUMENT:
        told = f"The document is longer than {LONGEST_DOCUMENT // 1024} KB."
        raise DocumentRefused("DOCUMENT_TOO_LONG", told)
    try:
        document = parse(text, max_lexical_tokens=MOST_TOKENS, max_comments=MOST_COMMENTS)
    except GraphQLError as error:
        raise _not_parsed(error) from None
    _check_tokens(document)
    if len(operations_of(document)) > MOST_OPERATIONS:
        raise DocumentRefused("DOCUMENT_TOO_LONG", f"The document has more than {MOST_OPERATIONS} operations.")
    return document


def _not_parsed(error: GraphQLError) -> DocumentRefused:
    """In graphql-core's words; of its limits in ours."""
    if "contains more than" in error.message:
        told = f"The document has more than {MOST_TOKENS:,} words and signs, or {MOST_COMMENTS:,} comments."
        return DocumentRefused("DOCUMENT_TOO_LONG", told)
    if "nested" in error.message:
        return DocumentRefused("TOO_DEEP", "The document is nested too deeply.")
    return DocumentRefused("GRAPHQL_PARSE_FAILED", error.message, [error])


def _check_tokens(document: DocumentNode) -> None:
    """A string may say NUL by an escape, which PostgreSQL cannot hold; digits without end cannot be read."""
    token = document.loc.start_token if document.loc else None
    while token is not None:
        if token.value is not None and "\0" in token.value:
            raise DocumentRefused("TEXT_NOT_VALID", "Text may not contain the character NUL.")
        if token.kind in {TokenKind.INT, TokenKind.FLOAT} and len(token.value or "") > LONGEST_INTEGER + 1:
            raise DocumentRefused("NUMBER_TOO_LONG", "A number has too many digits.")
        token = token.next
