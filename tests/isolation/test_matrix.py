"""Every table and view, every login role, every way to say or not to say a tenant, every kind of statement."""

from collections.abc import Callable, Iterator
from functools import cache

import pytest

from footbridge.runtime.database import Role
from tests.foundation.people import World
from tests.foundation.server import Copy
from tests.isolation.matrix import Findings, Matrix
from tests.isolation.tenant import Tenants


@pytest.fixture(scope="module")
def matrix(world: World, world_copy: Copy) -> Iterator[Matrix]:
    with Matrix(world_copy, Tenants.of(world)) as matrix:
        yield matrix


@pytest.fixture(scope="module")
def findings_of(matrix: Matrix) -> Callable[[Role], dict[str, Findings]]:
    return cache(matrix.findings_of)


def test_every_statement_of_the_matrix_succeeds_where_no_wall_stands(matrix: Matrix) -> None:
    report([finding for relation in matrix.relations for finding in matrix.controls(relation)])


@pytest.mark.parametrize("role", Role)
def test_each_role_does_what_its_walls_allow_and_nothing_else(
    role: Role, findings_of: Callable[[Role], dict[str, Findings]], subtests: pytest.Subtests
) -> None:
    for table, findings in findings_of(role).items():
        with subtests.test(table=table):
            report(findings)


def report(findings: Findings) -> None:
    assert not findings, "\n".join(findings)
