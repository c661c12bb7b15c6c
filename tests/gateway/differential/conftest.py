"""The population, and for each schema what may be asked of it."""

import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from footbridge.gateway.school.schema import school_schema
from footbridge.gateway.trust.schema import trust_schema
from footbridge.measures.find import all_measures
from footbridge.tenancy.caller import Caller
from tests.foundation.people import World
from tests.foundation.server import Copy
from tests.gateway.differential.both_paths import BothPaths, WatchedDatabase
from tests.gateway.differential.connections import Reader
from tests.gateway.differential.harvest import Ask, harvest_cursors, harvest_ids
from tests.gateway.differential.known import Known
from tests.gateway.differential.population import Population, populate
from tests.gateway.differential.proof import Proof
from tests.publication.sharing import school_of


@dataclass(frozen=True)
class Stage:
    """One event loop and one database for all documents of a module."""

    runner: asyncio.Runner
    database: WatchedDatabase
    population: Population
    world: World

    def proof(self, side: str) -> Proof:
        return Proof(*self._asked(side), self.runner)

    def reader(self, side: str) -> tuple[Reader, Known]:
        """One who may read everything of the school, or of the trust."""
        paths, known = self._asked(side)
        return Reader(paths, next(iter(known.callers.values()))), known

    def reader_of_school(self, head: Caller, *, compiled: bool) -> Reader:
        return Reader(BothPaths(self.database, school_schema, school_of(head)), head, compiled)

    def _asked(self, side: str) -> tuple[BothPaths, Known]:
        return self.runner.run(self._school() if side == "school" else self._trust())

    async def _school(self) -> tuple[BothPaths, Known]:
        people, school_id = self.population.school_callers, self.population.school_id
        paths = BothPaths(self.database, school_schema, school_id)
        sibling, stranger = self.population.trust.heads[1], self.world.schools[0].head
        foreign = [
            (BothPaths(self.database, school_schema, school_of(caller)), caller) for caller in (sibling, stranger)
        ]
        return paths, await _known(paths, people, foreign)

    async def _trust(self) -> tuple[BothPaths, Known]:
        paths = BothPaths(self.database, trust_schema, None)
        return paths, await _known(paths, self.population.trust_callers, [(paths, self.world.trusts[0].executive)])


@pytest.fixture(scope="module")
def stage(world_copy: Copy, world: World) -> Iterator[Stage]:
    with asyncio.Runner() as runner:
        database = WatchedDatabase(world_copy.addresses)
        database.opened = []
        population = runner.run(populate(world_copy, database))
        yield Stage(runner, database, population, world)
        runner.run(database.close())


async def _known(paths: BothPaths, people: Mapping[str, Caller], foreign: list[tuple[BothPaths, Caller]]) -> Known:
    schema, callers = paths.schema._schema, list(people.items())
    ids = await harvest_ids(schema, _ask(paths, callers[0][1]))
    others = [await harvest_ids(schema, _ask(*of)) for of in foreign]
    cursors = {
        (name, coordinate): found
        for name, caller in callers
        for coordinate, found in (await harvest_cursors(schema, _ask(paths, caller))).items()
    }
    theirs = await harvest_cursors(schema, _ask(*foreign[0]))
    urns = await _urns(paths, callers[0][1])
    return Known(
        callers=people,
        ids=ids,
        foreign={
            kind: tuple(dict.fromkeys(found for other in others for found in other[kind] if found not in ids[kind]))
            for kind in ids
        },
        cursors=cursors,
        urns=urns,
        measures=tuple(all_measures()),
        foreign_cursors=tuple(found[0] for found in theirs.values() if found),
    )


async def _urns(paths: BothPaths, caller: Caller) -> tuple[str, ...]:
    """Of schools of the trust, an earlier one, and one of another trust."""
    if "trust" not in paths.schema._schema.query_type.fields:  # type: ignore[union-attr]
        return ()
    answer = await _ask(paths, caller)("{ trust { schools { nodes { urn } } } }")
    return (*(school["urn"] for school in answer["trust"]["schools"]["nodes"]), "970000", "900001")


def _ask(paths: BothPaths, caller: Caller) -> Ask:
    async def ask(text: str) -> Any:
        operation = paths.operation(text, {})
        return (await paths.answer(caller, operation, compiled=False)).content["data"] or {}

    return ask
