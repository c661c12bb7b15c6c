"""Whatever somebody sends, it is refused or answered with bounded work, in one format, and others go on working."""

from collections import Counter
from typing import Any

import httpx
import pytest

from tests.foundation.people import World
from tests.gateway.hostile.bodies import BODIES
from tests.gateway.hostile.case import Case, Outcome
from tests.gateway.hostile.conftest import Ask, Prepare
from tests.gateway.hostile.documents import DOCUMENTS
from tests.gateway.hostile.fragments import FRAGMENTS
from tests.gateway.hostile.measure import measured
from tests.gateway.hostile.odd_requests import REQUESTS
from tests.gateway.hostile.probes import PROBES
from tests.gateway.hostile.table import Row

CASES = [*PROBES, *FRAGMENTS, *DOCUMENTS, *BODIES, *REQUESTS]
FEWEST = 80
LARGEST_ANSWER = 4 * 1024 * 1024
LONGEST_STALL = 2.0
"""Seconds: far above anything linear, far below anything exponential."""


def test_there_are_as_many_hostile_requests_as_promised_and_each_has_a_name_of_its_own() -> None:
    names = Counter(case.name for case in CASES)
    assert [name for name, times in names.items() if times > 1] == []
    assert len(names) >= FEWEST


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
async def test_somebody_sends(case: Case, prepare: Prepare, beside: Ask, rows: list[Row], world: World) -> None:
    result = await measured(prepare(case), beside)
    rows.append(result.row(case))
    check_format(case, result.response)
    check_outcome(case, result.response)
    check_silence(case, result.response, world)
    assert result.stall < LONGEST_STALL
    urns = [answer.json()["data"]["school"]["urn"] for answer in result.beside]
    assert urns == [world.schools[2].urn] * len(urns)
    assert len(urns) >= 2


def check_format(case: Case, response: httpx.Response) -> None:
    """Never a fault of ours; `data`, or errors that each have a message and a code."""
    assert response.status_code < 500, response.text[:500]
    assert len(response.content) <= LARGEST_ANSWER
    if case.method == "HEAD" or response.status_code in {204, 304}:
        assert response.content == b""
        return
    content = response.json()
    assert isinstance(content, dict)
    assert content.get("errors") or "data" in content
    for error in content.get("errors", ()):
        check_error(error)
    assert len(content.get("errors", ())) <= 100


def check_error(error: dict[str, Any]) -> None:
    assert isinstance(error["message"], str)
    assert error["message"]
    assert error["extensions"]["code"].isupper()
    assert error["extensions"]["code"] != "UNEXPECTED"


def check_outcome(case: Case, response: httpx.Response) -> None:
    if case.outcome is Outcome.REFUSED:
        assert response.json().get("errors"), "it was answered"
        assert response.json().get("data") is None
        assert response.status_code >= 400 or "data" in response.json() or is_for_old_clients(response)
    if case.outcome is Outcome.ANSWERED:
        assert response.status_code == 200
        assert "errors" not in response.json()


def is_for_old_clients(response: httpx.Response) -> bool:
    """Who accepts application/json only is told by the errors, not by the status; so GraphQL over HTTP wants it."""
    return response.headers["content-type"].startswith("application/json")


def check_silence(case: Case, response: httpx.Response, world: World) -> None:
    """Nothing of our inside, of other tenants, or of what the sender may not know."""
    foreign = world.words - {world.schools[0].word, world.trusts[0].word}
    for word in (*foreign, *case.untold, "Traceback", "asyncpg", "sqlalchemy", "site-packages"):
        assert word not in response.text
    assert case.told in response.text
