"""The two GraphQL endpoints: `/schools/{urn}/graphql` and `/trusts/{uid}/graphql`.

A foreign tenant and a missing one give the same answer.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    GraphQLError,
    NoSchemaIntrospectionCustomRule,
    OperationDefinitionNode,
    OperationType,
    parse,
    validate,
)
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from strawberry import Schema

from footbridge.gateway import execution
from footbridge.gateway.answers import BadRequest, answer, error_body, refuse
from footbridge.gateway.callers import Visitor, visitor_of
from footbridge.gateway.operations import TrustedDocument, document_id, load_documents, operations_of
from footbridge.gateway.request import GraphQLRequest, parse_request, read_body
from footbridge.gateway.school.schema import school_schema
from footbridge.gateway.trust.schema import trust_schema
from footbridge.runtime.clock import today
from footbridge.runtime.database import Database, Role, is_unavailable
from footbridge.runtime.errors import FootbridgeError
from footbridge.runtime.resources import contract_folder
from footbridge.tenancy.permission import Scope
from footbridge.tenancy.register import Register, School

NOT_HERE = BadRequest(404, "NOT_FOUND", "There is no such endpoint for you.")
LARGEST_DOCUMENT = 64 * 1024
STATUSES = {"IDEMPOTENCY_KEY_REUSED": 409, "NOT_PERMITTED": 403}


@dataclass(frozen=True)
class Door:
    """One schema with the operations its cookie sessions may run."""

    schema: Schema
    documents: Mapping[str, TrustedDocument]

    @classmethod
    def open(cls, schema: Schema, name: str) -> "Door":
        return cls(schema, load_documents(contract_folder() / "operations" / name, schema._schema))


class Endpoints:
    """Finds who calls, for which tenant, with which document; then runs it."""

    def __init__(self, database: Database, origin: str) -> None:
        self._database = database
        self._origin = origin
        self._school = Door.open(school_schema, "school")
        self._trust = Door.open(trust_schema, "trust")

    async def school(self, request: Request) -> Response:
        return await self._answered(request, self._at_school)

    async def trust(self, request: Request) -> Response:
        return await self._answered(request, self._at_trust)

    async def _answered(self, request: Request, handle: Any) -> Response:
        try:
            body = await read_body(request)
            _require_same_origin(request, self._origin)
            visitor = await visitor_of(request, self._database, self._origin)
            response: Response = await handle(request, body, visitor)
        except BadRequest as error:
            return refuse(error)
        except FootbridgeError as error:
            return refuse(BadRequest(STATUSES.get(error.code, 400), error.code, error.message))
        except execution.OperationFailed as failed:
            return answer(failed.body)
        except Exception as error:
            if is_unavailable(error):
                busy = BadRequest(503, "BUSY", "Footbridge is busy. Try again in a moment.")
                return answer(error_body(busy.code, busy.message), 503, {"Retry-After": "1"})
            return answer(execution.masked(error), 500)
        return response

    async def _at_school(self, request: Request, body: bytes, visitor: Visitor) -> Response:
        urn = request.path_params["urn"]
        school = await self._require_school(visitor, urn)
        if school.urn != urn:
            return RedirectResponse(f"/schools/{school.urn}/graphql", status_code=308)
        operation = _chosen(parse_request(request, body), visitor, self._school)
        _require_scope(visitor, operation)
        run = execution.change_school if operation.is_mutation else execution.read_school
        return _told(await run(self._database, visitor.caller, school.id, self._school.schema, operation))

    async def _at_trust(self, request: Request, body: bytes, visitor: Visitor) -> Response:
        await self._require_trust(visitor, request.path_params["uid"])
        operation = _chosen(parse_request(request, body), visitor, self._trust)
        _require_scope(visitor, operation)
        return _told(await execution.read_trust(self._database, visitor.caller, self._trust.schema, operation))

    async def _require_school(self, visitor: Visitor, urn: str) -> School:
        """The caller's own school, by any of its URNs."""
        caller = visitor.caller
        if caller.school_id is None or "\0" in urn:
            raise NOT_HERE
        settings = {"school_id": caller.school_id, "trust_id": caller.trust_id}
        async with self._database.transaction(Role.SCHOOL, read_only=True, **settings) as transaction:
            register = Register(transaction)
            school = await register.find_school(urn=urn)
            if school is None or school.id != caller.school_id:
                raise NOT_HERE
            if await register.trust_of(school.id, on=today()) != caller.trust_id:
                raise NOT_HERE
        return school

    async def _require_trust(self, visitor: Visitor, uid: str) -> None:
        caller = visitor.caller
        if caller.school_id is not None or "\0" in uid:
            raise NOT_HERE
        async with self._database.transaction(Role.TRUST, read_only=True, trust_id=caller.trust_id) as transaction:
            trust = await Register(transaction).find_trust(uid=uid)
        if trust is None or trust.id != caller.trust_id:
            raise NOT_HERE


def _told(outcome: execution.Outcome) -> Response:
    return answer(outcome.body, headers={"Idempotency-Replayed": "true"} if outcome.replayed else None)


def _require_same_origin(request: Request, own: str) -> None:
    """A browser says where a request comes from; only our own pages may send one with a cookie."""
    origin = request.headers.get("origin")
    if (origin is not None and origin != own) or request.headers.get("sec-fetch-site") not in {None, "same-origin"}:
        raise BadRequest(403, "CROSS_SITE", "Requests from other sites are not taken.")


def _require_scope(visitor: Visitor, operation: execution.Operation) -> None:
    needed = Scope.WRITE if operation.is_mutation else Scope.READ
    if visitor.scopes is not None and needed not in visitor.scopes:
        raise BadRequest(403, "SCOPE_MISSING", f"This token lacks the scope {needed}.")


def _chosen(request: GraphQLRequest, visitor: Visitor, door: Door) -> execution.Operation:
    document = _document(request, visitor, door)
    operations = operations_of(document.document)
    wanted = [node for node in operations if request.operation_name in {None, node.name and node.name.value}]
    if len(wanted) != 1:
        raise BadRequest(400, "OPERATION_UNKNOWN", "Name one operation of the document.")
    if wanted[0].operation is OperationType.SUBSCRIPTION:
        raise BadRequest(400, "OPERATION_UNKNOWN", "There are no subscriptions here.")
    if wanted[0].operation is OperationType.MUTATION and not _is_one_field(wanted[0]):
        raise BadRequest(400, "ONE_MUTATION", "Send one mutation field in a document.")
    return execution.Operation(document, wanted[0], request.variables)


def _is_one_field(operation: OperationDefinitionNode) -> bool:
    """Not hidden in a fragment: its idempotency key is read from the document."""
    selections = operation.selection_set.selections
    return len(selections) == 1 and isinstance(selections[0], FieldNode)


def _document(request: GraphQLRequest, visitor: Visitor, door: Door) -> TrustedDocument:
    if request.document_id is not None:
        if request.document_id not in door.documents:
            raise BadRequest(404, "DOCUMENT_UNKNOWN", "This operation is not registered.")
        return door.documents[request.document_id]
    if not visitor.may_send_own_documents:
        raise BadRequest(403, "DOCUMENT_NOT_TRUSTED", "Only registered operations may be run: send their documentId.")
    return _own_document(request.query, visitor, door)


def _own_document(query: str | None, visitor: Visitor, door: Door) -> TrustedDocument:
    if query is None or len(query) > LARGEST_DOCUMENT:
        raise BadRequest(400, "DOCUMENT_MISSING", "Send a documentId, or a query of at most 64 KiB.")
    try:
        document = parse(query, max_tokens=5000)
    except GraphQLError as error:
        raise BadRequest(400, "GRAPHQL_PARSE_FAILED", error.message) from None
    if _says_nul(document):
        raise BadRequest(400, "TEXT_NOT_VALID", "Text may not contain the character NUL.")
    schema = door.schema._schema
    if not visitor.may_introspect and validate(schema, document, [NoSchemaIntrospectionCustomRule]):
        raise BadRequest(403, "SCOPE_MISSING", "This token lacks the scope introspect.")
    errors = validate(schema, document, max_errors=5, hide_suggestions=True)
    if errors:
        raise BadRequest(400, "GRAPHQL_VALIDATION_FAILED", errors[0].message)
    return TrustedDocument(document_id(query), "ad hoc", query, document)


def _says_nul(document: DocumentNode) -> bool:
    """In a string written with an escape; PostgreSQL holds no NUL."""
    token = document.loc.start_token if document.loc else None
    while token is not None:
        if token.value is not None and "\0" in token.value:
            return True
        token = token.next
    return False
