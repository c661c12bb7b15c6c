"""Runs an operation by the compiled path and by the ordinary one, and says in what the two answers differ."""

import json
from collections.abc import AsyncIterator, Collection, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch
from uuid import UUID

from graphql import OperationDefinitionNode
from strawberry import Schema

from footbridge.delegation.access import Access, record_accesses
from footbridge.gateway.documents.document import Document, checked_document, cost_with
from footbridge.gateway.documents.variables import fitting_variables
from footbridge.gateway.execution import reading
from footbridge.gateway.execution.operation import Operation
from footbridge.runtime.database import Database, Role, Transaction
from footbridge.tenancy.caller import Caller
from footbridge.tenancy.session import TrustSession

LARGEST = 64 * 1024 * 1024
CHOSEN = "Asked"


class WatchedDatabase(Database):
    """The product's own, which remembers the transactions that were opened."""

    opened: list[Transaction]

    @asynccontextmanager
    async def transaction(
        self, role: Role, *, read_only: bool = False, **settings: UUID | str
    ) -> AsyncIterator[Transaction]:
        async with super().transaction(role, read_only=read_only, **settings) as transaction:
            self.opened.append(transaction)
            yield transaction


@dataclass(frozen=True)
class Answer:
    body: bytes
    statements: tuple[str, ...]
    """Those of the transaction that read."""
    accesses: frozenset[Access]

    @property
    def content(self) -> Any:
        return json.loads(self.body)

    @property
    def errors(self) -> list[dict[str, Any]]:
        return self.content.get("errors") or []


class BothPaths:
    """One schema over one database; a school's where there is a school."""

    def __init__(self, database: WatchedDatabase, schema: Schema, school_id: UUID | None) -> None:
        self._database = database
        self._school_id = school_id
        self.schema = schema

    def operation(self, text: str, variables: dict[str, Any]) -> Operation:
        """As the endpoint makes it: what does not fit, or costs too much, is a mistake of the drawing."""
        document = checked_document(text, self.schema._schema, name="Drawn", introspects=True, names=True)
        node = _chosen(document)
        fitting = fitting_variables(self.schema._schema, node, variables, names=True)
        cost_with(document, self.schema._schema, node, fitting.coerced)
        return Operation(document, node, variables, self.schema, LARGEST, fitting)

    async def answer(self, caller: Caller, operation: Operation, *, compiled: bool) -> Answer:
        noted: list[Access] = []

        async def noting(session: TrustSession, name: str, accesses: Collection[Access]) -> None:
            noted.extend(accesses)
            await record_accesses(session, name, accesses)

        self._database.opened = []
        with patch.object(reading, "record_accesses", noting):
            body = await self._body(caller, operation, compiled=compiled)
        return Answer(body, tuple(self._database.opened[0].statements), frozenset(noted))

    async def _body(self, caller: Caller, operation: Operation, *, compiled: bool) -> bytes:
        if self._school_id is None:
            outcome = await reading.read_trust(self._database, caller, operation, compiled=compiled)
        else:
            outcome = await reading.read_school(self._database, caller, self._school_id, operation, compiled=compiled)
        return outcome.body


def _chosen(document: Document) -> OperationDefinitionNode:
    named = [node for node in document.operations if node.name and node.name.value == CHOSEN]
    return (named or document.operations)[0]


def differences(compiled: Answer, ordinary: Answer) -> list[str]:
    """In words, with the place; nothing where both say the same."""
    one, other = (_in_order(answer.body) for answer in (compiled, ordinary))
    found = list(_between(_member(one, "data"), _member(other, "data"), "data"))
    ours, theirs = (_sorted_errors(answer) for answer in (compiled, ordinary))
    found += [f"only the compiled path tells the error {text}" for text in ours if text not in theirs]
    found += [f"only the ordinary path tells the error {text}" for text in theirs if text not in ours]
    if not found and len(ours) != len(theirs):
        found.append(f"the errors come {len(ours)} times by the compiled path, {len(theirs)} times by the ordinary")
    if not found and sorted(name for name, _ in one) != sorted(name for name, _ in other):
        found.append(f"members of the answer: {[name for name, _ in one]}, {[name for name, _ in other]}")
    if compiled.accesses != ordinary.accesses:
        found.append(f"accesses noted by one path only: {sorted(map(str, compiled.accesses ^ ordinary.accesses))}")
    return found


@dataclass(frozen=True, repr=False)
class _Object:
    """Members as they stand in the text: their order counts, and a name that stands twice is seen."""

    members: tuple[tuple[str, Any], ...]

    def __iter__(self) -> Iterator[tuple[str, Any]]:
        return iter(self.members)

    def __repr__(self) -> str:
        return "{" + ", ".join(f"{name}: {value!r}" for name, value in self.members) + "}"


def _in_order(body: bytes) -> Any:
    return json.loads(body, object_pairs_hook=lambda pairs: _Object(tuple(pairs)))


def _member(content: Any, name: str) -> Any:
    return next((value for key, value in content if key == name), "absent")


def _sorted_errors(answer: Answer) -> list[str]:
    return sorted(json.dumps(error, sort_keys=True, ensure_ascii=False) for error in answer.errors)


def _between(one: Any, other: Any, place: str) -> Iterator[str]:
    if isinstance(one, _Object) and isinstance(other, _Object):
        names, others = [name for name, _ in one], [name for name, _ in other]
        if names != others:
            yield f"{place}: the compiled path has {names}, the ordinary {others}"
            return
        for (name, mine), (_, yours) in zip(one, other, strict=True):
            yield from _between(mine, yours, f"{place}.{name}")
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for number, (mine, yours) in enumerate(zip(one, other, strict=True)):
            yield from _between(mine, yours, f"{place}[{number}]")
    elif type(one) is not type(other) or one != other:
        yield f"{place}: the compiled path has {_shown(one)}, the ordinary {_shown(other)}"


def _shown(value: Any) -> str:
    return f"{value!r}"[:300]
