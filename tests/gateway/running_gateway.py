"""The gateway as the process that it is, over a copy of the world, with a program of a school and one of its trust."""

import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import httpx

from footbridge.directory.tokens import create_token
from footbridge.runtime.addresses import GATEWAY_ROLES, libpq_address
from footbridge.runtime.processes import Child, start_child
from footbridge.tenancy.caller import Caller
from footbridge.tenancy.permission import Scope
from tests.foundation.people import World
from tests.foundation.ports import find_free_ports
from tests.foundation.processes import await_true
from tests.foundation.server import Copy
from tests.gateway.client import school_path, trust_path

HOST = "127.0.0.1"


@dataclass(frozen=True)
class Endpoint:
    """One of the two endpoints, with a token that opens it."""

    name: str
    url: str
    token: str = field(repr=False)

    @property
    def authorization(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}


@dataclass(frozen=True)
class RunningGateway:
    port: int
    school: Endpoint
    trust: Endpoint
    _child: Child

    @property
    def origin(self) -> str:
        return f"http://{HOST}:{self.port}"

    def endpoint(self, name: str) -> Endpoint:
        return self.school if name == self.school.name else self.trust

    def log(self) -> str:
        return self._child.last_lines(60)


@asynccontextmanager
async def running_gateway(copy: Copy, world: World, state: Path) -> AsyncIterator[RunningGateway]:
    """Its tokens hold every scope that their side knows, and it bears with a hundred times as many requests as usual."""
    port = find_free_ports(1)
    origin = f"http://{HOST}:{port}"
    school, trust = world.schools[0], world.trusts[0]
    at_school = Endpoint("school", origin + school_path(school.urn), await _secret(copy, school.head, *Scope))
    reading = (scope for scope in Scope if scope is not Scope.WRITE)
    at_trust = Endpoint("trust", origin + trust_path(trust.uid), await _secret(copy, trust.executive, *reading))
    child = _start(copy, state, port)
    try:
        _await_ready(origin, child)
        yield RunningGateway(port, at_school, at_trust, child)
    finally:
        child.stop()


async def _secret(copy: Copy, caller: Caller, *scopes: Scope) -> str:
    made = await create_token(
        copy.database, trust_id=caller.trust_id, school_id=caller.school_id, name="From outside", scopes=scopes,
        expires_in=timedelta(days=1),
    )  # fmt: skip
    return made.secret


def _start(copy: Copy, state: Path, port: int) -> Child:
    own = {f"FOOTBRIDGE_DATABASE_URL_{role.upper()}": libpq_address(copy.addresses[role]) for role in GATEWAY_ROLES}
    kept = {key: value for key, value in os.environ.items() if not key.startswith("FOOTBRIDGE_")}
    told = {"FOOTBRIDGE_PORT": str(port), "FOOTBRIDGE_STATE": str(state), "FOOTBRIDGE_RATE_FACTOR": "100"}
    argv = [sys.executable, "-m", "footbridge.command.gateway_process"]
    return start_child("gateway", argv, log=state / "log" / "gateway.log", environment=kept | own | told)


def _await_ready(origin: str, child: Child) -> None:
    try:
        await_true(lambda: _is_ready(origin), "the gateway’s start")
    except AssertionError as late:
        raise AssertionError(f"{late}; its last lines:\n{child.last_lines()}") from None


def _is_ready(origin: str) -> bool:
    try:
        return httpx.get(f"{origin}/readyz", timeout=5, trust_env=False).status_code == 200
    except httpx.TransportError:
        return False
