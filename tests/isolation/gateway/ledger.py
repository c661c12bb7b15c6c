"""Every tenant's rows as one hash a table, and the events that were left; read as the superuser, past every wall."""

from collections import Counter
from collections.abc import Callable, Iterator
from typing import NamedTuple
from uuid import UUID

from footbridge.tenancy.tables import idempotency_key
from tests.foundation.server import Copy
from tests.isolation.catalogue import Relation, read_relations
from tests.isolation.gateway.sender import Home


class Part(NamedTuple):
    """One tenant's rows of one table; a trust's own have no school."""

    table: str
    trust_id: str | None
    school_id: str | None


State = dict[Part, str]
Allowed = Callable[[Part], bool]

NOTES = frozenset({"audit.event", idempotency_key.fullname})
"""What a refusal leaves: that it was refused, and the answer to tell again."""

TOLD_TO_SIBLINGS = "published.sibling_view"
READ_BY_TRUST = "delegation.access_record"


class Ledger:
    def __init__(self, copy: Copy) -> None:
        self._connection = copy.connect()
        tables = [relation for relation in read_relations(self._connection) if not relation.is_view]
        self._query = " union all ".join(_hashed(table) for table in tables).encode()
        self._known: tuple[str, State] = ("", {})

    def close(self) -> None:
        self._connection.close()

    def state(self) -> State:
        """Read anew only if some transaction has written since: one that only reads is given no number."""
        written = str(self._connection.execute("select pg_current_snapshot()::text").fetchone())
        if written != self._known[0]:
            rows = self._connection.execute(self._query).fetchall()
            found = {
                Part(str(table), _text(trust), _text(school)): str(hashed) for table, trust, school, hashed in rows
            }
            self._known = (written, found)
        return self._known[1]

    def events_of(self, actor_id: UUID | None) -> Counter[str]:
        found = self._connection.execute(
            "select action, count(*) from audit.event where actor_id = %s group by 1", (actor_id,)
        )
        return Counter({str(action): int(str(count)) for action, count in found.fetchall()})

    def accesses_of(self, reader_id: UUID | None, operation: str) -> set[tuple[str, str, str]]:
        """School, measure and period."""
        found = self._connection.execute(
            "select school_id::text, measure_id, period from delegation.access_record "
            "where reader_id = %s and operation = %s",
            (reader_id, operation),
        )
        return {(str(school), str(measure), str(period)) for school, measure, period in found.fetchall()}


def changed(before: State, after: State, allowed: Allowed) -> Iterator[str]:
    """Whose rows of which table are not as they were, and should be."""
    for part in sorted({*before, *after}, key=str):
        if before.get(part) != after.get(part) and not allowed(part):
            yield f"rows of {part.table} changed (trust {part.trust_id}, school {part.school_id})"


def notes_of(home: Home) -> Allowed:
    """After a refusal, or a read."""
    return lambda part: (
        (part.table in NOTES and _own(part, home))
        or (part.table == READ_BY_TRUST and home.school_id is None and part.trust_id == str(home.trust_id))
    )


def record_of(home: Home) -> Allowed:
    """After a change: what is the school's own, and what its publication tells of it in its trust."""
    return lambda part: _own(part, home) or (part.table == TOLD_TO_SIBLINGS and part.trust_id == str(home.trust_id))


def nothing(_: Part) -> bool:
    return False


def _own(part: Part, home: Home) -> bool:
    trusts = part.trust_id in {str(home.trust_id), None}
    return trusts and (part.school_id == str(home.school_id) or (part.school_id is None and part.trust_id is not None))


def _hashed(table: Relation) -> str:
    trust, school = (name if name in table.column_names else "null::uuid" for name in ("trust_id", "school_id"))
    return (
        f"select '{table.full_name}', {trust}::text, {school}::text, "
        f"count(*) || ' ' || sum(hashtextextended(t::text, 0)) from {table.full_name} t group by 2, 3"
    )


def _text(value: object) -> str | None:
    return None if value is None else str(value)
