"""Which document a request may run: one of ours, one of a registered client, or a token's own."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from graphql import FieldNode, GraphQLSchema, OperationDefinitionNode, OperationType
from strawberry import Schema

from footbridge.gateway.documents.document import Document, Recent, checked_document, document_id
from footbridge.gateway.documents.operations import load_documents
from footbridge.gateway.http.answers import BadRequest, DocumentRefused
from footbridge.gateway.http.callers import Visitor
from footbridge.gateway.http.request import GraphQLRequest
from footbridge.gateway.registration import compile_queries
from footbridge.runtime.database import Database
from footbridge.runtime.resources import contract_folder
from footbridge.tenancy.client import Side, find_registered_document

OWN = "ad hoc"
UNKNOWN = (
    "No operation is registered here under this documentId: sha256: and the SHA-256 of its text, in small letters."
)
SHORT = 4096
MOST_KEPT = 100


@dataclass(frozen=True)
class Door:
    """One schema with the documents that may be run through it."""

    side: Side
    schema: Schema
    contract: Mapping[str, Document]
    _recent: Recent[tuple[str, str | None, bool], Document] = field(default_factory=lambda: Recent(MOST_KEPT))

    @classmethod
    def open(cls, side: Side, schema: Schema) -> "Door":
        """With our contract's queries compiled. Raises ManifestInvalid."""
        contract = load_documents(contract_folder() / "operations" / side, schema._schema)
        compile_queries(contract, schema, side)
        return cls(side, schema, contract)

    @property
    def core(self) -> GraphQLSchema:
        return self.schema._schema

    async def document(
        self, request: GraphQLRequest, visitor: Visitor, origin: str | None, database: Database
    ) -> Document:
        """`origin` is that of a registered client's page; None for our own pages and for programs."""
        if request.document_id is not None:
            return await self._registered(request.document_id, origin, database)
        if not visitor.may_send_own_documents:
            message = "Only registered operations may be run: send their documentId."
            raise BadRequest(403, "DOCUMENT_NOT_TRUSTED", message)
        if request.query is None:
            raise BadRequest(400, "DOCUMENT_MISSING", "Send a documentId, or a query.")
        return self._checked(request.query, OWN, introspects=visitor.may_introspect)

    async def _registered(self, identifier: str, origin: str | None, database: Database) -> Document:
        """A client's are asked of the database each time: they are revoked at once."""
        if origin is None:
            document = self.contract.get(identifier)
        else:
            found = await find_registered_document(database, origin, self.side, identifier)
            document = self._checked(found, None, introspects=False) if found else None
        if document is None:
            raise BadRequest(404, "DOCUMENT_UNKNOWN", UNKNOWN)
        return document

    def _checked(self, text: str, name: str | None, *, introspects: bool) -> Document:
        """Short ones are remembered; long ones would fill the memory."""

        def check() -> Document:
            return checked_document(text, self.core, name=name, introspects=introspects, names=introspects)

        if len(text) > SHORT:
            return check()
        return self._recent.get((document_id(text), name, introspects), check)


def chosen_operation(document: Document, name: str | None) -> OperationDefinitionNode:
    """The one operation to run; raises DocumentRefused. A mutation has one field, and not in a fragment."""
    wanted = [node for node in document.operations if name in {None, node.name and node.name.value}]
    if len(wanted) != 1:
        raise DocumentRefused("OPERATION_UNKNOWN", "Name one operation of the document.")
    if wanted[0].operation is OperationType.SUBSCRIPTION:
        raise DocumentRefused("OPERATION_UNKNOWN", "There are no subscriptions here.")
    if wanted[0].operation is OperationType.MUTATION and not _is_one_field(wanted[0]):
        raise DocumentRefused("ONE_MUTATION", "Send one mutation field in a document.")
    return wanted[0]


def _is_one_field(operation: OperationDefinitionNode) -> bool:
    """Not hidden in a fragment: its idempotency key is read from the document."""
    selections = operation.selection_set.selections
    (first, *more) = selections
    return not more and isinstance(first, FieldNode) and not first.name.value.startswith("__")
