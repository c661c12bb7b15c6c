"""Reads: each root field by its statement, and what was read of whom recorded before the first byte leaves."""

from collections.abc import Hashable
from uuid import UUID

import orjson
from graphql.execution.values import VariableValues

from footbridge.delegation.access import record_accesses
from footbridge.gateway.execution.answer import body_of, limited, narrowed, run_ordinarily, spliced
from footbridge.gateway.execution.operation import Operation, Outcome
from footbridge.gateway.faults import told
from footbridge.gateway.fields.context import SchoolContext, TrustContext
from footbridge.gateway.projection.plan import Plan, Request, make_plan, shape_of
from footbridge.gateway.published import VERSIONS, Answer, Noted, PublishedAnswers, Readings, key_of, reading_of
from footbridge.gateway.slow import Way
from footbridge.runtime.database import Database
from footbridge.tenancy.caller import Caller
from footbridge.tenancy.session import open_school, open_trust


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
    noted = Noted(tuple(context.noted.items()))
    await _record(database, caller, operation, noted, readings)
    if remembered is not None and key is not None and context.versions is not None:
        remembered.keep(key, Answer(body, context.versions, noted))
    return Outcome(body)


def _key(caller: Caller, operation: Operation) -> Hashable:
    plan = plan_for(operation, operation.values, versions=VERSIONS)
    declared = [each.variable.name.value for each in operation.node.variable_definitions or ()]
    sent = {name: operation.variables[name] for name in declared if name in operation.variables}
    return key_of(caller, operation.document.id, operation.name, sent, personal=plan.is_personal)


async def _record(
    database: Database, caller: Caller, operation: Operation, noted: Noted, readings: Readings | None
) -> None:
    if not noted.parts:
        return
    reading = reading_of(caller, operation.document.name, noted)
    if readings is not None and readings.is_recorded(reading):
        return
    async with open_trust(database, caller, trust_id=caller.trust_id) as session:
        operation.course.follow(session.transaction)
        await record_accesses(session, operation.document.name, noted.accesses)
    if readings is not None:
        readings.add(reading)


async def _read(operation: Operation, context: SchoolContext | TrustContext, *, compiled: bool) -> bytes:
    """Each root field by its statement; those that have an error to tell, or none, by the ordinary path."""
    if not compiled:
        return body_of(operation, await run_ordinarily(operation.document.document, operation, context))
    versions = VERSIONS if isinstance(context, TrustContext) else ""
    plan = plan_for(operation, operation.values, versions=versions)
    if plan.nodes is None:
        return body_of(operation, await run_ordinarily(operation.document.document, operation, context))
    request = Request(context, operation.values, operation.schema)
    found = {root.key: await root.read(request) for root in plan.roots}
    left = [key for key, text in found.items() if text is None]
    if not left:
        return limited(operation, spliced(found))
    result = await run_ordinarily(
        narrowed(operation, [each for key in left for each in plan.nodes[key]]), operation, context
    )
    if isinstance(context, TrustContext) and (result.errors or len(left) == len(found)):
        context.versions = None
    if result.data is None:
        return body_of(operation, result)
    ordinary = {key: orjson.dumps(result.data[key]).decode() for key in left}
    errors = b'"errors":' + orjson.dumps(told(result.errors)) + b"," if result.errors else b""
    return limited(operation, spliced(found | ordinary, errors))


def plan_for(operation: Operation, variables: VariableValues, *, versions: str = "") -> Plan:
    """Made once for each shape of the variables, and kept with the document."""
    document, node = operation.document, operation.node

    def make() -> Plan:
        return make_plan(operation.schema, node, document.fragments, variables.coerced, versions=versions)

    plan: Plan = document.plans.get((operation.name, shape_of(node, variables.coerced)), make)
    return plan
