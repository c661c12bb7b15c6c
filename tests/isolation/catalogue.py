"""The live catalogue: every table and view of our schemas, with its columns, keys and wall."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import psycopg
from psycopg.rows import dict_row

Connection = psycopg.Connection[Any]

OURS = "nspname not in ('pg_catalog', 'information_schema') and nspname !~ '^pg_(toast|temp)'"

_RELATIONS = f"""
    select c.oid, nspname as schema, relname as name, relkind::text as kind, relrowsecurity as secured,
        relforcerowsecurity as forced, coalesce(obj_description(c.oid, 'pg_class'), '') as comment
    from pg_class c join pg_namespace n on n.oid = relnamespace
    where relkind in ('r', 'p', 'v', 'm', 'f') and {OURS} order by 2, 3
"""
_COLUMNS = """
    select attname as name, format_type(atttypid, atttypmod) as type, attnotnull as required,
        attidentity = 'a' or attgenerated <> '' as generated
    from pg_attribute where attrelid = %s and attnum > 0 and not attisdropped order by attnum
"""
_KEYS = """
    select c.relname as name, indisprimary as primary, indpred is not null as partial,
        array(select attname::text from unnest(indkey) with ordinality k(n, place)
            join pg_attribute on attrelid = indrelid and attnum = n order by place) as columns
    from pg_index join pg_class c on c.oid = indexrelid where indrelid = %s and indisunique order by not indisprimary
"""
_REFERENCES = """
    select conname as name, confrelid::regclass::text as target, confdeltype::text as on_delete,
        array(select attname::text from unnest(conkey) with ordinality k(n, place)
            join pg_attribute on attrelid = conrelid and attnum = n order by place) as columns,
        array(select attname::text from unnest(confkey) with ordinality k(n, place)
            join pg_attribute on attrelid = confrelid and attnum = n order by place) as target_columns
    from pg_constraint where contype = 'f' and conrelid = %s and conparentid = 0 order by 1
"""
_CHECKS = "select pg_get_constraintdef(oid) as text from pg_constraint where contype = 'c' and conrelid = %s"

TENANT_COLUMNS = ("school_id", "trust_id")


@dataclass(frozen=True)
class Column:
    name: str
    type: str
    required: bool
    generated: bool


@dataclass(frozen=True)
class Key:
    """A unique index; `partial` has a condition."""

    name: str
    primary: bool
    partial: bool
    columns: list[str]


@dataclass(frozen=True)
class Reference:
    """A foreign key; `on_delete` as the catalogue has it: a is no action."""

    name: str
    target: str
    on_delete: str
    columns: list[str]
    target_columns: list[str]


@dataclass(frozen=True)
class Relation:
    oid: int
    schema: str
    name: str
    kind: str
    secured: bool
    forced: bool
    comment: str
    columns: tuple[Column, ...]
    keys: tuple[Key, ...]
    references: tuple[Reference, ...]
    checks: tuple[str, ...]

    @property
    def full_name(self) -> str:
        return f"{self.schema}.{self.name}"

    @property
    def is_view(self) -> bool:
        return self.kind == "v"

    @property
    def wall(self) -> str:
        """As `school` or `lookup by domain`; empty without one."""
        return self.comment.removeprefix("wall: ") if self.comment.startswith("wall: ") else ""

    @property
    def lookup_column(self) -> str | None:
        return self.wall.removeprefix("lookup by ") if self.wall.startswith("lookup by ") else None

    @cached_property
    def column_names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)

    @cached_property
    def tenant_columns(self) -> tuple[str, ...]:
        return tuple(name for name in TENANT_COLUMNS if name in self.column_names)

    @cached_property
    def identity(self) -> tuple[str, ...]:
        """What tells one row from another: its primary key, or all there is to tell."""
        primary = next((tuple(key.columns) for key in self.keys if key.primary), None)
        return primary or self.tenant_columns or self.column_names

    @cached_property
    def referring(self) -> frozenset[str]:
        """Columns that point elsewhere."""
        return frozenset(column for reference in self.references for column in reference.columns)

    def column(self, name: str) -> Column:
        return next(column for column in self.columns if column.name == name)


def read_relations(connection: Connection, only: Collection[str] | None = None) -> list[Relation]:
    """All of them, or those of `only` (as `school.partnership`)."""
    found = [row for row in _rows(connection, _RELATIONS) if only is None or f"{row['schema']}.{row['name']}" in only]
    return [_relation(connection, row) for row in found]


def _relation(connection: Connection, row: dict[str, Any]) -> Relation:
    key = (row["oid"],)
    return Relation(
        **row,
        columns=tuple(Column(**found) for found in _rows(connection, _COLUMNS, key)),
        keys=tuple(Key(**found) for found in _rows(connection, _KEYS, key)),
        references=tuple(Reference(**found) for found in _rows(connection, _REFERENCES, key)),
        checks=tuple(found["text"] for found in _rows(connection, _CHECKS, key)),
    )


def _rows(connection: Connection, query: str, parameters: Sequence[Any] = ()) -> list[dict[str, Any]]:
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(query.encode(), parameters or None).fetchall()
