"""What must come of an attempt, from the doctrine alone: let through, or denied in which way."""

from dataclasses import dataclass
from enum import Enum, auto

from tests.isolation.attempt import Attempt, Operation
from tests.isolation.catalogue import Relation
from tests.isolation.doctrine import K, Keys, Rights
from tests.isolation.outcome import Kind
from tests.isolation.rows import Row, changeable
from tests.isolation.tenant import Said

THROUGH = frozenset({Kind.DONE})
_NO_PRIVILEGE = frozenset({Kind.NO_PRIVILEGE})

_READS = {Operation.SELECT, Operation.COPY_OUT, Operation.SURVEY}
_MOVES = {Operation.MOVE, Operation.TAKE}
_INSERTS = {Operation.INSERT, Operation.INSERT_ALL, Operation.DO_NOTHING}

_NEEDS = {
    Operation.SELECT: {"select"},
    Operation.SURVEY: {"select"},
    Operation.COPY_OUT: {"select"},
    Operation.LOCK: {"select", "update"},
    Operation.INSERT: {"insert"},
    Operation.INSERT_ALL: {"insert"},
    Operation.DO_NOTHING: {"insert"},
    Operation.DO_UPDATE: {"insert", "select", "update"},
    Operation.UPDATE: {"select", "update"},
    Operation.MOVE: {"select", "update"},
    Operation.TAKE: {"select", "update"},
    Operation.DELETE: {"select", "delete"},
    Operation.COPY_IN: {"insert"},
}


class Verdict(Enum):
    AGREES = auto()
    DIFFERS = auto()
    UNSET = auto()
    DIFFERS_OR_UNSET = auto()


@dataclass(frozen=True)
class Speaker:
    """A role's rights behind one wall, with what its connection has set."""

    relation: Relation
    rights: Rights
    said: Said
    held: str | None

    def expected(self, attempt: Attempt) -> frozenset[Kind]:
        operation = attempt.operation
        if operation is Operation.TRUNCATE:
            return _NO_PRIVILEGE
        if not _NEEDS[operation] <= self.rights.granted() or self._names_more(attempt):
            return _NO_PRIVILEGE | ({Kind.UNSET} if self._misses_a_setting else set())
        if operation is Operation.COPY_IN:
            return frozenset({Kind.UNSUPPORTED})
        if operation in _READS | {Operation.LOCK}:
            return self._seen(attempt)
        if operation in _INSERTS:
            return self._inserted(attempt)
        return self._changed(attempt)

    def _names_more(self, attempt: Attempt) -> bool:
        """Columns that this role may not name."""
        if attempt.operation in {Operation.INSERT_ALL, Operation.COPY_IN}:
            return self.rights.only is not None
        never = {self.relation.lookup_column if name == K else name for name in self.rights.never}
        return bool(attempt.writes & never)

    def _seen(self, attempt: Attempt) -> frozenset[Kind]:
        keys = self._using("lock") if attempt.operation is Operation.LOCK else self._using("select")
        verdict = self._judge(keys, attempt.before)
        if attempt.operation is Operation.SURVEY and verdict in {Verdict.AGREES, Verdict.DIFFERS}:
            return frozenset({Kind.INVISIBLE})
        return _denied(verdict, Kind.INVISIBLE)

    def _inserted(self, attempt: Attempt) -> frozenset[Kind]:
        if self._fills_in_nonsense:
            return frozenset({Kind.UNSET})
        row = dict(attempt.after) | {column: self.said.values.get(column) for column in self._filled_in}
        return _denied(self._judge(self.rights.insert or frozenset(), row), Kind.POLICY)

    def _changed(self, attempt: Attempt) -> frozenset[Kind]:
        """What is there must be seen and be ours to change, and so must what will be there."""
        right = "delete" if attempt.operation is Operation.DELETE else "update"
        keys = self._using(right)
        if attempt.operation is Operation.DO_UPDATE:
            if self._fills_in_nonsense:
                return frozenset({Kind.UNSET})
            keys |= self.rights.insert or frozenset()
        before = self._judge(keys, attempt.before)
        if attempt.operation not in _MOVES or before is not Verdict.AGREES:
            return _denied(before, Kind.INVISIBLE, Kind.POLICY)
        return _denied(self._judge(keys, attempt.after), Kind.POLICY)

    @property
    def _filled_in(self) -> list[str]:
        """Tenant columns that this role does not name: the table fills them in from the setting."""
        only = self.rights.only
        return [] if only is None else [column for column in self.relation.tenant_columns if column not in only]

    @property
    def _fills_in_nonsense(self) -> bool:
        return any(self.said.values.get(column) and not self.said.is_valid(column) for column in self._filled_in)

    @property
    def _misses_a_setting(self) -> bool:
        """The planner looks at the policies before the executor looks at the privileges."""
        keys = self._using("update")
        return any(self.held is None if key == K else not self.said.is_valid(key) for key in keys)

    def _using(self, right: str) -> Keys:
        wanted = self.rights.lock if right == "lock" and self.rights.lock is not None else None
        chosen = getattr(self.rights, "update" if right == "lock" else right) if wanted is None else wanted
        return (self.rights.select or frozenset()) | (chosen or frozenset())

    def _judge(self, keys: Keys, row: Row) -> Verdict:
        """Whether every setting agrees with the row."""
        unset = {key for key in keys if (self.held is None if key == K else not self.said.is_valid(key))}
        differs = {key for key in keys - unset if self._value(key) != row[self._column(key)]}
        if unset:
            return Verdict.DIFFERS_OR_UNSET if differs else Verdict.UNSET
        return Verdict.DIFFERS if differs else Verdict.AGREES

    def _column(self, key: str) -> str:
        return self.relation.lookup_column or key if key == K else key

    def _value(self, key: str) -> str | None:
        return self.held if key == K else self.said.values[key]


def may_be_refused_by_constraint(relation: Relation, attempt: Attempt, rights: Rights) -> bool:
    """Where the wall lets a statement through that cannot succeed: the row is pointed at, or unique by its tenant."""
    match attempt.operation:
        case Operation.INSERT | Operation.COPY_IN:
            return any(changeable(relation, key) is None for key in relation.keys)
        case Operation.DELETE | Operation.MOVE | Operation.TAKE:
            return True
        case Operation.DO_UPDATE:
            return any(relation.column(name).generated for name in relation.identity)
        case _:
            return False


def _denied(verdict: Verdict, *ways: Kind) -> frozenset[Kind]:
    match verdict:
        case Verdict.AGREES:
            return THROUGH
        case Verdict.DIFFERS:
            return frozenset(ways)
        case Verdict.UNSET:
            return frozenset({Kind.UNSET})
        case Verdict.DIFFERS_OR_UNSET:
            return frozenset({Kind.UNSET, *ways})
