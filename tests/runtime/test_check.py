"""A check is one round trip: it sees what its tenant may see, and leaves nothing behind."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from asyncpg import PostgresError

from footbridge.runtime.database import Database, Role
from footbridge.runtime.ids import new_id
from tests.foundation.connections import heard
from tests.foundation.people import World
from tests.foundation.server import Copy

VERSION = "SELECT 1 FROM published.version WHERE number > {}"
OF_TRUST = "SELECT 1 FROM published.version WHERE trust_id = {}"


@pytest.fixture
async def narrow(world_copy: Copy) -> AsyncIterator[Database]:
    """With one connection a role, so that whoever comes next gets the same one."""
    database = Database(world_copy.addresses, pool_size=1)
    yield database
    await database.close()


async def test_what_is_there_is_found(narrow: Database, world: World) -> None:
    trust_id = world.trusts[0].id
    assert await narrow.check(Role.TRUST, VERSION, 0, trust_id=trust_id)
    assert not await narrow.check(Role.TRUST, VERSION, 1_000_000, trust_id=trust_id)


async def test_another_trusts_is_not_found(narrow: Database, world: World) -> None:
    own, other = (trust.id for trust in world.trusts)
    assert await narrow.check(Role.TRUST, OF_TRUST, own, trust_id=own)
    assert not await narrow.check(Role.TRUST, OF_TRUST, other, trust_id=own)
    assert await narrow.check(Role.TRUST, OF_TRUST, other, trust_id=other)
    assert not await narrow.check(Role.TRUST, VERSION, 0, trust_id=new_id())


async def test_without_a_tenant_it_is_an_error(narrow: Database, world: World) -> None:
    with pytest.raises(PostgresError, match=r"footbridge\.trust_id|invalid input syntax for type uuid"):
        await narrow.check(Role.TRUST, VERSION, 0)
    assert await narrow.check(Role.TRUST, VERSION, 0, trust_id=world.trusts[0].id)
    with pytest.raises(PostgresError, match=r"footbridge\.trust_id|invalid input syntax for type uuid"):
        await narrow.check(Role.TRUST, VERSION, 0)


async def test_nothing_is_left_on_the_connection(narrow: Database, world: World) -> None:
    assert await narrow.check(Role.TRUST, VERSION, 0, trust_id=world.trusts[0].id)
    connection = await narrow.pool(Role.TRUST).take()
    assert await connection.fetchval("select current_setting('footbridge.trust_id', true)") in {None, ""}
    assert await connection.fetchval("show transaction_read_only") == "off"
    assert not connection.is_in_transaction()
    narrow.pool(Role.TRUST).give_back(connection)


async def test_one_query_is_sent(narrow: Database, world: World) -> None:
    with heard(narrow, Role.TRUST) as statements:
        assert await narrow.check(Role.TRUST, VERSION, 0, trust_id=world.trusts[0].id)
        await asyncio.sleep(0)  # a driver tells what it asked in the next turn of the loop
    assert len(statements) == 1


async def test_nothing_can_be_changed(narrow: Database, world: World) -> None:
    school = world.schools[0]
    delete = "WITH gone AS (DELETE FROM school.idempotency_key RETURNING 1) SELECT 1 FROM gone"
    with pytest.raises(PostgresError, match="read-only transaction"):
        await narrow.check(Role.SCHOOL, delete, school_id=school.id, trust_id=school.trust_id)


@pytest.mark.parametrize("value", ["1", True, 1.5, None])
async def test_only_ids_and_whole_numbers_are_literals(narrow: Database, value: object) -> None:
    with pytest.raises(ValueError, match="only ids and whole numbers"):
        await narrow.check(Role.TRUST, VERSION, value, trust_id=new_id())  # type: ignore[arg-type]


async def test_only_one_statement_is_asked(narrow: Database) -> None:
    with pytest.raises(ValueError, match="one SELECT"):
        await narrow.check(Role.TRUST, "SELECT 1; SELECT 1", trust_id=new_id())


@pytest.mark.parametrize("turns", range(6))
async def test_one_that_is_given_up_leaves_nothing(narrow: Database, world: World, turns: int) -> None:
    trust_id = world.trusts[0].id
    asked = asyncio.create_task(narrow.check(Role.TRUST, VERSION, 0, trust_id=trust_id))
    for _ in range(turns):
        await asyncio.sleep(0)
    asked.cancel()
    await asyncio.wait([asked])
    assert narrow.pool(Role.TRUST).lent == 0
    assert not await narrow.check(Role.TRUST, VERSION, 0, trust_id=new_id())
    assert await narrow.check(Role.TRUST, VERSION, 0, trust_id=trust_id)
