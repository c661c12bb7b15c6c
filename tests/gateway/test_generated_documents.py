"""Documents that Schemathesis makes from each endpoint's own introspection: whatever they ask, none is a fault of ours."""

from collections import Counter
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import schemathesis
from graphql import get_introspection_query
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.core.result import Ok

from tests.foundation.people import World
from tests.foundation.server import Copy
from tests.gateway.running_gateway import Endpoint, RunningGateway, running_gateway

EACH_OPERATION = 20
LEAST_ANSWERED = 0.15
smoke = settings(
    max_examples=EACH_OPERATION, derandomize=True, database=None, deadline=None, phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)  # fmt: skip


@pytest.fixture(scope="module")
async def gateway(
    world_copy: Copy, world: World, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[RunningGateway]:
    async with running_gateway(world_copy, world, tmp_path_factory.mktemp("generated")) as running:
        yield running


@pytest.mark.parametrize(("name", "operations"), [("school", 20), ("trust", 5)])
def test_no_generated_document_is_a_fault_of_ours(
    gateway: RunningGateway, world: World, name: str, operations: int
) -> None:
    seen: Counter[str] = Counter()
    endpoint = gateway.endpoint(name)
    with httpx.Client(headers=endpoint.authorization, timeout=30, trust_env=False) as http:
        found = list(operations_of(http, endpoint))
        for operation in found:
            fuzz(operation, http, endpoint, world, seen)
    assert len(found) >= operations
    assert seen.total() >= operations * EACH_OPERATION / 2
    assert seen["answered"] > seen.total() * LEAST_ANSWERED, seen


def operations_of(http: httpx.Client, endpoint: Endpoint) -> Any:
    """Every query and mutation that the endpoint tells of itself."""
    told = http.post(endpoint.url, json={"query": get_introspection_query()}).json()
    schema = schemathesis.graphql.from_dict(told["data"])
    return (found.ok() for found in schema.get_all_operations() if isinstance(found, Ok))


def fuzz(operation: Any, http: httpx.Client, endpoint: Endpoint, world: World, seen: Counter[str]) -> None:
    @smoke
    @given(case=operation.as_strategy())
    def sent(case: Any) -> None:
        response = http.post(endpoint.url, json={"query": case.body})
        seen[check(response, case.body, world)] += 1

    sent()


def check(response: httpx.Response, document: str, world: World) -> str:
    """The code of its refusal, or that it was answered."""
    assert response.status_code < 500, f"{document}\n{response.text}"
    content = response.json()
    codes = [error["extensions"]["code"] for error in content.get("errors", ())]
    assert "UNEXPECTED" not in codes, f"{document}\n{response.text}"
    foreign = world.words - {world.schools[0].word, world.trusts[0].word}
    if response.url.path.startswith("/trusts"):
        foreign -= {school.word for school in world.trusts[0].schools}
    assert not [word for word in foreign if word in response.text]
    return codes[0] if codes else "answered"
