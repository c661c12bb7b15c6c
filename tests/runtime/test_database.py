"""Transactions of one tenant: how they begin, what they see, how they end, and what they leave behind."""

import asyncio
import time
from collections.abc import AsyncIterator, Mapping

import pytest
from asyncpg import PostgresError
from sqlalchemy import URL, func, insert, select, text, update

from footbridge.runtime.database import (
    Database,
    Role,
    Transaction,
    TransactionEnded,
    is_unavailable,
    set_local,
    violates,
)
from footbridge.runtime.ids import new_id
from footbridge.tenancy.tables import trust
from tests.foundation.server import Copy

NAMES = select(func.count()).select_from(trust)
PROCESS = text("select pg_backend_pid()")
TENANT = text("select current_setting('footbridge.trust_id', true)")
A_MINUTE = text("select pg_sleep(60)")


class Refused(Exception):
    """Stands for whatever a use case raises."""


@pytest.fixture
async def narrow(addresses: Mapping[Role, URL]) -> AsyncIterator[Database]:
    """With one connection a role, so that whoever comes next gets the same one."""
    database = Database(addresses, pool_size=1)
    yield database
    await database.close()


def new_trust(uid: str = "1") -> dict[str, object]:
    return {"id": new_id(), "uid": uid, "name": "Alder", "sort_name": "alder"}


async def add_trust(database: Database, uid: str = "1", *, refused: bool = False) -> None:
    async with database.transaction(Role.REGISTER) as transaction:
        await transaction.run(insert(trust).values(new_trust(uid)))
        if refused:
            raise Refused


async def count_trusts(database: Database) -> int:
    async with database.transaction(Role.REGISTER, read_only=True) as transaction:
        count: int = await transaction.scalar(NAMES)
    return count


async def test_a_block_that_ends_has_been_committed(fresh_database: Database) -> None:
    await add_trust(fresh_database)
    assert await count_trusts(fresh_database) == 1


async def test_a_block_that_raises_has_changed_nothing(fresh_database: Database) -> None:
    with pytest.raises(Refused):
        await add_trust(fresh_database, refused=True)
    assert await count_trusts(fresh_database) == 0


async def test_a_failed_statement_ends_the_block_and_keeps_the_connection(narrow: Database) -> None:
    await add_trust(narrow)
    with pytest.raises(PostgresError) as refused:
        await add_trust(narrow)
    assert violates(refused.value, "trust_uid_key")
    assert not violates(refused.value, "trust_pkey")
    assert await count_trusts(narrow) == 1


async def test_a_read_only_transaction_writes_nothing(fresh_database: Database) -> None:
    with pytest.raises(PostgresError, match="read-only transaction"):
        async with fresh_database.transaction(Role.REGISTER, read_only=True) as transaction:
            await transaction.run(insert(trust).values(new_trust()))


async def test_a_read_sees_one_moment(fresh_database: Database) -> None:
    async with fresh_database.transaction(Role.TRUST, read_only=True, trust_id=new_id()) as transaction:
        before = await transaction.scalar(NAMES)
        await add_trust(fresh_database)
        assert await transaction.scalar(NAMES) == before == 0
    assert await count_trusts(fresh_database) == 1


async def test_a_write_sees_what_others_have_committed(fresh_database: Database) -> None:
    async with fresh_database.transaction(Role.REGISTER) as transaction:
        assert await transaction.scalar(NAMES) == 0
        await add_trust(fresh_database, "2")
        assert await transaction.scalar(NAMES) == 1


async def test_each_role_has_its_own_login(fresh_database: Database) -> None:
    for role in Role:
        async with fresh_database.transaction(role) as transaction:
            assert await transaction.scalar(text("select session_user || ' ' || current_user")) == " ".join(
                [role.login] * 2
            )


async def test_a_statement_after_the_end_is_refused(fresh_database: Database) -> None:
    async with fresh_database.transaction(Role.REGISTER) as transaction:
        assert await transaction.scalar(NAMES) == 0
    with pytest.raises(TransactionEnded):
        await transaction.scalar(NAMES)
    with pytest.raises(TransactionEnded):
        await transaction.run(update(trust).values(name="x"))
    with pytest.raises(TransactionEnded):
        await transaction.command("select 1")


async def test_the_end_waits_for_a_statement_under_way(narrow: Database) -> None:
    began = asyncio.Event()

    async def work(transaction: Transaction) -> int:
        began.set()
        return await transaction.run(insert(trust).values(new_trust()))

    async with narrow.transaction(Role.REGISTER) as transaction:
        left_over = asyncio.create_task(work(transaction))
        await began.wait()
    assert await left_over == 1
    assert await count_trusts(narrow) == 1


async def test_statements_asked_at_once_run_one_after_another(fresh_database: Database) -> None:
    async with fresh_database.transaction(Role.REGISTER) as transaction:
        rows = [new_trust(str(number)) for number in range(20)]
        changed = await asyncio.gather(*(transaction.run(insert(trust).values(row)) for row in rows))
    assert changed == [1] * 20


async def test_cancelling_a_statement_leaves_no_tenant_and_a_working_pool(narrow: Database) -> None:
    for _ in range(3):
        began = asyncio.Event()
        task = asyncio.create_task(_sleep_in(narrow, began))
        await began.wait()
        await asyncio.wait([task], timeout=0.05)  # so that the statement is on its way
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        async with narrow.transaction(Role.TRUST) as transaction:
            assert not await transaction.scalar(TENANT)


async def test_a_cancelled_statement_does_not_run_on(fresh_copy: Copy) -> None:
    began = asyncio.Event()
    task = asyncio.create_task(_sleep_in(fresh_copy.database, began))
    await began.wait()
    await asyncio.wait([task], timeout=0.05)
    task.cancel()
    await asyncio.wait([task])
    deadline = time.monotonic() + 5
    running = """select count(*) from pg_stat_activity
        where datname = %s and state = 'active' and pid <> pg_backend_pid() and query like %s"""
    with fresh_copy.connect() as connection:
        while connection.execute(running, (fresh_copy.name, "%pg_sleep%")).fetchone() != (0,):
            assert time.monotonic() < deadline, "the server still works on what nobody waits for"


async def _sleep_in(database: Database, began: asyncio.Event) -> None:
    async with database.transaction(Role.TRUST, trust_id=new_id()) as transaction:
        began.set()
        await transaction.scalar(A_MINUTE)


async def test_a_pool_that_is_used_up_says_so_within_a_second_or_so(narrow: Database) -> None:
    async with narrow.transaction(Role.TRUST, trust_id=new_id()):
        began = time.monotonic()
        with pytest.raises(Exception, match="All 1 connections") as exhausted:
            async with narrow.transaction(Role.TRUST, trust_id=new_id()):
                raise AssertionError("there was a second connection")
    assert 0.8 < time.monotonic() - began < 2
    assert is_unavailable(exhausted.value)


async def test_a_connection_that_the_server_ended_is_replaced(fresh_copy: Copy, narrow: Database) -> None:
    """At once where its end is known already, else after one refusal that says whose fault it is."""
    first = await process_or_unavailable(narrow)
    with fresh_copy.connect() as connection:
        connection.execute("select pg_terminate_backend(%s, 5000)", (first,))
    answers = [await process_or_unavailable(narrow) for _ in range(2)]
    assert first not in answers
    assert answers[-1] is not None


async def process_or_unavailable(database: Database) -> int | None:
    try:
        async with database.transaction(Role.TRUST) as transaction:
            process: int = await transaction.scalar(PROCESS)
    except Exception as lost:
        if not is_unavailable(lost):
            raise
        return None
    return process


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("trust_id", "x'; drop table register.trust; --"),
        ("trust_id", ""),
        ("trust_id", "a b"),
        ("trust_id", "x\n"),
        ("trust_id", "Ä"),
        ("lookup_key", "x" * 254),
        ("role", "footbridge_owner"),
        ("trust_id; reset all", "x"),
    ],
)
def test_a_setting_that_would_need_quoting_is_refused(name: str, value: str) -> None:
    with pytest.raises(ValueError, match="cannot be set"):
        set_local(name, value)


def test_a_tenant_is_set_for_its_transaction_only() -> None:
    school_id = new_id()
    assert set_local("school_id", school_id) == f"SET LOCAL footbridge.school_id = '{school_id}'"


async def test_a_connection_is_lent_until_its_reading_has_been_committed(narrow: Database) -> None:
    pool = narrow.pool(Role.TRUST)
    async with narrow.transaction(Role.TRUST, read_only=True, trust_id=new_id()) as transaction:
        driver = transaction.driver
        process = await transaction.scalar(PROCESS)
    assert pool.lent == 1
    assert driver.is_in_transaction()
    async with narrow.transaction(Role.TRUST, read_only=True) as transaction:
        assert await transaction.scalar(PROCESS) == process
        assert await transaction.scalar(TENANT) in {None, ""}
    await narrow.close()
    assert pool.lent == 0


async def test_a_reading_whose_server_is_gone_at_its_end_has_been_read(fresh_copy: Copy, narrow: Database) -> None:
    pool = narrow.pool(Role.REGISTER)
    async with narrow.transaction(Role.REGISTER, read_only=True) as transaction:
        process = await transaction.scalar(PROCESS)
        with fresh_copy.connect() as connection:
            connection.execute("select pg_terminate_backend(%s, 5000)", (process,))
    assert pool.lent == 1
    assert await count_trusts(narrow) == 0


async def test_a_refused_setting_returns_the_connection(narrow: Database) -> None:
    with pytest.raises(ValueError, match="cannot be set"):
        async with narrow.transaction(Role.TRUST, trust_id="'"):
            raise AssertionError("it began")
    async with narrow.transaction(Role.TRUST) as transaction:
        assert not await transaction.scalar(TENANT)
