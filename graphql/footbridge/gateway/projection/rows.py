"""Where the rows of a type come from: a SELECT with named parameters, written once and read by both paths.

The ordinary path runs the SELECT as it stands; the compiler puts its text into larger statements. Its columns are
what the type's fields may name.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from sqlalchemy import Column, ColumnElement, Select, Table, bindparam, select
from sqlalchemy.dialects.postgresql import asyncpg
from sqlalchemy.sql import ClauseElement
from sqlalchemy.types import TypeEngine

TENANTS = ("school_id", "trust_id")
WALLED = frozenset({"school", "release", "published"})
_DIALECT = asyncpg.dialect(paramstyle="named")  # type: ignore[no-untyped-call]
_PARAMETER = re.compile(r"(?<![:\w]):([a-z_][a-z0-9_]*)")

Condition = ColumnElement[bool]


def given(name: str, kind: TypeEngine[Any] | type[TypeEngine[Any]]) -> Any:
    """A parameter by its name: one that a field's arguments make, or one of the session's."""
    return bindparam(name, None, type_=kind)


@dataclass(frozen=True)
class Template:
    """SQL with the names of its parameters between its pieces: text, name, text, name, …, text."""

    pieces: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Rows:
    """A SELECT; `tenant` is the column of its tenant, which the compiler writes beside the wall."""

    query: Select[*tuple[Any, ...]]
    tenant: str | None = None
    _columns: dict[str, Any] = field(default_factory=dict)
    _written: dict[tuple[str, ...], Template] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._columns.update({column.name: column for column in self.query.selected_columns})

    def column(self, name: str) -> Any:
        """Raises KeyError for one that the SELECT does not make."""
        return self._columns[name]

    @property
    def names(self) -> list[str]:
        return list(self._columns)

    def never_null(self, name: str) -> bool:
        """Sure only of a column of the one table that the SELECT reads."""
        column = self._columns[name]
        return self._reads_one_table and isinstance(column, Column) and not column.nullable

    @cached_property
    def _reads_one_table(self) -> bool:
        froms = self.query.get_final_froms()
        return len(froms) == 1 and isinstance(froms[0], Table)

    def text(self, filters: Mapping[str, Condition]) -> Template:
        """Filtered by what was asked for; a condition is on the SELECT's own tables."""
        asked = tuple(filters)
        if asked not in self._written:
            self._written[asked] = written(self.query.where(*filters.values()))
        return self._written[asked]


def rows_of(table: Table, *conditions: Condition, columns: Sequence[Any] = ()) -> Rows:
    """The rows of a table, with further columns if need be; those of a tenant's table carry its key."""
    keys = [name for name in TENANTS if name in table.c] if table.schema in WALLED else []
    return Rows(select(table, *columns).where(*conditions), keys[0] if keys else None)


def written(expression: ClauseElement) -> Template:
    """Values that stand in the code become literals."""
    compiled = expression.compile(dialect=_DIALECT)
    constants = {name: _literal(value) for name, value in (compiled.params or {}).items() if value is not None}
    text = _PARAMETER.sub(lambda found: constants.get(found[1], found[0]), str(compiled).replace("\n", ""))
    return Template(tuple(_PARAMETER.split(text)))


def _literal(value: str | int) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, int) else "'" + value.replace("'", "''") + "'"
