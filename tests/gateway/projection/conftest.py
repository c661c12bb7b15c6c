"""One database for all tests of this folder: two trusts with schools whose rows are of every type."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass

import pytest
from strawberry import Schema

from footbridge.gateway.school.schema import school_schema
from footbridge.gateway.trust.schema import trust_schema
from footbridge.tenancy.caller import Caller
from tests.foundation.people import World
from tests.foundation.server import Copy, Server
from tests.gateway.differential.both_paths import WatchedDatabase
from tests.gateway.differential.population import Population, populate
from tests.gateway.projection.reading import Reader


@dataclass(frozen=True)
class Stage:
    copy: Copy
    database: WatchedDatabase
    population: Population
    world: World

    def reader(self, schema: Schema, caller: Caller | None = None) -> Reader:
        """The head of the school that has most; or somebody else."""
        return Reader.of(self.database, schema, caller or self.population.trust.heads[0])

    @property
    def executive(self) -> Reader:
        return self.reader(trust_schema, self.population.trust.executive)

    @property
    def everybody(self) -> Mapping[str, Mapping[str, Reader]]:
        """By side and name: of the same trust and of others, with all rights and with few."""
        trust, (first, _, third, _) = self.population.trust, self.world.schools
        at_schools = {
            **self.population.school_callers, "sibling": trust.heads[1],
            "stranger": first.head, "stranger of another trust": third.head,
        }  # fmt: skip
        at_trusts = self.population.trust_callers | {of.word: of.executive for of in self.world.trusts}
        return {
            "school": {name: self.reader(school_schema, caller) for name, caller in at_schools.items()},
            "trust": {name: self.reader(trust_schema, caller) for name, caller in at_trusts.items()},
        }


@pytest.fixture(scope="session")
async def stage(server: Server, populated_template: tuple[Copy, World]) -> AsyncIterator[Stage]:
    template, world = populated_template
    copy = server.copy_of(template)
    database = WatchedDatabase(copy.addresses)
    database.opened = []
    yield Stage(copy, database, await populate(copy, database), world)
    await database.close()
    await copy.database.close()
    server.drop(copy.name)


@pytest.fixture
def head(stage: Stage) -> Reader:
    return stage.reader(school_schema)


@pytest.fixture
def executive(stage: Stage) -> Reader:
    return stage.executive
