"""Listens on the connections of a pool, those that are open already among them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from footbridge.runtime.database import Database, Role
from footbridge.runtime.pool import Pool

if TYPE_CHECKING:
    from asyncpg import Connection

OWN = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "SET LOCAL")


@contextmanager
def heard(database: Database, *roles: Role) -> Iterator[list[str]]:
    """The statements of these roles, in order; how transactions begin and end is not among them."""
    seen: list[str] = []
    listened: list[Connection[Any]] = []

    def note(asked: Any) -> None:
        if not asked.query.startswith(OWN):
            seen.append(asked.query)

    def listen(connection: Connection[Any]) -> None:
        connection.add_query_logger(note)
        listened.append(connection)

    pools = [database.pool(role) for role in roles]
    for pool in pools:
        at_each_loan(pool, listen)
    yield seen
    for pool in pools:
        vars(pool).pop("take")
    for connection in listened:
        connection.remove_query_logger(note)


async def all_ended(database: Database) -> None:
    """What was only read has been committed too, and with that its last statement heard."""
    await asyncio.gather(*database._endings)


def at_each_loan(pool: Pool, listen: Callable[[Connection[Any]], None]) -> None:
    own = pool.take

    async def take() -> Connection[Any]:
        connection = await own()
        listen(connection)
        return connection

    vars(pool)["take"] = take
