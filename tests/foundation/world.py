"""Builds the small world in an empty database, through the product's own use cases."""

from collections.abc import Mapping

from footbridge.runtime.database import Database
from tests.foundation.people import TRUST_WORDS, World, imagine_world
from tests.foundation.world_directory import fill_directory
from tests.foundation.world_register import add_client, fill_register
from tests.foundation.world_school import fill_school, read_as_trust


async def build_world(database: Database, words: Mapping[str, tuple[str, ...]] = TRUST_WORDS) -> World:
    """All trusts with their register, directory, records, releases and readings."""
    world = imagine_world(words)
    for trust in world.trusts:
        await fill_register(database, trust)
        await add_client(database, trust)
        await fill_directory(database, trust)
        for school in trust.schools:
            await fill_school(database, school)
        await read_as_trust(database, trust)
    return world
