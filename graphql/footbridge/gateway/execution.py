"""Runs one operation in one transaction of one tenant, and what has to happen around it."""

import hashlib
import json
import logging
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from uuid import UUID

import orjson
from graphql import (
    DocumentNode,
    ExecutionResult,
    FieldNode,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
    StringValueNode,
    VariableNode,
    execute,
    located_error,
)
from graphql.execution.values import VariableValues
from strawberry import Schema

from footbridge.audit.event import event_row
from footbridge.delegation.access import record_accesses
from footbridge.gateway.documents.document import Document
from footbridge.gateway.documents.variables import fitting_variables
from footbridge.gateway.faults import OperationFailed, raise_if_unavailable, told
from footbridge.gateway.fields.context import SchoolContext, TrustContext
from footbridge.gateway.fields.refusal import IDEMPOTENCY_KEY, Refused
from footbridge.gateway.fields.rights import permission_of
from footbridge.gateway.fields.scalars import Prefix
from footbridge.gateway.http.answers import BadRequest
from footbridge.gateway.projection.changes import ChangePlan, make_change_plan, shown_answer
from footbridge.gateway.projection.markers import NotThere
from footbridge.gateway.projection.ordinary import tell
from footbridge.gateway.projection.plan import Plan, Request, make_plan, shape_of
from footbridge.gateway.published import VERSIONS, Answer, Noted, PublishedAnswers, Readings, key_of, reading_of, tag_of
from footbridge.gateway.slow import Course, Way
from footbridge.publication.publisher import complete_release
from footbridge.runtime.database import Database
from footbridge.runtime.errors import FootbridgeError, without_content
from footbridge.runtime.statement import Question
from footbridge.tenancy.caller import Caller
from footbridge.tenancy.idempotency import Claim, claim, keep_answer, keeping
from footbridge.tenancy.session import SchoolSession, open_school, open_trust

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Operation:
    """A document that has been chosen and validated, with the one operation to run."""

    document: Document
    node: OperationDefinitionNode
    variables: dict[str, Any]
    schema: Schema
    largest_answer: int
    coerced: VariableValues | None = None
    course: Course = field(default_factory=Course)

    @property
    def is_mutation(self) -> bool:
        return self.node.operation is OperationType.MUTATION

    @property
    def name(self) -> str | None:
        return self.node.name.value if self.node.name else None

    @property
    def key(self) -> str:
        """Under which the field stands in the answer."""
        return self.field.alias.value if self.field.alias else self.field.name.value

    @property
    def field(self) -> FieldNode:
        """The one root field of a mutation."""
        return next(node for node in self.node.selection_set.selections if isinstance(node, FieldNode))


@dataclass(frozen=True)
class Outcome:
    """The body of the answer, and where it was told before: from what is kept, or to this very key."""

    body: bytes
    kept: Answer | None = None
    replayed: bool = False

    @property
    def tag(self) -> str:
        return self.kept.tag if self.kept else tag_of(self.body)


async def read_school(
    database: Database, caller: Caller, school_id: UUID, operation: Operation, *, compiled: bool = True
) -> Outcome:
    async with open_school(database, caller, school_id=school_id, read_only=True) as session:
        operation.course.follow(session.transaction)
        return Outcome(await _read(operation, SchoolContext(session), compiled=compiled))


async def read_trust(
    database: Database,
    caller: Caller,
    operation: Operation,
    *,
    compiled: bool = True,
    remembered: PublishedAnswers | None = None,
    readings: Readings | None = None,
) -> Outcome:
    """What was read of which school is recorded, and committed, before the first byte leaves."""
    key = _key(caller, operation) if remembered is not None and compiled else None
    known = await remembered.find(database, caller, key) if remembered is not None and key is not None else None
    if known is not None:
        operation.course.way = Way.KEPT
        await _record(database, caller, operation, known.noted, readings)
        return Outcome(known.body, known)
    async with open_trust(database, caller, trust_id=caller.trust_id, read_only=True) as session:
        operation.course.follow(session.transaction)
        context = TrustContext(session)
        body = await _read(operation, context, compiled=compiled)
    noted = tuple(context.noted.items())
    await _record(database, caller, operation, noted, readings)
    if remembered is not None and key is not None and context.versions is not None:
        remembered.keep(key, Answer(body, context.versions, noted))
    return Outcome(body)


def _key(caller: Caller, operation: Operation) -> Hashable:
    plan = plan_for(operation, operation.coerced or _coerced(operation), versions=VERSIONS)
    return key_of(caller, operation.document.id, operation.name, operation.variables, personal=plan.is_personal)


async def _record(
    database: Database, caller: Caller, operation: Operation, noted: Noted, readings: Readings | None
) -> None:
    if not noted:
        return
    reading = reading_of(caller, operation.document.name, noted)
    if readings is not None and readings.is_recorded(reading):
        return
    accesses = {access for _, some in noted for access in some}
    async with open_trust(database, caller, trust_id=caller.trust_id) as session:
        operation.course.follow(session.transaction)
        await record_accesses(session, operation.document.name, accesses)
    if readings is not None:
        readings.add(reading)


async def change_school(
    database: Database, caller: Caller, school_id: UUID, operation: Operation, *, compiled: bool = True
) -> Outcome:
    """Key, effect and answer commit together; what was signed leaves the school before the answer does.

    An answer with an error in it is told by the ordinary path: what was done is undone, and done once more.
    """
    try:
        try:
            return await _change_school(database, caller, school_id, operation, compiled=compiled)
        except NotThere:
            return await _change_school(database, caller, school_id, operation, compiled=False)
    except Refused as refused:
        return await _tell_refusal(database, caller, school_id, operation, refused)


async def _change_school(
    database: Database, caller: Caller, school_id: UUID, operation: Operation, *, compiled: bool
) -> Outcome:
    """Raises Refused; one who may not ask at all is refused by the field itself, and takes no key."""
    async with open_school(database, caller, school_id=school_id) as session:
        operation.course.follow(session.transaction)
        wanted = _claim(operation)
        claimed = await claim(session, wanted) if may_ask(caller, operation) else wanted
        if claimed.answer is None:
            data, release_id = await _change(session, operation, claimed, compiled=compiled)
        else:
            operation.course.way = Way.KEPT
            data, release_id = claimed.answer, claimed.release_id
    extensions = await _complete(database, caller, release_id) if release_id else b""
    return Outcome(b'{"data":' + data.encode() + extensions + b"}", replayed=claimed.answer is not None)


async def _tell_refusal(
    database: Database, caller: Caller, school_id: UUID, operation: Operation, refused: Refused
) -> Outcome:
    """Nothing was changed. The refusal is the answer of this key, unless another request has got one meanwhile."""
    async with open_school(database, caller, school_id=school_id) as session:
        operation.course.follow(session.transaction)
        keyed = may_ask(caller, operation)
        claimed = await claim(session, _claim(operation)) if keyed else _claim(operation)
        if claimed.answer is not None:
            return Outcome(b'{"data":' + claimed.answer.encode() + b"}", replayed=True)
        data = refusal_text(operation, refused.answer)
        await session.transaction.run(_refused(session, operation, refused.error))
        if keyed:
            await keep_answer(session, claimed, data, None)
    return Outcome(b'{"data":' + data.encode() + b"}")


def refusal_text(operation: Operation, answer: Any) -> str:
    variables = operation.coerced or _coerced(operation)
    shown = shown_answer(operation.schema, operation.field, operation.document.fragments, variables.coerced, answer)
    return f'{{"{operation.key}":{shown}}}'


def may_ask(caller: Caller, operation: Operation) -> bool:
    """A stored answer is told only to one who may still ask."""
    mutations = operation.schema._schema.mutation_type
    permission = permission_of(mutations.fields[operation.field.name.value]) if mutations else None
    return permission is None or caller.may(permission)


async def _change(
    session: SchoolSession, operation: Operation, claimed: Claim, *, compiled: bool
) -> tuple[str, str | None]:
    variables = operation.coerced or _coerced(operation)
    plan = change_plan_for(operation, variables) if compiled else None
    if plan is not None and plan.may_be_told(session.caller):
        ends = {"before": f'{{"{operation.key}":', "after": "}"}
        context = SchoolContext(session, plan.tell, keep=partial(_keeping, session, claimed, ends))
        data = f"{ends['before']}{await _told_by(plan, operation, context, variables)}{ends['after']}"
    else:
        context = SchoolContext(session, tell)
        data = await _told_ordinarily(operation, context)
    _limited(operation, data.encode())
    release_id = str(context.release_id) if context.release_id else None
    if not context.is_kept:
        await keep_answer(session, claimed, data, release_id)
    return data, release_id


def _keeping(
    session: SchoolSession, claimed: Claim, ends: Mapping[str, str], asked: Question, release_id: UUID | None
) -> Question:
    return keeping(session, claimed, asked, **ends, release_id=str(release_id) if release_id else None)


async def _told_by(plan: ChangePlan, operation: Operation, context: SchoolContext, variables: VariableValues) -> str:
    try:
        return await plan.run(operation.schema, operation.node, context, variables)
    except (NotThere, Refused):
        raise
    except Exception as error:
        result = ExecutionResult(None, [located_error(error, [plan.node], [plan.key])])
        raise_if_unavailable(result)
        raise OperationFailed(_body(operation, result)) from None


async def _told_ordinarily(operation: Operation, context: SchoolContext) -> str:
    result = await _run(operation.document.document, operation, context)
    for error in result.errors or ():
        if isinstance(error.original_error, Refused):
            raise error.original_error
    if result.errors:
        raise OperationFailed(_body(operation, result))
    return orjson.dumps(result.data).decode()


async def _complete(database: Database, caller: Caller, release_id: str) -> bytes:
    """Its state now, read anew; if it cannot be completed now, the job will."""

    identifier = UUID(release_id)
    try:
        state = await complete_release(database, caller, identifier)
    except Exception as error:
        log.error("release %s is left to its job: %s", release_id, without_content(error))
        return b""
    release = {"id": Prefix.RELEASE.id_of(identifier), "state": state.name}
    return b',"extensions":' + orjson.dumps({"release": release})


def _refused(session: SchoolSession, operation: Operation, refusal: FootbridgeError) -> Any:
    return event_row(
        session.caller, "gateway.refused", trust_id=session.trust_id, school_id=session.school_id,
        mutation=operation.field.name.value, code=refusal.code,
    )  # fmt: skip


async def _read(operation: Operation, context: SchoolContext | TrustContext, *, compiled: bool) -> bytes:
    """Each root field by its statement; those that have an error to tell, or none, by the ordinary path."""
    if not compiled:
        return _body(operation, await _run(operation.document.document, operation, context))
    variables = operation.coerced or _coerced(operation)
    versions = VERSIONS if isinstance(context, TrustContext) else ""
    plan = plan_for(operation, variables, versions=versions)
    if plan.nodes is None:
        return _body(operation, await _run(operation.document.document, operation, context))
    request = Request(context, variables, operation.schema)
    found = {root.key: await root.read(request) for root in plan.roots}
    left = [key for key, text in found.items() if text is None]
    if not left:
        return _limited(operation, spliced(found))
    result = await _run(_narrowed(operation, [each for key in left for each in plan.nodes[key]]), operation, context)
    if isinstance(context, TrustContext) and (result.errors or len(left) == len(found)):
        context.versions = None
    if result.data is None:
        return _body(operation, result)
    ordinary = {key: orjson.dumps(result.data[key]).decode() for key in left}
    errors = b'"errors":' + orjson.dumps(told(result.errors)) + b"," if result.errors else b""
    return _limited(operation, spliced(found | ordinary, errors))


def plan_for(operation: Operation, variables: VariableValues, *, versions: str = "") -> Plan:
    """Made once for each shape of the variables, and kept with the document."""
    document, node = operation.document, operation.node

    def make() -> Plan:
        return make_plan(operation.schema, node, document.fragments, variables.coerced, versions=versions)

    plan: Plan = document.plans.get((operation.name, shape_of(node, variables.coerced)), make)
    return plan


def change_plan_for(operation: Operation, variables: VariableValues) -> ChangePlan | None:
    document, node = operation.document, operation.node

    def make() -> ChangePlan | None:
        return make_change_plan(operation.schema, node, operation.field, document.fragments, variables.coerced)

    plan: ChangePlan | None = document.plans.get((operation.name, shape_of(node, variables.coerced)), make)
    return plan


def _narrowed(operation: Operation, fields: Sequence[FieldNode]) -> DocumentNode:
    """The operation with these of its root fields only."""
    asked = SelectionSetNode(selections=tuple(fields))
    whole = operation.node
    node = OperationDefinitionNode(
        operation=whole.operation, name=whole.name, variable_definitions=whole.variable_definitions, selection_set=asked
    )
    return DocumentNode(definitions=(node, *operation.document.fragments.values()))


def spliced(found: Mapping[str, str | None], errors: bytes = b"") -> bytes:
    """The answer of these JSON texts, as they are."""
    fields = ",".join(f'"{key}":{text}' for key, text in found.items())
    return b"{" + errors + b'"data":{' + fields.encode() + b"}}"


def _coerced(operation: Operation) -> VariableValues:
    return fitting_variables(operation.schema._schema, operation.node, operation.variables, names=False)


async def _run(document: DocumentNode, operation: Operation, context: SchoolContext | TrustContext) -> ExecutionResult:
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


def _body(operation: Operation, result: ExecutionResult) -> bytes:
    content: dict[str, Any] = {"data": result.data}
    if result.errors:
        content = {"errors": told(result.errors), **content}
    return _limited(operation, orjson.dumps(content))


def _limited(operation: Operation, body: bytes) -> bytes:
    """Raises BadRequest for an answer that is too large, before anything is committed."""
    if len(body) > operation.largest_answer:
        raise BadRequest(400, "ANSWER_TOO_LARGE", "The answer is too large: ask for smaller pages, or in parts.")
    return body


def _claim(operation: Operation) -> Claim:
    """The mutation's idempotency key, with a fingerprint of all that was sent."""
    key = _argument(operation, IDEMPOTENCY_KEY)
    if not isinstance(key, str) or not 1 <= len(key) <= 200:
        raise BadRequest(400, "IDEMPOTENCY_KEY_MISSING", "Send an idempotency key of 1 to 200 characters.")
    sent = json.dumps(
        [operation.document.id, operation.name, operation.variables], sort_keys=True
    )  # of any size of integers
    return Claim(operation.field.name.value, key, hashlib.sha256(sent.encode()).hexdigest())


def _argument(operation: Operation, name: str) -> Any:
    for argument in operation.field.arguments or ():
        if argument.name.value == name:
            value = argument.value
            if isinstance(value, VariableNode):
                return operation.variables.get(value.name.value)
            return value.value if isinstance(value, StringValueNode) else None
    return None
