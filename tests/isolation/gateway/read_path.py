"""How a defect of the read path is planted: in the rows, in what is kept of a statement, or in a resolver by hand."""

from collections.abc import Awaitable, Callable, Hashable
from typing import Any

import pytest
from sqlalchemy import Select

from footbridge.gateway.projection.plan import Compiled, Ordinary, Request, _Planner
from footbridge.gateway.projection.projected import column_values
from footbridge.gateway.projection.rows import Rows
from footbridge.gateway.projection.session import session_values
from tests.isolation.gateway.contract import Side, fields_of, product_schema

Patch = pytest.MonkeyPatch
Resolve = Callable[..., Awaitable[Any]]


def reads(patch: Patch, rows: Rows, query: Select[Any]) -> None:
    """Both paths read these rows by another SELECT."""
    column_values.cache_clear()
    patch.setitem(vars(rows), "query", query)
    patch.setitem(vars(rows), "_columns", {column.name: column for column in query.selected_columns})
    patch.setitem(vars(rows), "_written", {})


def by_hand(patch: Patch, side: Side, name: str, make: Callable[[Resolve], Resolve]) -> None:
    """A root field has a resolver of its own, made around the one it had: only the ordinary path can run it."""
    field = fields_of(product_schema(side), "Query")[name]
    assert field.resolve is not None
    patch.setattr(field, "resolve", make(_awaited(field.resolve)))
    planned = _Planner.root

    def root(self: _Planner, key: str, nodes: Any) -> Any:
        own = self._root.fields.get(nodes[0].name.value) is field
        return Ordinary(key) if own else planned(self, key, nodes)

    patch.setattr(_Planner, "root", root)


def _awaited(resolve: Callable[..., Any]) -> Resolve:
    async def awaited(*arguments: Any, **named: Any) -> Any:
        found = resolve(*arguments, **named)
        return await found if hasattr(found, "__await__") else found

    return awaited


def keep(patch: Patch, name: str, question: Callable[[Compiled, Request], Hashable]) -> None:
    """What a root field has told is told again to whoever asks the same question."""
    read, kept = Compiled.read, dict[Hashable, str]()

    async def read_once(self: Compiled, request: Request) -> str | None:
        if self.key != name:
            return await read(self, request)
        asked = (self.sql, question(self, request))
        if asked not in kept:
            text = await read(self, request)
            if text is None:
                return None
            kept[asked] = text
        return kept[asked]

    patch.setattr(Compiled, "read", read_once)


def once(_: Compiled, __: Request) -> Hashable:
    return None


def without_the_session(compiled: Compiled, request: Request) -> Hashable:
    """The values that come from the arguments."""
    session = request.context.session
    given = session_values(session)
    values = compiled.statement.values(session, given, request.variables, request.converted)
    named = zip(compiled.statement.parameters, values, strict=True)
    return repr([value for (_, name), value in named if name not in {*given, "mark"}])
