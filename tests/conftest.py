"""What every test may ask for: a server, databases with the product's schema, and a small world within them."""

from collections.abc import AsyncIterator, Iterator, Mapping
from pathlib import Path

import pytest
from sqlalchemy import URL

from footbridge.runtime.database import Database, Role
from tests.foundation.people import World
from tests.foundation.server import Copy, Server, running_server
from tests.foundation.world import build_world

STATES = Path(__file__).parents[1] / ".test-state"


@pytest.fixture(scope="session")
def server(request: pytest.FixtureRequest) -> Iterator[Server]:
    """One server for this test process; databases on it are cheap."""
    worker = getattr(request.config, "workerinput", {"workerid": "main"})["workerid"]
    with running_server(STATES, worker) as server:
        yield server


@pytest.fixture(scope="session")
def template(server: Server) -> Iterator[Copy]:
    """Migrated once; copied, never connected to."""
    template = server.migrated()
    yield template
    server.drop(template.name)


@pytest.fixture
async def fresh_copy(server: Server, template: Copy) -> AsyncIterator[Copy]:
    """A database of its own for one test, with nothing in it but the schema."""
    async for copy in _copy(server, template):
        yield copy


@pytest.fixture
def fresh_database(fresh_copy: Copy) -> Database:
    return fresh_copy.database


@pytest.fixture
def addresses(fresh_copy: Copy) -> Mapping[Role, URL]:
    """Of `fresh_database`, for each login role."""
    return fresh_copy.addresses


@pytest.fixture(scope="module")
async def shared_copy(server: Server, template: Copy) -> AsyncIterator[Copy]:
    """One database for all tests of a module, with nothing in it but the schema and what they put there."""
    async for copy in _copy(server, template):
        yield copy


@pytest.fixture(scope="module")
def shared_database(shared_copy: Copy) -> Database:
    return shared_copy.database


@pytest.fixture(scope="module")
def shared_addresses(shared_copy: Copy) -> Mapping[Role, URL]:
    return shared_copy.addresses


@pytest.fixture(scope="session")
async def populated_template(server: Server, template: Copy) -> AsyncIterator[tuple[Copy, World]]:
    """The world, built once through the product's use cases; copied, never connected to."""
    populated = server.copy_of(template)
    world = await build_world(populated.database)
    await populated.database.close()
    yield populated, world
    server.drop(populated.name)


@pytest.fixture(scope="session")
def world(populated_template: tuple[Copy, World]) -> World:
    """Two trusts with two schools each, their people, and a row in every table; ids are the same in every copy."""
    return populated_template[1]


@pytest.fixture(scope="module")
async def world_copy(server: Server, populated_template: tuple[Copy, World]) -> AsyncIterator[Copy]:
    """The world in one database for all tests of a module."""
    async for copy in _copy(server, populated_template[0]):
        yield copy


@pytest.fixture(scope="module")
def world_database(world_copy: Copy) -> Database:
    return world_copy.database


@pytest.fixture
async def fresh_world_copy(server: Server, populated_template: tuple[Copy, World]) -> AsyncIterator[Copy]:
    """The world in a database of its own for one test."""
    async for copy in _copy(server, populated_template[0]):
        yield copy


@pytest.fixture
def fresh_world_database(fresh_world_copy: Copy) -> Database:
    return fresh_world_copy.database


async def _copy(server: Server, template: Copy) -> AsyncIterator[Copy]:
    copy = server.copy_of(template)
    yield copy
    await copy.database.close()
    server.drop(copy.name)
