"""The world made ready for the matrix, once: everybody entered, pools filled, private words marked, all harvested."""

from collections.abc import Mapping
from dataclasses import dataclass

from psycopg import sql

from tests.foundation.people import World
from tests.foundation.server import Copy
from tests.isolation.catalogue import Connection, read_relations
from tests.isolation.gateway.arena import Arena
from tests.isolation.gateway.harvest import Harvest, Harvester
from tests.isolation.gateway.library import library
from tests.isolation.gateway.matrix import Matrix
from tests.isolation.gateway.pool import Pool, fill_pool
from tests.isolation.gateway.population import Population, Senders
from tests.isolation.gateway.sender import Home, home_of_school, private

SIZES = (16, 5, 5, 1)


@dataclass(frozen=True)
class Stage:
    """A database to copy, and what is known of every copy."""

    copy: Copy
    world: World
    senders: Senders
    harvest: Harvest
    pools: Mapping[Home, Pool]

    def arena(self, copy: Copy) -> Arena:
        return Arena(copy, self.world, self.senders, library().all())

    def matrix(self, arena: Arena) -> Matrix:
        pools = {home: pool.fresh() for home, pool in self.pools.items()}
        return Matrix(arena, library(), self.harvest, pools)


async def set_stage(copy: Copy, world: World) -> Stage:
    senders = await Population(copy.database, world).enter()
    pools = {}
    for school, size in zip(world.schools, SIZES, strict=True):
        pools[home_of_school(school)] = await fill_pool(copy.database, school, size=size)
    with copy.connect() as connection:
        _mark_private(connection, world)
    async with Arena(copy, world, senders, library().all()) as arena:
        harvest = await Harvester(arena, library()).reap()
        faults = arena.findings()
    assert not faults, "\n".join(faults[:20])
    return Stage(copy, world, senders, harvest, pools)


def _mark_private(connection: Connection, world: World) -> None:
    """In the school's own tables its word is another one than in what it shared."""
    for table in read_relations(connection):
        texts = [column.name for column in table.columns if column.type == "text"]
        if table.schema != "school" or table.is_view or not texts:
            continue
        for school in world.schools:
            changes = sql.SQL(", ").join(
                sql.SQL("{0} = replace({0}, {1}, {2})").format(sql.Identifier(name), school.word, private(school.word))
                for name in texts
            )
            update = sql.SQL("update {} set {} where school_id = {}")
            connection.execute(update.format(sql.Identifier(table.schema, table.name), changes, str(school.id)))
