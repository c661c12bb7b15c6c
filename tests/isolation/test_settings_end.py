"""A tenant is set for one transaction: the next one on the same connection belongs to nobody."""

import pytest
from asyncpg import PostgresError
from sqlalchemy import func, select

from footbridge.partnerships.tables import partnership
from footbridge.runtime.database import Database, Role
from tests.foundation.people import World
from tests.foundation.server import Copy
from tests.isolation.settings_end import settings_left_over
from tests.isolation.tenant import Tenants


async def test_no_setting_survives_its_transaction(world: World, world_copy: Copy) -> None:
    assert await settings_left_over(world_copy.addresses, Tenants.of(world)) == []


async def test_after_a_schools_transaction_its_rows_are_out_of_reach(world: World, world_copy: Copy) -> None:
    database = Database(world_copy.addresses, pool_size=1)
    count = select(func.count()).select_from(partnership)
    school = world.schools[0]
    async with database.transaction(Role.SCHOOL, school_id=school.id, trust_id=school.trust_id) as transaction:
        assert await transaction.scalar(count) == 1
    with pytest.raises(PostgresError, match="invalid input syntax for type uuid"):
        async with database.transaction(Role.SCHOOL) as transaction:
            await transaction.scalar(count)
    await database.close()
