"""Asks as one person by both paths, and takes no answer that the two do not share."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any
from unittest.mock import patch

from strawberry import Schema

from footbridge.gateway import faults
from footbridge.gateway.execution import reading
from footbridge.gateway.execution.operation import Operation
from footbridge.gateway.http.answers import error_body
from footbridge.gateway.projection.plan import Plan, make_plan
from footbridge.tenancy.caller import Caller
from tests.gateway.differential.both_paths import Answer, BothPaths, WatchedDatabase, differences


@dataclass(frozen=True)
class Reader:
    """A person at an endpoint: that of their school, or that of their trust."""

    paths: BothPaths
    caller: Caller

    @classmethod
    def of(cls, database: WatchedDatabase, schema: Schema, caller: Caller) -> "Reader":
        return cls(BothPaths(database, schema, caller.school_id), caller)

    def operation(self, text: str, **variables: Any) -> Operation:
        return self.paths.operation(text, variables)

    async def both(self, text: str, **variables: Any) -> Answer:
        """The compiled answer; the ordinary one is the same, and so are its faults."""
        operation = self.operation(text, **variables)
        with faults_told():
            compiled = await self.paths.answer(self.caller, operation, compiled=True)
            ordinary = await self.paths.answer(self.caller, operation, compiled=False)
        assert differences(compiled, ordinary) == [], text
        return compiled

    async def data(self, text: str, **variables: Any) -> Any:
        """Of an answer without errors that took one statement for each of its root fields."""
        answer = await self.both(text, **variables)
        assert not answer.errors, answer.errors
        found = answer.content["data"]
        assert len(answer.statements) == len(found), answer.statements
        return found

    async def compiled(self, operation: Operation) -> Answer:
        return await self.paths.answer(self.caller, operation, compiled=True)

    def plan(self, text: str, *, tenant_keys: bool = True, **variables: Any) -> Plan:
        operation = self.operation(text, **variables)
        assert operation.coerced is not None
        return make_plan(
            operation.schema, operation.node, operation.document.fragments, operation.coerced.coerced,
            tenant_keys=tenant_keys,
        )  # fmt: skip


@contextmanager
def faults_told() -> Iterator[None]:
    """A fault of ours in its own words, and not by an id that is another one each time."""

    def told(error: BaseException) -> dict[str, Any]:
        return error_body("UNEXPECTED", str(error))

    with patch.object(faults, "masked", told):
        yield


@contextmanager
def without_tenant_keys() -> Iterator[None]:
    """Statements are written without the condition that stands beside the wall."""
    with patch.object(reading, "make_plan", partial(make_plan, tenant_keys=False)):
        yield
