"""A foreign id and a missing id give the same answer: what one may not see cannot be told from what is not there."""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from uuid import uuid4

from footbridge.runtime.database import Role
from tests.foundation.server import Copy
from tests.isolation.catalogue import Relation, read_relations
from tests.isolation.doctrine import DOCTRINE, KEYED_OTHERWISE, SETS, Rights, S, kind_of, rights_of
from tests.isolation.outcome import Outcome, run_statements
from tests.isolation.rows import Row, Rows, insertion, literal
from tests.isolation.tenant import Said, Setting, Tenant, Tenants

_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True)
class Question:
    """The same statement about a stranger's row, or a sibling's, and about none at all."""

    what: str
    foreign: str
    missing: str


def differing_answers(copy: Copy, tenants: Tenants, only: Collection[str] | None = None) -> list[str]:
    """Every question by which a role learns whether another tenant's row is there."""
    with copy.connect() as administrator:
        rows = Rows(administrator, tenants)
        relations = {found.full_name: found for found in read_relations(administrator)}
        asked = {
            role: [question for relation in relations.values() if only is None or relation.full_name in only
                   for question in _Questions(relation, relations, rows, tenants).of(role)]
            for role in SETS
        }  # fmt: skip
    return [finding for role, questions in asked.items() for finding in _ask(copy, tenants, role, questions)]


def _ask(copy: Copy, tenants: Tenants, role: Role, questions: Sequence[Question]) -> Iterator[str]:
    said = Said.by(role, Setting.OWN, tenants).commands()
    with copy.connect(role) as connection:
        foreign = run_statements(connection, said, [question.foreign for question in questions])
        missing = run_statements(connection, said, [question.missing for question in questions])
    for question, one, other in zip(questions, foreign, missing, strict=True):
        if _shape(one) != _shape(other):
            yield f"{question.what} as {role.login}: foreign “{one.message}”, missing “{other.message}”"


def _shape(outcome: Outcome) -> tuple[str, str]:
    return outcome.state, _ID.sub("…", outcome.message)


@dataclass(frozen=True)
class _Questions:
    relation: Relation
    relations: dict[str, Relation]
    rows: Rows
    tenants: Tenants

    def of(self, role: Role) -> Iterator[Question]:
        relation = self.relation
        if relation.is_view or kind_of(relation.wall) not in DOCTRINE or kind_of(relation.wall) in KEYED_OTHERWISE:
            return
        rights = rights_of(relation.wall, role)
        sees = rights.select if rights.select is not None else rights.insert
        # Whoever reads a whole trust knows the rows of its schools.
        others = [self.tenants.stranger, *([self.tenants.sibling] if S in (sees or ()) else [])]
        for other in others:
            yield from self._about_rows(rights, other)
            yield from self._about_keys(rights, other)
            yield from self._about_references(rights, other)

    def _about_rows(self, rights: Rights, other: Tenant) -> Iterator[Question]:
        """Asked by the row's own id, without the tenant's; by the whole key where only that tells rows apart."""
        name, theirs = self.relation.full_name, self.rows.of(self.relation, other)
        uuids = [c for c in self.relation.identity if self.relation.column(c).type == "uuid"]
        ids = [c for c in uuids if c not in self.relation.tenant_columns]
        by = ids or self.relation.identity
        nobodys = dict(theirs) | {c: str(uuid4()) for c in ids or uuids}
        wheres = [self._where(row, by) for row in (theirs, nobodys)]
        for right, verb in (("select", "select 1 from"), ("delete", "delete from")):
            if getattr(rights, right) is not None and rights.select is not None:
                yield Question(f"{right} {name}", *(f"{verb} {name} where {where}" for where in wheres))
        if rights.update is not None:
            update = f"update {name} set {by[0]} = {by[0]} where"
            yield Question(f"update {name}", *(f"{update} {where}" for where in wheres))

    def _about_keys(self, rights: Rights, other: Tenant) -> Iterator[Question]:
        """One's own new row under a key that another tenant has in use, or nobody."""
        if rights.insert is None:
            return
        mine, theirs = self.rows.of(self.relation, self.tenants.own), self.rows.of(self.relation, other)
        free = self.rows.again(self.relation, mine)
        own = self.relation.referring | set(self.relation.tenant_columns)
        for key in self.relation.keys:
            columns = [c for c in key.columns if c not in own and theirs[c] != mine[c]]
            if columns:
                taken = dict(free) | {c: theirs[c] for c in columns}
                texts = [
                    f"{insertion(self.relation, row, rights.only)} on conflict do nothing" for row in (taken, free)
                ]
                yield Question(f"on conflict with {key.name} of {self.relation.full_name}", *texts)

    def _about_references(self, rights: Rights, other: Tenant) -> Iterator[Question]:
        """One's own row that points at a row which is another's, or nobody's."""
        mine = self.rows.of(self.relation, self.tenants.own)
        for reference in self.relation.references:
            target = self.relations[reference.target]
            pairs = dict(zip(reference.columns, reference.target_columns, strict=True))
            free = [c for c in reference.columns if c not in self.relation.tenant_columns]
            if not free or not target.tenant_columns:
                continue
            aim = self.rows.of(target, other)
            theirs = {column: aim[pairs[column]] for column in free}
            nobodys = dict.fromkeys(free, str(uuid4()))
            what = f"{reference.name} of {self.relation.full_name}"
            if rights.insert is not None:
                new = self.rows.again(self.relation, mine)
                inserts = [insertion(self.relation, dict(new) | aimed, rights.only) for aimed in (theirs, nobodys)]
                yield Question(f"insert by {what}", *inserts)
            if rights.update is not None:
                yield Question(f"update by {what}", *(self._repoint(mine, aimed) for aimed in (theirs, nobodys)))

    def _repoint(self, mine: Row, aimed: Row) -> str:
        changes = ", ".join(f"{c} = {literal(self.relation, c, value)}" for c, value in aimed.items())
        where = self._where(mine, self.relation.identity)
        return f"update {self.relation.full_name} set {changes} where {where}"

    def _where(self, row: Row, columns: Sequence[str]) -> str:
        return " and ".join(f"{c} is not distinct from {literal(self.relation, c, row[c])}" for c in columns)
