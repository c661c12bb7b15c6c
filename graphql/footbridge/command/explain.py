"""`footbridge explain`: the statement and PostgreSQL's plan of each root field of an operation, for one tenant."""

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from graphql.execution.values import VariableValues

from footbridge.command.client_manifest import SCHEMAS
from footbridge.command.explanation import Explained, NotExplained, explain_change, explain_read
from footbridge.command.outcome import carry_out
from footbridge.command.person import operation_file, operation_names
from footbridge.command.readable_statement import readable
from footbridge.command.terminal import refusals, say
from footbridge.exchange.observation_import import find_member
from footbridge.gateway.documents.document import Document
from footbridge.gateway.documents.door import chosen_operation
from footbridge.gateway.documents.operations import read_document, reasons
from footbridge.gateway.documents.variables import fitting_variables
from footbridge.gateway.execution.operation import Operation
from footbridge.gateway.http.answers import DocumentRefused
from footbridge.gateway.registration import assumed_variables
from footbridge.runtime.database import Database, Role
from footbridge.tenancy.caller import Caller, CallerKind
from footbridge.tenancy.client import Side
from footbridge.tenancy.enrolment import find_trust_called
from footbridge.tenancy.operator import OPERATOR_ID
from footbridge.tenancy.permission import Permission
from footbridge.tenancy.session import RegisterSession, SchoolSession, TrustSession, open_school, open_trust

ENDING = ".graphql"


@dataclass(frozen=True)
class Question:
    """What the operator asks: an operation with its variables, at a school or at a trust."""

    side: Side
    tenant: str
    operation: Operation
    variables: VariableValues
    analyze: bool


def run_explain(
    name: str, *, variables: str, school: str | None, trust: str | None, side: str | None, analyze: bool
) -> None:
    with refusals():
        of, file = find_operation(name, Side(side) if side else _side_of(school, trust))
        question = _question(of, _tenant(of, file, school, trust), file, _sent(variables), analyze=analyze)
    explained = carry_out(lambda database: _explained(database, question), task="Asking PostgreSQL …")
    login = (Role.SCHOOL if of is Side.SCHOOL else Role.TRUST).login
    document = question.operation.document
    say(f"{question.operation.node.operation.value} {document.name}, {document.id}, as {login}, READ ONLY")
    for each in explained:
        _show(each)


def _side_of(school: str | None, trust: str | None) -> Side | None:
    """Whoever names a school wants what schools ask."""
    if (school is None) == (trust is None):
        return None
    return Side.TRUST if school is None else Side.SCHOOL


def find_operation(name: str, side: Side | None) -> tuple[Side, Path]:
    """Of a name of our contract (`Comparisons`, `school/Measures`) or a path; `side` decides where both have it."""
    if name.endswith(ENDING):
        return _of_path(Path(name), side)
    folder, _, own = name.rpartition("/")
    if folder in set(Side):
        side, name = Side(folder), own
    found = [each for each in Side if side in {None, each} and name in operation_names(each)]
    if not found:
        raise NotExplained(_unknown(name, side))
    if len(found) > 1:
        raise NotExplained(f"Both sides have an operation {name}: say school/{name} or trust/{name}, or --side.")
    return found[0], operation_file(found[0], name)


def _of_path(file: Path, side: Side | None) -> tuple[Side, Path]:
    if not file.is_file():
        raise NotExplained(f"There is no file {file}.")
    folder = file.absolute().parent.name
    if side is None and folder not in set(Side):
        raise NotExplained(f"Say for which side {file.name} is written: --side school or --side trust.")
    return side or Side(folder), file


def _unknown(name: str, side: Side | None) -> str:
    known = sorted({each for of in Side if side in {None, of} for each in operation_names(of)})
    near = get_close_matches(name, known, n=3)
    meant = f"Did you mean {' or '.join(near)}?" if near else f"There are {', '.join(known)}."
    return f"There is no operation {name}{f' for a {side}' if side else ''} in our contract. {meant}"


def _tenant(side: Side, file: Path, school: str | None, trust: str | None) -> str:
    own, other = (school, trust) if side is Side.SCHOOL else (trust, school)
    if own is None or other is not None:
        which = "--school and its URN" if side is Side.SCHOOL else "--trust and its UID"
        raise NotExplained(f"{file.stem} is an operation of a {side}: say which one, with {which} only.")
    return own


def _sent(variables: str) -> dict[str, Any]:
    try:
        found = json.loads(variables)
    except json.JSONDecodeError as error:
        raise NotExplained(f"--variables is no JSON: {error.msg}, at character {error.pos + 1}.") from None
    if not isinstance(found, dict):
        raise NotExplained('--variables is one object, as {"period": "2025-26"}.')
    return found


def _question(side: Side, tenant: str, file: Path, sent: dict[str, Any], *, analyze: bool) -> Question:
    schema = SCHEMAS[side]
    document = read_document(file, schema._schema)
    try:
        operation = Operation(document, chosen_operation(document, None), sent, schema, largest_answer=0)
        variables = _variables(document, operation, sent)
    except DocumentRefused as error:
        raise NotExplained(f"{document.name}: {reasons(error)}") from None
    return Question(side, tenant, operation, variables, analyze)


def _variables(document: Document, operation: Operation, sent: Mapping[str, Any]) -> VariableValues:
    """Of a mutation only what shapes its answer matters: what it takes may be left out."""
    schema, node = operation.schema._schema, operation.node
    names = {each.variable.name.value for each in node.variable_definitions or ()}
    unknown = sorted(sent.keys() - names)
    if unknown:
        known = f"it takes {', '.join(sorted(names))}" if names else "it takes none"
        raise NotExplained(f"{document.name} has no variable {', '.join(unknown)}: {known}.")
    if operation.is_mutation:
        return assumed_variables(schema, node, dict(sent))
    return fitting_variables(schema, node, dict(sent), names=True)


async def _explained(database: Database, question: Question) -> list[Explained]:
    operation, variables, analyze = question.operation, question.variables, question.analyze
    async with _session(database, question) as session:
        if operation.is_mutation and isinstance(session, SchoolSession):
            return await explain_change(session, operation, variables, analyze=analyze)
        return await explain_read(session, operation, variables, analyze=analyze)


@asynccontextmanager
async def _session(database: Database, question: Question) -> AsyncIterator[SchoolSession | TrustSession]:
    """READ ONLY, as the tenant's own role."""
    caller = await _operator(database, question)
    if caller.school_id is not None:
        async with open_school(database, caller, school_id=caller.school_id, read_only=True) as school:
            yield school
    else:
        async with open_trust(database, caller, trust_id=caller.trust_id, read_only=True) as trust:
            yield trust


async def _operator(database: Database, question: Question) -> Caller:
    """Whatever a field requires: a plan tells nothing of what it reads. Raises NotFound."""
    async with database.transaction(Role.REGISTER, read_only=True) as transaction:
        register = RegisterSession(transaction)
        if question.side is Side.SCHOOL:
            member = await find_member(register, question.tenant)
            trust_id, school_id = member.trust_id, member.school.id
        else:
            trust_id, school_id = (await find_trust_called(register, question.tenant)).id, None
    everything = frozenset(Permission)
    return Caller(CallerKind.OPERATOR, OPERATOR_ID, "operator", "operator", trust_id, school_id, everything)


def _show(one: Explained) -> None:
    say(f"\n{one.key}: {one.words}")
    if one.sql:
        say(f"\n{readable(one.sql)}")
    if one.parameters:
        say("\nParameters:\n" + "\n".join(f"  {each}" for each in one.parameters))
    if one.plan:
        say("\nPlan:\n" + "\n".join(f"  {line}" for line in one.plan))
