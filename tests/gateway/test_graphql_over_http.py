"""Both endpoints speak GraphQL over HTTP as its specification says: npm `graphql-http` audits them from outside."""

import json
import subprocess
import sysconfig
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.foundation.people import World
from tests.foundation.server import Copy
from tests.gateway.running_gateway import Endpoint, RunningGateway, running_gateway

FOLDER = Path(__file__).parent / "graphql_http"
NODE = Path(sysconfig.get_path("scripts")) / "node"
AUDITS = 61


@pytest.fixture(scope="module")
async def gateway(
    world_copy: Copy, world: World, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[RunningGateway]:
    async with running_gateway(world_copy, world, tmp_path_factory.mktemp("gateway")) as running:
        yield running


@pytest.mark.parametrize("name", ["school", "trust"])
def test_all_audits_of_graphql_over_http_pass(gateway: RunningGateway, name: str) -> None:
    outcomes = audit(gateway.endpoint(name))
    failed = [outcome for outcome in outcomes if outcome["status"] != "ok"]
    assert not failed, f"{len(failed)} of {len(outcomes)} audits failed:\n" + "\n".join(map(told, failed))
    assert len(outcomes) == AUDITS


def audit(endpoint: Endpoint) -> list[dict[str, Any]]:
    assert (FOLDER / "node_modules").is_dir(), "`make setup` installs what audits"
    argv: list[str | Path] = [NODE, FOLDER / "audits.mjs", endpoint.url]
    ran = subprocess.run(argv, env={"TOKEN": endpoint.token}, capture_output=True, text=True, timeout=120, check=False)
    assert ran.returncode == 0, ran.stderr
    outcomes: list[dict[str, Any]] = json.loads(ran.stdout)
    return outcomes


def told(outcome: dict[str, Any]) -> str:
    answered = outcome.get("answered", "none")
    return f"  {outcome['id']} ({outcome['status']}) {outcome['name']}: {outcome['reason']} (status {answered})"


def test_what_audits_is_pinned_by_its_hashes_and_names_no_host() -> None:
    lock = (FOLDER / "package-lock.json").read_text(encoding="utf-8")
    packages = [package for name, package in json.loads(lock)["packages"].items() if name]
    assert packages
    assert all(package["integrity"].startswith("sha512-") for package in packages)
    assert "resolved" not in lock
    assert "://" not in lock
