"""Policies, keys, grants, views, functions and roles, as the live catalogue has them."""

import pytest

from tests.foundation.server import Copy
from tests.isolation.catalogue import read_relations
from tests.isolation.grants import GRANT_CHECKS
from tests.isolation.structure import CHECKS, Check


@pytest.mark.parametrize("check", [*CHECKS, *GRANT_CHECKS], ids=lambda check: check.__name__)
def test_of_the_whole_database(check: Check, shared_copy: Copy) -> None:
    with shared_copy.connect() as connection:
        findings = list(check(connection, read_relations(connection)))
    assert not findings, "\n".join(findings)
