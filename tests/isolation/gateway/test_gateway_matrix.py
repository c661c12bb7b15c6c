"""Every path, argument, input leaf, cursor and endpoint, by everybody: what is another's is as good as missing."""

import asyncio

import pytest

from footbridge.runtime.database import Role
from tests.foundation.connections import heard
from tests.isolation.gateway.contract import Side
from tests.isolation.gateway.coverage import share, uncovered
from tests.isolation.gateway.groups import GROUPS
from tests.isolation.gateway.matrix import Matrix


@pytest.mark.parametrize("group", GROUPS)
async def test_nothing_of_another_tenant_is_told_or_touched(matrix: Matrix, group: str) -> None:
    report(await matrix.findings(group, GROUPS[group]))


async def test_the_gateway_under_test_remembers_what_was_published(matrix: Matrix) -> None:
    executive = matrix.arena.senders["trust executive"]
    document = next(each for each in matrix.brief(Side.TRUST) if each.root.name == "comparison")
    told, read = [], []
    for _ in range(2):
        with heard(matrix.arena.copy.database, Role.TRUST) as statements:
            told.append((await matrix.arena.ask(executive, document, matrix.valid(document, executive.home))).text)
            await asyncio.sleep(0)  # a driver tells what it asked in the next turn of the loop
        read.append(any("published.value" in statement for statement in statements))
    assert told[0] == told[1]
    assert read[1] is False
    with matrix.arena.ordinarily(), heard(matrix.arena.copy.database, Role.TRUST) as statements:
        await matrix.arena.ask(executive, document, matrix.valid(document, executive.home))
        await asyncio.sleep(0)
    assert any("published.value" in statement for statement in statements)


async def test_every_coordinate_of_both_schemas_is_touched(matrix: Matrix) -> None:
    for name, group in GROUPS.items():
        await matrix.findings(name, group)
    print(f"{share(matrix.arena.hit)}; {matrix.arena.asked} requests; cells: {matrix.cells}")  # noqa: T201
    report(list(uncovered(matrix.arena.hit)))


def report(findings: list[str]) -> None:
    told = "\n".join(finding[:600] for finding in findings[:20])
    assert not findings, f"{len(findings)} findings:\n{told}"
