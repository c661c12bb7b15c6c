"""Builds the small world in an empty database, through the product's own use cases."""

from footbridge.runtime.database import Database
from tests.foundation.people import World, imagine_world
from tests.foundation.world_directory import fill_directory
from tests.foundation.world_register import fill_register
from tests.foundation.world_school import fill_school, read_as_trust


async def build_world(database: Database) -> World:
    """Both trusts with their register, directory, records, releases and readings."""
    world = imagine_world()
    for trust in world.trusts:
        await fill_register(database, trust)
        await fill_directory(database, trust)
        for school in trust.schools:
            await fill_school(database, school)
        await read_as_trust(database, trust)
    return world
