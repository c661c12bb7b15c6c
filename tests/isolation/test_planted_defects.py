"""The wall's checks turned on themselves: each defect, planted in a database of its own, is noticed by name."""

import pytest

from footbridge.runtime import database as doors
from footbridge.runtime.database import set_local
from tests.foundation.people import World
from tests.foundation.server import Copy
from tests.isolation.catalogue import Connection, read_relations
from tests.isolation.grants import GRANT_CHECKS
from tests.isolation.matrix import Matrix
from tests.isolation.planted import PLANTS, SERVER_PLANTS, Plant
from tests.isolation.same_answer import differing_answers
from tests.isolation.settings_end import settings_left_over
from tests.isolation.structure import CHECKS
from tests.isolation.tenant import Tenants

READ = [plant for plant in (*PLANTS, *SERVER_PLANTS) if plant.seen_by == ("structure",)]
DONE = [plant for plant in PLANTS if plant not in READ]


@pytest.mark.parametrize("plant", READ, ids=lambda plant: plant.name)
def test_a_defect_is_read_from_the_catalogue(plant: Plant, world_copy: Copy) -> None:
    with world_copy.connect() as connection, connection.transaction(force_rollback=True):
        assert not _tells(_structure(connection, plant), plant)
        connection.execute(plant.sql.encode())
        findings = _structure(connection, plant)
    assert _tells(findings, plant), findings


@pytest.mark.parametrize("plant", DONE, ids=lambda plant: plant.name)
def test_a_defect_is_noticed_in_what_the_roles_can_do(plant: Plant, world: World, fresh_world_copy: Copy) -> None:
    with fresh_world_copy.connect() as connection:
        connection.execute(plant.sql.encode())
        seen = {"structure": _structure(connection, plant)}
    if "matrix" in plant.seen_by:
        with Matrix(fresh_world_copy, Tenants.of(world), plant.tables) as matrix:
            seen["matrix"] = matrix.findings()
    if "answers" in plant.seen_by:
        seen["answers"] = differing_answers(fresh_world_copy, Tenants.of(world), plant.tables)
    blind = [way for way in plant.seen_by if not _tells(seen[way], plant)]
    assert not blind, f"not noticed by {blind}: {seen}"


def test_nothing_is_noticed_where_nothing_is_planted(world: World, fresh_world_copy: Copy) -> None:
    tables = {table for plant in PLANTS for table in plant.tables}
    plant = Plant("nothing", tuple(tables), "", ())
    with fresh_world_copy.connect() as connection:
        assert _structure(connection, plant) == []
    with Matrix(fresh_world_copy, Tenants.of(world), ("school.partnership", "jobs.queue", "directory.token")) as matrix:
        assert matrix.findings() == []
    assert differing_answers(fresh_world_copy, Tenants.of(world), tables) == []


async def test_a_setting_that_outlives_its_transaction_is_noticed(
    world: World, fresh_world_copy: Copy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doors, "set_local", lambda name, value: set_local(name, value).replace("SET LOCAL", "SET"))
    assert await settings_left_over(fresh_world_copy.addresses, Tenants.of(world))


def _structure(connection: Connection, plant: Plant) -> list[str]:
    relations = read_relations(connection, plant.tables)
    return [finding for check in (*CHECKS, *GRANT_CHECKS) for finding in check(connection, relations)]


def _tells(findings: list[str], plant: Plant) -> bool:
    """Something is found, and it says where."""
    return any(not plant.tables or table in finding for finding in findings for table in plant.tables or ("",))
