"""What PostgreSQL does for one operation: the statement of each root field, and its plan.

A plan is that of a prepared statement for any values, with `$1` where a value would stand, so that it shows nothing of
the record. It is asked for by the tenant's own role, in its READ ONLY transaction.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from graphql.execution.values import VariableValues

from footbridge.gateway.execution.changing import change_plan_for
from footbridge.gateway.execution.operation import Operation
from footbridge.gateway.execution.reading import plan_for
from footbridge.gateway.fields.context import SchoolContext, TrustContext
from footbridge.gateway.projection.markers import NotThere
from footbridge.gateway.projection.plan import Compiled, Ordinary, Request
from footbridge.gateway.projection.session import session_values
from footbridge.gateway.projection.statement import NotAsked, Statement
from footbridge.gateway.registration import versions_of
from footbridge.runtime.database import Transaction, is_unavailable
from footbridge.runtime.errors import FootbridgeError
from footbridge.tenancy.client import Side
from footbridge.tenancy.session import SchoolSession, TrustSession

ORDINARY = "run by the ordinary path, resolver by resolver; there is no one statement to explain."
COMPUTED = "worked out by Python; the database is not asked."
EFFECTS = "its effects are not run; of its answer, a row that is not there is asked for."
NO_ROW = "answers with no row of the record; its effects are not run."
_NOBODY = UUID(int=0)
LONGEST_VALUE = 60


class NotExplained(FootbridgeError):
    code = "NOT_EXPLAINED"


@dataclass(frozen=True)
class Explained:
    """A root field; `parameters` are `$1`, `$2`, … in words. Without a statement, `words` say why."""

    key: str
    words: str
    sql: str = ""
    parameters: Sequence[str] = ()
    plan: Sequence[str] = ()


@dataclass(frozen=True)
class _Asked:
    """A statement with its values."""

    sql: str
    statement: Statement
    values: Sequence[Any]


async def explain_read(
    session: SchoolSession | TrustSession, operation: Operation, variables: VariableValues, *, analyze: bool
) -> list[Explained]:
    """Each root field, in order. Raises NotExplained for what the gateway could not run either."""
    side = Side.SCHOOL if isinstance(session, SchoolSession) else Side.TRUST
    context = SchoolContext(session) if isinstance(session, SchoolSession) else TrustContext(session)
    plan = plan_for(operation, variables, versions=versions_of(side))
    if plan.nodes is None:
        return [Explained(operation.document.name, ORDINARY)]
    request, explained = Request(context, variables, operation.schema), []
    for root in plan.roots:
        if isinstance(root, Compiled):
            asked = _Asked(root.sql, root.statement, _values(root, request))
            explained.append(await _explain(root.key, "one statement.", asked, session, variables, analyze=analyze))
        else:
            explained.append(Explained(root.key, ORDINARY if isinstance(root, Ordinary) else COMPUTED))
    return explained


async def explain_change(
    session: SchoolSession, operation: Operation, variables: VariableValues, *, analyze: bool
) -> list[Explained]:
    """How the answer of a mutation is made of what it changed; nothing is changed."""
    plan = change_plan_for(operation, variables)
    if plan is None:
        return [Explained(operation.field.name.value, ORDINARY)]
    if not plan.sql:
        return [Explained(plan.key, NO_ROW)]
    given = {**session_values(session), "key": _NOBODY}
    request = Request(SchoolContext(session), variables, operation.schema)
    values = plan.statement.values(session, given, variables, request.converted)
    asked = _Asked(plan.sql, plan.statement, values)
    return [await _explain(plan.key, f"one statement; {EFFECTS}", asked, session, variables, analyze=analyze)]


def _values(root: Compiled, request: Request) -> Sequence[Any]:
    session = request.context.session
    try:
        return root.statement.values(session, session_values(session), request.variables, request.converted)
    except NotAsked as error:
        reason = error.__context__
        told = reason.message if isinstance(reason, FootbridgeError) else "these arguments cannot be taken."
        raise NotExplained(f"{root.key}: {told}") from None
    except NotThere:
        raise NotExplained(f"{root.key}: a value is missing that the schema promises.") from None


async def _explain(
    key: str,
    words: str,
    asked: _Asked,
    session: SchoolSession | TrustSession,
    variables: VariableValues,
    *,
    analyze: bool,
) -> Explained:
    try:
        plan = await _plan(session.transaction, asked, analyze=analyze)
    except Exception as error:
        if is_unavailable(error):
            raise NotExplained(f"{key}: PostgreSQL ended it, as it took too long or was stopped itself.") from error
        raise
    sent = set(_texts(variables.coerced.values()))
    return Explained(key, words, asked.sql, list(_parameters(asked, sent)), plan)


async def _plan(transaction: Transaction, asked: _Asked, *, analyze: bool) -> list[str]:
    """EXECUTE takes literals only, and PostgreSQL itself makes them of the values."""
    await transaction.command(f"PREPARE explained AS {asked.sql}")
    arguments = await _literals(transaction, asked.values)
    options = "ANALYZE, BUFFERS" if analyze else "COSTS"
    rows = await transaction.rows(f"EXPLAIN ({options}) EXECUTE explained{arguments}", [])
    await transaction.command("DEALLOCATE explained")
    return [line for (line,) in rows]


async def _literals(transaction: Transaction, values: Sequence[Any]) -> str:
    """`('…'::uuid, NULL::text)`, or nothing."""
    if not values:
        return ""
    prepared = "SELECT unnest(parameter_types)::text FROM pg_prepared_statements WHERE name = 'explained'"
    types = [kind for (kind,) in await transaction.rows(prepared, [])]
    quoted = ", ".join(f"quote_nullable(${place}::{kind}::text)" for place, kind in enumerate(types, start=1))
    ((*literals,),) = await transaction.rows(f"SELECT {quoted}", values)
    return f"({', '.join(f'{literal}::{kind}' for literal, kind in zip(literals, types, strict=True))})"


def _parameters(asked: _Asked, sent: set[str]) -> Iterable[str]:
    """`$3 period of comparison = 2025-26`: a value is told only where it is one that the operator sent."""
    for number, ((at, name), value) in enumerate(zip(asked.statement.parameters, asked.values, strict=True), start=1):
        place = "" if at is None else f" of {asked.statement.places[at][0].node.name.value}"
        text = _shown(value) if value is not None and set(_texts([value])) <= sent else ""
        yield f"${number} {name}{place}{f' = {text}' if text else ''}"


def _shown(value: Any) -> str:
    text = ", ".join(_texts([value]))
    return text if len(text) <= LONGEST_VALUE else f"{text[:LONGEST_VALUE]}…"


def _texts(values: Iterable[Any]) -> Iterable[str]:
    """Each value as text, those within lists and objects too."""
    for value in values:
        if isinstance(value, Mapping):
            yield from _texts(value.values())
        elif isinstance(value, (list, tuple)):
            yield from _texts(value)
        elif value is not None:
            yield str(value)
