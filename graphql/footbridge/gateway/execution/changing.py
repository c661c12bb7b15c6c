"""Changes: effect, answer and key in one transaction; a refusal undoes all of it and is told in a second."""

import hashlib
import json
import logging
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from functools import partial
from typing import Any
from uuid import UUID

import orjson
from graphql import ExecutionResult, GraphQLError, IntValueNode, StringValueNode, VariableNode, located_error
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
from footbridge.tenancy.idempotency import (
    Claim,
    Kept,
    KeyTaken,
    clear_old_keys,
    find_kept,
    keep,
    keeping,
    require_kept,
)
from footbridge.tenancy.session import SchoolSession, open_school

log = logging.getLogger(__name__)

Open = Callable[[], AbstractAsyncContextManager[SchoolSession]]
"""Opens a transaction of the caller's school."""


async def change_school(
    database: Database, caller: Caller, school_id: UUID, operation: Operation, *, compiled: bool = True
) -> Outcome:
    """Effect, answer and key commit together; what was signed leaves the school before the answer does.

    A key that was used before undoes what was done, and its answer is told again.
    """
    if operation.is_skipped:
        return Outcome(b'{"data":{}}')
    claim = _claim(operation)
    opened = partial(open_school, database, caller, school_id=school_id)
    try:
        kept = await _changed_or_refused(opened, operation, claim, compiled=compiled)
        replayed = False
    except KeyTaken:
        kept, replayed = await _kept_before(opened, operation, claim), True
    extensions = await _complete(database, caller, kept.release_id) if kept.release_id else b""
    body = f'{{"data":{{"{operation.key}":{kept.answer}}}'.encode() + extensions + b"}"
    return Outcome(body, replayed=replayed)


async def _changed_or_refused(opened: Open, operation: Operation, claim: Claim, *, compiled: bool) -> Kept:
    """An answer with an error in it is told by the ordinary path: what was done is undone, and done once more."""
    try:
        try:
            return await _change_school(opened, operation, claim, compiled=compiled)
        except (NotThere, NotAsked):
            return await _change_school(opened, operation, claim, compiled=False)
    except Refused as refused:
        return await _refuse(opened, operation, claim, refused)


async def _change_school(opened: Open, operation: Operation, claim: Claim, *, compiled: bool) -> Kept:
    """Raises Refused; one who may not ask at all is refused by the field itself."""
    async with opened() as session:
        operation.course.follow(session.transaction)
        kept = await _change(session, operation, claim, compiled=compiled)
        await clear_old_keys(session, claim)
    return kept


async def _refuse(opened: Open, operation: Operation, claim: Claim, refused: Refused) -> Kept:
    """Nothing was changed. The refusal is the answer of this key, but for one who may not ask at all."""
    async with opened() as session:
        operation.course.follow(session.transaction)
        answer = refusal_text(operation, refused.answer)
        await session.transaction.run(_refused(session, operation, refused.error))
        if may_ask(session.caller, operation):
            await keep(session, claim, answer, None)
    return Kept(claim.fingerprint, answer, None)


async def _kept_before(opened: Open, operation: Operation, claim: Claim) -> Kept:
    async with opened() as session:
        operation.course.follow(session.transaction)
        operation.course.way = Way.KEPT
        return await find_kept(session, claim)


def refusal_text(operation: Operation, answer: Any) -> str:
    """Raises OperationFailed for a directive that is asked with null: it cannot be said what to show."""
    variables = operation.values.coerced
    try:
        return shown_answer(operation.schema, operation.field, operation.document.fragments, variables, answer)
    except NotCompiled:
        message = f"Argument '{operation.field.name.value}' does not fit."
        error = GraphQLError(message, operation.field, path=[operation.key])
        raise OperationFailed(body_of(operation, ExecutionResult(None, [error]))) from None


def may_ask(caller: Caller, operation: Operation) -> bool:
    """A stored answer is told only to one who may still ask."""
    mutations = operation.schema._schema.mutation_type
    permission = permission_of(mutations.fields[operation.field.name.value]) if mutations else None
    return permission is None or caller.may(permission)


async def _change(session: SchoolSession, operation: Operation, claim: Claim, *, compiled: bool) -> Kept:
    plan = change_plan_for(operation, operation.values) if compiled else None
    if plan is not None and plan.may_be_told(session.caller):
        context = SchoolContext(session, plan.tell, keep=partial(_keep_asked, session, claim))
        answer = await _told_by(plan, operation, context)
    else:
        context = SchoolContext(session, tell)
        answer = await _told_ordinarily(operation, context)
    limited(operation, answer.encode())
    release_id = str(context.release_id) if context.release_id else None
    if not context.is_kept:
        await keep(session, claim, answer, release_id)
    return Kept(claim.fingerprint, answer, release_id)


async def _keep_asked(session: SchoolSession, claim: Claim, asked: Question, release_id: UUID | None) -> str | None:
    question = keeping(session, claim, asked, str(release_id) if release_id else None)
    return require_kept(await session.transaction.all(question))


async def _told_by(plan: ChangePlan, operation: Operation, context: SchoolContext) -> str:
    try:
        return await plan.run(operation.node, context, operation.values)
    except (NotThere, NotAsked, Refused, KeyTaken):
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
    assert result.data is not None
    return orjson.dumps(result.data[operation.key]).decode()


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
                return operation.values.coerced.get(value.name.value)
            return value.value if isinstance(value, (StringValueNode, IntValueNode)) else None
    return None
