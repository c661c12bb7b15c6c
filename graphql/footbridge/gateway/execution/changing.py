"""Changes: key, effect and answer in one transaction; a refusal undoes all of it and is told in a second."""

import hashlib
import json
import logging
from collections.abc import Mapping
from functools import partial
from typing import Any
from uuid import UUID

import orjson
from graphql import ExecutionResult, GraphQLError, StringValueNode, VariableNode, located_error
from graphql.execution.values import VariableValues

from footbridge.audit.event import event_row
from footbridge.gateway.execution.answer import body_of, limited, run_ordinarily
from footbridge.gateway.execution.operation import Operation, Outcome
from footbridge.gateway.faults import OperationFailed, raise_if_unavailable
from footbridge.gateway.fields.context import SchoolContext
from footbridge.gateway.fields.refusal import IDEMPOTENCY_KEY, Refused
from footbridge.gateway.fields.rights import permission_of
from footbridge.gateway.fields.scalars import Prefix
from footbridge.gateway.http.answers import BadRequest
from footbridge.gateway.projection.changes import ChangePlan, make_change_plan, shown_answer
from footbridge.gateway.projection.markers import NotThere
from footbridge.gateway.projection.ordinary import tell
from footbridge.gateway.projection.plan import shape_of
from footbridge.gateway.projection.selection import NotCompiled
from footbridge.gateway.projection.statement import NotAsked
from footbridge.gateway.slow import Way
from footbridge.publication.publisher import complete_release
from footbridge.runtime.database import Database
from footbridge.runtime.errors import FootbridgeError, without_content
from footbridge.runtime.statement import Question
from footbridge.tenancy.caller import Caller
from footbridge.tenancy.idempotency import Claim, claim, keep_answer, keeping
from footbridge.tenancy.session import SchoolSession, open_school

log = logging.getLogger(__name__)


async def change_school(
    database: Database, caller: Caller, school_id: UUID, operation: Operation, *, compiled: bool = True
) -> Outcome:
    """Key, effect and answer commit together; what was signed leaves the school before the answer does.

    An answer with an error in it is told by the ordinary path: what was done is undone, and done once more.
    """
    if operation.is_skipped:
        return Outcome(b'{"data":{}}')
    try:
        try:
            return await _change_school(database, caller, school_id, operation, compiled=compiled)
        except (NotThere, NotAsked):
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
    """Raises OperationFailed for a directive that is asked with null: it cannot be said what to show."""
    variables = operation.values.coerced
    try:
        shown = shown_answer(operation.schema, operation.field, operation.document.fragments, variables, answer)
    except NotCompiled:
        message = f"Argument '{operation.field.name.value}' does not fit."
        error = GraphQLError(message, operation.field, path=[operation.key])
        raise OperationFailed(body_of(operation, ExecutionResult(None, [error]))) from None
    return f'{{"{operation.key}":{shown}}}'


def may_ask(caller: Caller, operation: Operation) -> bool:
    """A stored answer is told only to one who may still ask."""
    mutations = operation.schema._schema.mutation_type
    permission = permission_of(mutations.fields[operation.field.name.value]) if mutations else None
    return permission is None or caller.may(permission)


async def _change(
    session: SchoolSession, operation: Operation, claimed: Claim, *, compiled: bool
) -> tuple[str, str | None]:
    plan = change_plan_for(operation, operation.values) if compiled else None
    if plan is not None and plan.may_be_told(session.caller):
        ends = {"before": f'{{"{operation.key}":', "after": "}"}
        context = SchoolContext(session, plan.tell, keep=partial(_keeping, session, claimed, ends))
        data = f"{ends['before']}{await _told_by(plan, operation, context)}{ends['after']}"
    else:
        context = SchoolContext(session, tell)
        data = await _told_ordinarily(operation, context)
    limited(operation, data.encode())
    release_id = str(context.release_id) if context.release_id else None
    if not context.is_kept:
        await keep_answer(session, claimed, data, release_id)
    return data, release_id


def _keeping(
    session: SchoolSession, claimed: Claim, ends: Mapping[str, str], asked: Question, release_id: UUID | None
) -> Question:
    return keeping(session, claimed, asked, **ends, release_id=str(release_id) if release_id else None)


async def _told_by(plan: ChangePlan, operation: Operation, context: SchoolContext) -> str:
    try:
        return await plan.run(operation.node, context, operation.values)
    except (NotThere, NotAsked, Refused):
        raise
    except Exception as error:
        result = ExecutionResult(None, [located_error(error, [plan.node], [plan.key])])
        raise_if_unavailable(result)
        raise OperationFailed(body_of(operation, result)) from None


async def _told_ordinarily(operation: Operation, context: SchoolContext) -> str:
    result = await run_ordinarily(operation.document.document, operation, context)
    for error in result.errors or ():
        if isinstance(error.original_error, Refused):
            raise error.original_error
    if result.errors:
        raise OperationFailed(body_of(operation, result))
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


def change_plan_for(operation: Operation, variables: VariableValues) -> ChangePlan | None:
    document, node = operation.document, operation.node

    def make() -> ChangePlan | None:
        return make_change_plan(operation.schema, node, operation.field, document.fragments, variables.coerced)

    plan: ChangePlan | None = document.plans.get((operation.name, shape_of(node, variables.coerced)), make)
    return plan


def _claim(operation: Operation) -> Claim:
    """The mutation's idempotency key, with a fingerprint of all that was sent."""
    key = _argument(operation, IDEMPOTENCY_KEY)
    if not isinstance(key, str) or not 1 <= len(key) <= 200:
        raise BadRequest(400, "IDEMPOTENCY_KEY_MISSING", "Send an idempotency key of 1 to 200 characters.")
    named = [operation.document.id, operation.name, operation.variables]
    sent = json.dumps(named, sort_keys=True)  # of any size of integers
    return Claim(operation.field.name.value, key, hashlib.sha256(sent.encode()).hexdigest())


def _argument(operation: Operation, name: str) -> Any:
    for argument in operation.field.arguments or ():
        if argument.name.value == name:
            value = argument.value
            if isinstance(value, VariableNode):
                return operation.variables.get(value.name.value)
            return value.value if isinstance(value, StringValueNode) else None
    return None
