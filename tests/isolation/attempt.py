"""What is attempted on each table: every kind of statement, at the rows of ourselves, of a sibling and of a stranger."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from tests.isolation.catalogue import Relation
from tests.isolation.doctrine import K, Rights
from tests.isolation.rows import Row, Rows, insertion, literal
from tests.isolation.tenant import Said, Tenant, Tenants


class Operation(StrEnum):
    SELECT = "select"
    SURVEY = "select what is not ours"
    LOCK = "select for update"
    INSERT = "insert"
    INSERT_ALL = "insert with every column"
    DO_NOTHING = "insert on conflict do nothing"
    DO_UPDATE = "insert on conflict do update"
    UPDATE = "update"
    MOVE = "move to another tenant"
    TAKE = "move to the tenant that is set"
    DELETE = "delete"
    TRUNCATE = "truncate"
    COPY_OUT = "copy to"
    COPY_IN = "copy from"


COPIES = frozenset({Operation.COPY_OUT, Operation.COPY_IN})


@dataclass(frozen=True)
class Attempt:
    """One statement; `before` is the row it aims at, `after` what would then be there."""

    operation: Operation
    target: Tenant
    sql: str
    before: Row
    after: Row
    writes: frozenset[str] = frozenset()

    def __str__(self) -> str:
        return f"{self.operation} ({self.target.name})"


class Attempts:
    """Writes the attempts of one role that has said whose it is."""

    def __init__(self, rows: Rows, tenants: Tenants) -> None:
        self._rows = rows
        self._tenants = tenants

    def on(self, relation: Relation, rights: Rights, said: Said) -> Iterator[Attempt]:
        for target in self._tenants.all:
            row = self._rows.of(relation, target)
            yield from self._reads(relation, target, row)
            if not relation.is_view:
                yield from self._inserts(relation, rights, target, row)
                yield from self._changes(relation, rights, said, target, row)
        yield from self._wholesale(relation, rights, said)

    def held_key(self, relation: Relation, said: Said, attempt: Attempt) -> str | None:
        """The lookup key that goes with what is said: of the very row attempted, if it is that tenant's."""
        if relation.lookup_column is None or said.holds in {"unset", "empty", "unknown"}:
            return {"empty": "", "unknown": "nobodys-key"}.get(said.holds)
        holder = self._tenants.own if said.holds == "own" else self._tenants.stranger
        row = attempt.after if attempt.target is holder else self._rows.of(relation, holder)
        return row[relation.lookup_column]

    def _reads(self, relation: Relation, target: Tenant, row: Row) -> Iterator[Attempt]:
        where = _where(relation, row)
        query = f"select {', '.join(relation.identity)} from {relation.full_name} where {where}"
        yield Attempt(Operation.SELECT, target, query, row, row)
        yield Attempt(Operation.COPY_OUT, target, f"copy ({query}) to stdout", row, row)
        if not relation.is_view:
            yield Attempt(Operation.LOCK, target, f"{query} for update", row, row)

    def _inserts(self, relation: Relation, rights: Rights, target: Tenant, row: Row) -> Iterator[Attempt]:
        own = dict(row) | dict.fromkeys(rights.empty & set(relation.tenant_columns))
        new = self._rows.again(relation, own)
        yield Attempt(Operation.INSERT, target, insertion(relation, new, rights.only), row, new)
        if rights.only is not None:
            yield Attempt(Operation.INSERT_ALL, target, insertion(relation, new), row, new)
        again = insertion(relation, own, rights.only)
        yield Attempt(Operation.DO_NOTHING, target, f"{again} on conflict do nothing", row, own)
        change = f"on conflict ({', '.join(relation.identity)}) do update set {_same(relation)}"
        yield Attempt(Operation.DO_UPDATE, target, f"{again} {change}", row, own)

    def _changes(self, relation: Relation, rights: Rights, said: Said, target: Tenant, row: Row) -> Iterator[Attempt]:
        where, name = _where(relation, row), relation.full_name
        column = _plain_column(relation)
        update = f"update {name} set {column} = {column} where {where}"
        yield Attempt(Operation.UPDATE, target, update, row, row)
        yield Attempt(Operation.DELETE, target, f"delete from {name} where {where}", row, row)
        if relation.tenant_columns:
            other = self._tenants.stranger if target is not self._tenants.stranger else self._tenants.own
            yield _move(relation, Operation.MOVE, target, row, {c: other.value(c) for c in relation.tenant_columns})
            ours = {c: said.values[c] for c in relation.tenant_columns if said.is_valid(c)}
            if any(row[c] != value for c, value in ours.items()):
                yield _move(relation, Operation.TAKE, target, row, ours)

    def _wholesale(self, relation: Relation, rights: Rights, said: Said) -> Iterator[Attempt]:
        own = self._tenants.own
        row = self._rows.of(relation, own)
        ours = _ours(relation, rights, said, row)
        yield Attempt(Operation.SURVEY, own, f"select 1 from {relation.full_name} where not ({ours})", row, row)
        if not relation.is_view:
            yield Attempt(Operation.TRUNCATE, own, f"truncate {relation.full_name}", row, row)
            names = [c.name for c in relation.columns if not c.generated]
            copy = f"copy {relation.full_name} ({', '.join(names)}) from stdin"
            yield Attempt(Operation.COPY_IN, own, copy, row, self._rows.again(relation, row))


def _ours(relation: Relation, rights: Rights, said: Said, row: Row) -> str:
    """What this wall lets the role see, as a condition of our own making."""
    conditions = ["true"]
    for key in sorted(rights.select or ()):
        if key == K and relation.lookup_column is not None and said.holds != "unset":
            conditions.append(f"{relation.lookup_column} is not distinct from current_setting('footbridge.lookup_key')")
        elif said.is_valid(key):
            conditions.append(f"{key} is not distinct from '{said.values[key]}'::uuid")
        else:
            conditions.append("false")
    return " and ".join(conditions)


def _where(relation: Relation, row: Row) -> str:
    return " and ".join(f"{c} is not distinct from {literal(relation, c, row[c])}" for c in relation.identity)


def _move(relation: Relation, operation: Operation, target: Tenant, row: Row, values: dict[str, str | None]) -> Attempt:
    changes = ", ".join(f"{column} = {literal(relation, column, value)}" for column, value in values.items())
    update = f"update {relation.full_name} set {changes} where {_where(relation, row)}"
    return Attempt(operation, target, update, row, dict(row) | values, frozenset(values))


def _plain_column(relation: Relation) -> str:
    """A column that says nothing of keys or tenants, where there is one."""
    special = (*relation.identity, *relation.tenant_columns)
    plain = [c.name for c in relation.columns if c.name not in special and not c.generated]
    return min(plain, key=lambda name: name in relation.referring, default=relation.identity[-1])


def _same(relation: Relation) -> str:
    column = _plain_column(relation)
    return f"{column} = excluded.{column}"
