"""Every path, argument, input leaf, cursor and endpoint, by everybody: what is another's is as good as missing."""

import pytest

from tests.isolation.gateway.coverage import share, uncovered
from tests.isolation.gateway.groups import GROUPS
from tests.isolation.gateway.matrix import Matrix


@pytest.mark.parametrize("group", GROUPS)
async def test_nothing_of_another_tenant_is_told_or_touched(matrix: Matrix, group: str) -> None:
    report(await matrix.findings(group, GROUPS[group]))


async def test_every_coordinate_of_both_schemas_is_touched(matrix: Matrix) -> None:
    for name, group in GROUPS.items():
        await matrix.findings(name, group)
    print(f"{share(matrix.arena.hit)}; {matrix.arena.asked} requests; cells: {matrix.cells}")  # noqa: T201
    report(list(uncovered(matrix.arena.hit)))


def report(findings: list[str]) -> None:
    told = "\n".join(finding[:600] for finding in findings[:20])
    assert not findings, f"{len(findings)} findings:\n{told}"
