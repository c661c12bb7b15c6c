"""A row of each tenant in each table: found, or cloned from another tenant's and re-keyed, or made from the catalogue."""

import re
from collections.abc import Mapping, Sequence
from uuid import uuid4

import psycopg
from psycopg import sql

from tests.isolation.catalogue import Connection, Key, Relation, read_relations
from tests.isolation.tenant import Tenant, Tenants

Row = Mapping[str, str | None]

_LITERAL = re.compile(r"'((?:[^']|'')*)'::text")
_OF_TYPE = {
    "jsonb": "{}",
    "bytea": "\\x00",
    "text": "text",
    "date": "2024-10-01",
    "timestamp with time zone": "2024-10-01T10:00:00Z",
    "boolean": "true",
    "text[]": "{}",
}


class NoRow(Exception):
    """A table of which no row could be had: the matrix proves nothing about it."""

    def __init__(self, relation: Relation, tenant: Tenant, why: str) -> None:
        super().__init__(
            f"{relation.full_name}: no row of the tenant “{tenant.name}” was found, nor could one be made ({why}). "
            "Let a use case write one, in tests/foundation/world_school.py or its siblings."
        )


class Rows:
    """Reads and writes as the superuser, who sees every tenant."""

    def __init__(self, connection: Connection, tenants: Tenants) -> None:
        self._connection = connection
        self._tenants = tenants
        self._found: dict[tuple[str, str], Row] = {}

    def of(self, relation: Relation, tenant: Tenant) -> Row:
        """One that is there; raises NoRow."""
        key = (relation.full_name, tenant.name)
        if key not in self._found:
            self._found[key] = self._find(relation, tenant) or self._make(relation, tenant)
        return self._found[key]

    def again(self, relation: Relation, row: Row, *, also: Sequence[str] = ()) -> Row:
        """The same row under other keys, not yet there; what is unique by its tenant alone stays as it is."""
        changed = dict(row)
        for key in relation.keys:
            column = changeable(relation, key)
            if column is not None and changed[column] == row[column]:
                changed[column] = self._another(relation, column, row)
        for column in also:
            changed[column] = self._another(relation, column, row)
        return changed

    def _find(self, relation: Relation, tenant: Tenant) -> Row | None:
        """The last one written; where the school may be empty, one with the school goes first."""
        own = [
            sql.SQL("({0} = {1} or {0} is null)").format(sql.Identifier(c), tenant.value(c))
            for c in relation.tenant_columns
        ]
        order: list[sql.Composable] = [
            sql.SQL("{} nulls last").format(sql.Identifier(c)) for c in relation.tenant_columns
        ]
        if not relation.is_view:
            order.append(sql.SQL("ctid desc"))
        query = sql.SQL("select {} from {} {} {} limit 1").format(
            sql.SQL(", ").join(sql.SQL("{}::text").format(sql.Identifier(name)) for name in relation.column_names),
            sql.Identifier(relation.schema, relation.name),
            sql.SQL("where {}").format(sql.SQL(" and ").join(own)) if own else sql.SQL(""),
            sql.SQL("order by {}").format(sql.SQL(", ").join(order)) if order else sql.SQL(""),
        )
        found = self._connection.execute(query).fetchone()
        return None if found is None else dict(zip(relation.column_names, found, strict=True))

    def _make(self, relation: Relation, tenant: Tenant) -> Row:
        if relation.is_view:
            raise NoRow(relation, tenant, "it is a view")
        others = (self._find(relation, other) for other in self._tenants.all if other is not tenant)
        pattern = next((row for row in others if row is not None), None) or self._imagine(relation)
        row = self.again(relation, pattern)
        row = dict(row) | {column: tenant.value(column) for column in relation.tenant_columns}
        for reference in relation.references:
            (target,) = read_relations(self._connection, {reference.target})
            aim = self.of(target, tenant)
            row |= {
                column: aim[there] for column, there in zip(reference.columns, reference.target_columns, strict=True)
            }
        try:
            self._connection.execute(insertion(relation, row).encode())
        except psycopg.Error as error:
            raise NoRow(relation, tenant, str(error).splitlines()[0]) from error
        found = self._find(relation, tenant)
        assert found is not None
        return found

    def _imagine(self, relation: Relation) -> Row:
        """From the types alone, for a table that is empty."""
        return {c.name: self._value(relation, c.name) if c.required else None for c in relation.columns}

    def _value(self, relation: Relation, column: str) -> str:
        kind = relation.column(column).type
        words = allowed_words(relation, column)
        if words:
            return words[0]
        return str(uuid4()) if kind == "uuid" else _OF_TYPE.get(kind, "1")

    def _another(self, relation: Relation, column: str, row: Row) -> str:
        kind, value = relation.column(column).type, row[column]
        words = [word for word in allowed_words(relation, column) if word != value]
        if words:
            return words[0]
        if kind == "uuid":
            return str(uuid4())
        if kind == "text" or kind.startswith("character"):
            return f"{value}-again"
        query = sql.SQL("select (max({0}) + 1)::text from {1}").format(
            sql.Identifier(column), sql.Identifier(relation.schema, relation.name)
        )
        found = self._connection.execute(query).fetchone()
        return found[0] if found and found[0] is not None else self._value(relation, column)


def allowed_words(relation: Relation, column: str) -> list[str]:
    """What a CHECK lets a text column be."""
    for check in relation.checks:
        if re.search(rf"\(\(*{column} = ANY", check):
            return [word.replace("''", "'") for word in _LITERAL.findall(check)]
    return []


def changeable(relation: Relation, key: Key) -> str | None:
    """The column that a clone of a row changes to be another row by this key; None if it names tenants only."""
    fixed = relation.referring | set(relation.tenant_columns)
    free = [c for c in key.columns if c not in fixed and not relation.column(c).generated]
    return min(free, key=lambda name: _trouble(relation, name), default=None)


def _trouble(relation: Relation, column: str) -> int:
    kind = relation.column(column).type
    return (kind != "uuid") + (kind not in {"uuid", "text"}) + 2 * bool(allowed_words(relation, column))


def literal(relation: Relation, column: str, value: str | None) -> str:
    if value is None:
        return "null"
    return "'" + value.replace("'", "''") + "'::" + relation.column(column).type


def insertion(relation: Relation, row: Row, only: frozenset[str] | None = None) -> str:
    names = [c.name for c in relation.columns if not c.generated and (only is None or c.name in only)]
    values = ", ".join(literal(relation, name, row[name]) for name in names)
    return f"insert into {relation.full_name} ({', '.join(names)}) values ({values})"
