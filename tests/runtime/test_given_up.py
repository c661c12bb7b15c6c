"""A transaction that is given up, at whatever moment, leaves no tenant behind on its connection."""

import asyncio
import uuid
from collections.abc import AsyncIterator, Mapping
from contextlib import suppress

import pytest
from sqlalchemy import URL, text

from footbridge.runtime.database import Database, Role

TURNS = 14
TIMES = 8


@pytest.fixture
async def database(shared_addresses: Mapping[Role, URL]) -> AsyncIterator[Database]:
    """With one connection a role, so that whoever comes next gets the same one."""
    database = Database(shared_addresses, pool_size=1)
    yield database
    await database.close()


@pytest.mark.parametrize("read_only", [True, False])
@pytest.mark.parametrize("turns", range(TURNS))
async def test_a_transaction_given_up_after_so_many_turns_of_the_loop_is_over(
    database: Database, turns: int, read_only: bool
) -> None:
    """Also while BEGIN is under way, which the server may have heard although nobody waits for it any more."""
    for _ in range(TIMES):
        await give_up(asyncio.create_task(work(database, read_only)), turns)
        assert await left_behind(database) in {(None, False), ("", False)}


@pytest.mark.parametrize("turns", range(TURNS))
async def test_one_given_up_twice_is_over_too(database: Database, turns: int) -> None:
    """As when a client hangs up while its deadline passes."""
    for _ in range(TIMES):
        task = asyncio.create_task(work(database, read_only=False))
        await turn(turns)
        task.cancel()
        await turn(turns % 5)
        await give_up(task, 0)
        assert await left_behind(database) in {(None, False), ("", False)}


async def work(database: Database, read_only: bool) -> None:
    async with database.transaction(Role.TRUST, read_only=read_only, trust_id=uuid.uuid4()) as transaction:
        for _ in range(20):
            await transaction.scalar(text("select 1"))


async def give_up(task: "asyncio.Task[None]", turns: int) -> None:
    await turn(turns)
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


async def turn(turns: int) -> None:
    for _ in range(turns):
        await asyncio.sleep(0)


async def left_behind(database: Database) -> tuple[object, bool]:
    """What the next one finds on the connection before they begin: whose it is, and whether a transaction is open."""
    pool = database.pool(Role.TRUST)
    connection = await pool.take()
    try:
        tenant = await connection.fetchval("select current_setting('footbridge.trust_id', true)")
        is_open = connection.is_in_transaction()
        await connection.execute("ROLLBACK")
        return tenant, is_open
    finally:
        pool.give_back(connection)
