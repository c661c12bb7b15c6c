"""Chains what was committed: each event's seal hashes the seal before it, so that no event can be changed unseen.

Sealing is apart from writing, in batches and by one role: a chain in the writer's own transaction would make every
writer of a busy school wait for the one before.
"""

import hashlib
import json
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import func, insert, select, text

from footbridge.audit.tables import event, seal
from footbridge.runtime.database import Database, Role, Transaction

BATCH = 1_000
LONGEST_TRANSACTION = timedelta(hours=1)
FIRST = b"\0" * 32


async def seal_events(database: Database) -> int:
    """Seals up to a thousand committed events, the oldest first; says how many. One sealer works at a time."""
    async with database.transaction(Role.SEALER) as transaction:
        await transaction.run(text("select pg_advisory_xact_lock(hashtext('footbridge audit seal'))"))
        previous = await _last_hash(transaction)
        rows = []
        for entry in await _unsealed(transaction):
            previous = hash_of(previous, entry)
            rows.append({"event_id": entry.id, "hash": previous})
        if rows:
            await transaction.run(insert(seal), rows)
        return len(rows)


async def seal_all(database: Database) -> int:
    """Until nothing is left; says how many."""
    total = 0
    while sealed := await seal_events(database):
        total += sealed
    return total


async def find_broken_seal(database: Database) -> int | None:
    """The position of the first seal that does not fit its event and the seal before it; None if all fit."""
    async with database.transaction(Role.SEALER, read_only=True) as transaction:
        previous, after = FIRST, 0
        while rows := await _sealed_after(transaction, after):
            for position, stored, *entry_values in rows:
                entry = _Entry(entry_values)
                previous = hash_of(previous, entry)
                if entry.id is None or previous != stored:
                    return int(position)
            after = rows[-1][0]
    return None


def hash_of(previous: bytes, entry: Any) -> bytes:
    """SHA-256 over the seal before it and the event's columns as JSON."""
    content = {column.name: _plain(getattr(entry, column.name)) for column in event.columns}
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(previous + canonical.encode()).digest()


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, dict) else str(value)


class _Entry:
    """An event's columns by name."""

    def __init__(self, values: Sequence[Any]) -> None:
        self.__dict__.update(zip((column.name for column in event.columns), values, strict=True))
        self.id = self.__dict__["id"]


async def _last_hash(transaction: Transaction) -> bytes:
    return await transaction.scalar(select(seal.c.hash).order_by(seal.c.position.desc()).limit(1)) or FIRST


async def _unsealed(transaction: Transaction) -> Sequence[Any]:
    """A transaction may commit after a later one: looks back as far as the longest may last.

    Each event looks for its own seal: to join all of both takes seconds when there are millions.
    """
    last_sealed = select(event.c.occurred_at).join(seal, seal.c.event_id == event.c.id).order_by(seal.c.position.desc())
    newest = last_sealed.limit(1).scalar_subquery()
    own = select(seal.c.event_id).where(seal.c.event_id == event.c.id).limit(1).lateral("own")
    query = (
        select(*event.columns)
        .outerjoin_from(event, own, text("true"))
        .where(own.c.event_id.is_(None))
        .where(event.c.occurred_at > func.coalesce(newest - LONGEST_TRANSACTION, text("'-infinity'::timestamptz")))
    )
    return await transaction.all(query.order_by(event.c.occurred_at, event.c.id).limit(BATCH))


async def _sealed_after(transaction: Transaction, position: int) -> Sequence[Any]:
    query = select(seal.c.position, seal.c.hash, *event.columns).outerjoin_from(
        seal, event, event.c.id == seal.c.event_id
    )
    return await transaction.all(query.where(seal.c.position > position).order_by(seal.c.position).limit(BATCH))
