"""The stage of the GraphQL matrix, and databases copied from it."""

from collections.abc import AsyncIterator

import pytest

from tests.foundation.people import World
from tests.foundation.server import Copy, Server
from tests.isolation.gateway.matrix import Matrix
from tests.isolation.gateway.stage import Stage, set_stage


@pytest.fixture(scope="session")
async def stage(server: Server, populated_template: tuple[Copy, World]) -> AsyncIterator[Stage]:
    template, world = populated_template
    copy = server.copy_of(template)
    stage = await set_stage(copy, world)
    await copy.database.close()
    yield stage
    server.drop(copy.name)


@pytest.fixture(scope="module")
async def matrix(server: Server, stage: Stage) -> AsyncIterator[Matrix]:
    """For all tests of a module, in one database."""
    async for matrix in open_matrix(server, stage):
        yield matrix


async def open_matrix(server: Server, stage: Stage) -> AsyncIterator[Matrix]:
    copy = server.copy_of(stage.copy)
    async with stage.arena(copy) as arena:
        yield stage.matrix(arena)
    await copy.database.close()
    server.drop(copy.name)
