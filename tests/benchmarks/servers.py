"""The servers that are compared, each a process of its own, and what each is sent."""

import os
import socket
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from footbridge.gateway.http.answers import Media
from footbridge.runtime.addresses import GATEWAY_ROLES, libpq_address
from footbridge.runtime.processes import Child, start_child

from . import operations, postgraphile, processes
from .database import Built
from .operations import Operation, Requests, by_hash, by_text
from .people import Cookies
from .tenants import COMPARING, LOGGING, READING

HOST = "127.0.0.1"
STARTS = 3
READY_WITHIN = 60.0


class Name(StrEnum):
    """What is compared; the gateway is measured once as it is and once without its cache of published answers."""

    FLOOR = "floor"
    BEST_FLOOR = "best floor"
    GATEWAY = "gateway"
    FORGETFUL = "gateway, nothing cached"
    ORM = "Strawberry + ORM"
    POSTGRAPHILE = "PostGraphile"


class NotReady(Exception):
    """A server did not come up."""


Ask = Callable[[int, Operation], Requests]


@dataclass(frozen=True)
class Plan:
    """How a server is started, and what to send to it; `module` is of this folder with its arguments."""

    name: Name
    argv: Sequence[str]
    asks: Mapping[Operation, Ask]
    shares: Name | None = None
    """Runs in the process of that one."""
    environment: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Server:
    """A running one."""

    name: Name
    port: int
    child: Child
    requests: Mapping[Operation, Requests]
    ready_seconds: float
    memory: dict[int, float] = field(default_factory=dict)


def python(module: str, *arguments: str) -> list[str]:
    return [sys.executable, "-m", f"{__package__}.{module}", *arguments]


def plans(built: Built, cookies: Cookies, *, peers: bool) -> list[Plan]:
    floor = {
        Operation.Q1: _plain("/comparisons"), Operation.Q2: _plain("/overview"), Operation.Q3: _plain("/sessions")
    }  # fmt: skip
    orm = {
        Operation.Q1: _of_orm("/trust"), Operation.Q2: _of_orm("/reading"), Operation.Q3: _of_orm("/logging")
    }  # fmt: skip
    gateway = dict.fromkeys(Operation, _of_gateway(cookies))
    known = [
        Plan(Name.FLOOR, python("floor"), floor),
        Plan(Name.BEST_FLOOR, (), {Operation.Q1: _plain("/comparisons/best")}, shares=Name.FLOOR),
        Plan(Name.GATEWAY, python("gateway_server", "make_gateway"), gateway),
        Plan(Name.FORGETFUL, python("gateway_server", "make_forgetful_gateway"), {Operation.Q1: _of_gateway(cookies)}),
        Plan(Name.ORM, python("orm_server"), orm),
    ]
    if peers:
        postgraphile.prepare(built)
        asks = dict.fromkeys(Operation, postgraphile.ask)
        known.append(
            Plan(Name.POSTGRAPHILE, postgraphile.argv(), asks, environment=postgraphile.environment(built))
        )  # fmt: skip
    return known


def _plain(path: str) -> Ask:
    """The floors take what the gateway takes, and read no more of it than the variables."""
    return lambda port, operation: Requests(port, path, operations.bodies_of(operation, by_hash))


def _of_orm(path: str) -> Ask:
    return lambda port, operation: Requests(port, path, operations.bodies_of(operation, by_text))


def _of_gateway(cookies: Cookies) -> Ask:
    places = {
        Operation.Q1: f"/trusts/{COMPARING.uid}/graphql",
        Operation.Q2: f"/schools/{READING.urn}/graphql",
        Operation.Q3: f"/schools/{LOGGING.urn}/graphql",
    }

    def ask(port: int, operation: Operation) -> Requests:
        headers = {
            "Cookie": f"footbridge_session={cookies[operation]}",
            "Origin": f"http://{HOST}:{port}",
            "Sec-Fetch-Site": "same-origin",
            "Accept": Media.GRAPHQL.value,
        }
        return Requests(port, places[operation], operations.bodies_of(operation, by_hash), headers)

    return ask


@contextmanager
def running(built: Built, wanted: Sequence[Plan], logs: Path) -> Iterator[list[Server]]:
    """Each on the server's core; the ones that share a process are one child. Stopped one after another."""
    servers: list[Server] = []
    try:
        for plan in wanted:
            servers.append(_sharing(plan, servers) or _started(built, plan, logs))
        yield servers
    finally:
        for server in reversed(servers):
            server.child.stop()


def _sharing(plan: Plan, servers: Sequence[Server]) -> Server | None:
    for server in servers:
        if server.name is plan.shares:
            requests = {operation: ask(server.port, operation) for operation, ask in plan.asks.items()}
            return Server(plan.name, server.port, server.child, requests, server.ready_seconds)
    return None


def _started(built: Built, plan: Plan, logs: Path) -> Server:
    """Started a few times, since the first start reads from the disk what the others find in memory."""
    took = []
    for number in range(STARTS):
        port = free_port()
        begun = time.monotonic()
        child = start_child(
            plan.name.value, plan.argv, log=logs / f"{plan.name.value}.log", environment=_environment(built, plan, port)
        )  # fmt: skip
        processes.to_the_servers_core(child.pid)
        _await_ready(child, port)
        took.append(time.monotonic() - begun)
        if number < STARTS - 1:
            child.stop()
    requests = {operation: ask(port, operation) for operation, ask in plan.asks.items()}
    return Server(plan.name, port, child, requests, statistics.median(took))


def _environment(built: Built, plan: Plan, port: int) -> dict[str, str]:
    own = {f"FOOTBRIDGE_DATABASE_URL_{role.upper()}": libpq_address(built.addresses[role]) for role in GATEWAY_ROLES}
    kept = {key: value for key, value in os.environ.items() if not key.startswith("FOOTBRIDGE_")}
    own |= plan.environment
    return kept | own | {"FOOTBRIDGE_PORT": str(port)}


def _await_ready(child: Child, port: int) -> None:
    deadline = time.monotonic() + READY_WITHIN
    while time.monotonic() < deadline:
        if (ended := child.ended()) is not None:
            raise NotReady(f"{ended}:\n{child.last_lines()}")
        if _is_ready(port):
            return
        time.sleep(0.005)
    child.stop()
    raise NotReady(f"{child.name} did not answer:\n{child.last_lines()}")


def _is_ready(port: int) -> bool:
    connection = HTTPConnection(HOST, port, timeout=5)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind((HOST, 0))
        return int(listener.getsockname()[1])
