"""The matrix turned on itself: each defect, planted in the gateway as a mistake would make it, is noticed."""

import importlib

import pytest

from tests.foundation.server import Server
from tests.isolation.gateway.conftest import open_matrix
from tests.isolation.gateway.groups import GROUPS
from tests.isolation.gateway.matrix import Matrix
from tests.isolation.gateway.plant import PLANTS, Plant
from tests.isolation.gateway.stage import Stage

AREAS = ("rights", "sessions", "rows", "loaders", "published", "cursors", "answers", "changes")
for area in AREAS:
    importlib.import_module(f"tests.isolation.gateway.planted_{area}")


@pytest.mark.parametrize("plant", PLANTS, ids=str)
async def test_a_defect_is_noticed(plant: Plant, server: Server, stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    plant.make(monkeypatch)
    async for matrix in open_matrix(server, stage):
        matrix.only = plant.roots
        found = await _first_finding(matrix, plant)
    assert found, f"{plant}: noticed by none of {plant.seen_by}"
    assert plant.is_fault or "UNEXPECTED" not in found, f"{plant}: is a fault and not what it is called: {found}"


async def _first_finding(matrix: Matrix, plant: Plant) -> str | None:
    for name in plant.seen_by:
        async for finding in GROUPS[name](matrix):
            return finding
    return None


def test_there_are_enough_of_them() -> None:
    assert len({plant.name for plant in PLANTS}) == len(PLANTS) >= 80
