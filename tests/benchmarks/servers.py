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
from .operations import Body, Operation, Requests, by_hash, by_new_text, by_text
from .people import SignedIn
from .tenants import COMPARING, LOGGING, READING

HOST = "127.0.0.1"
PLACES = {
    Operation.Q1: f"/trusts/{COMPARING.uid}/graphql",
    Operation.Q2: f"/schools/{READING.urn}/graphql",
    Operation.Q3: f"/schools/{LOGGING.urn}/graphql",
}
STARTS = 3
READY_WITHIN = 60.0


class Name(StrEnum):
    """What is compared; the gateway is measured once as it is and once without its cache of published answers, and with
    a token that sends a document's hash, its text, or a text that was never sent before.
    """

    FLOOR = "floor"
    BEST_FLOOR = "best floor"
    GATEWAY = "gateway"
    FORGETFUL = "gateway, nothing cached"
    TOKEN = "gateway, by token"
    WARM = "… its own text, known"
    COLD = "… its own text, new"
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
    shares: Name | None = None
    memory: dict[int, float] = field(default_factory=dict)


def gateway_of(servers: Sequence[Server]) -> Server:
    return next(server for server in servers if server.name is Name.GATEWAY)


def python(module: str, *arguments: str) -> list[str]:
    return [sys.executable, "-m", f"{__package__}.{module}", *arguments]


def plans(built: Built, signed_in: SignedIn, *, peers: bool) -> list[Plan]:
    known = [*_floors(), *_gateways(signed_in), _orm()]
    if peers:
        postgraphile.prepare(built)
        asks = dict.fromkeys(Operation, postgraphile.ask)
        known.append(
            Plan(Name.POSTGRAPHILE, postgraphile.argv(), asks, environment=postgraphile.environment(built))
        )  # fmt: skip
    return known


def _floors() -> Iterator[Plan]:
    floor = {
        Operation.Q1: _plain("/comparisons"), Operation.Q2: _plain("/overview"), Operation.Q3: _plain("/sessions")
    }  # fmt: skip
    yield Plan(Name.FLOOR, python("floor"), floor)
    yield Plan(Name.BEST_FLOOR, (), {Operation.Q1: _plain("/comparisons/best")}, shares=Name.FLOOR)


def _gateways(signed_in: SignedIn) -> Iterator[Plan]:
    """Ad-hoc documents are measured by the one that no cache of published answers helps, and that is the largest."""
    by_session = _of_session(signed_in.cookies)
    forgetful = python("gateway_server", "make_forgetful_gateway")
    yield Plan(Name.FORGETFUL, forgetful, {Operation.Q1: by_session})
    yield Plan(Name.GATEWAY, python("gateway_server", "make_gateway"), dict.fromkeys(Operation, by_session))
    for name, body in ((Name.TOKEN, by_hash), (Name.WARM, by_text), (Name.COLD, by_new_text)):
        yield Plan(name, (), {Operation.Q2: _of_token(signed_in.token, body)}, shares=Name.GATEWAY)


def _orm() -> Plan:
    orm = {
        Operation.Q1: _of_orm("/trust"), Operation.Q2: _of_orm("/reading"), Operation.Q3: _of_orm("/logging")
    }  # fmt: skip
    return Plan(Name.ORM, python("orm_server"), orm)


def _plain(path: str) -> Ask:
    """The floors take what the gateway takes, and read no more of it than the variables."""
    return lambda port, operation: Requests(port, path, operations.bodies_of(operation, by_hash))


def _of_orm(path: str) -> Ask:
    return lambda port, operation: Requests(port, path, operations.bodies_of(operation, by_text))


def _of_session(cookies: Mapping[Operation, str]) -> Ask:
    def ask(port: int, operation: Operation) -> Requests:
        headers = session_headers(port, cookies[operation])
        return Requests(port, PLACES[operation], operations.bodies_of(operation, by_hash), headers)

    return ask


def session_headers(port: int, cookie: str) -> dict[str, str]:
    return {
        "Cookie": f"footbridge_session={cookie}",
        "Origin": f"http://{HOST}:{port}",
        "Sec-Fetch-Site": "same-origin",
        "Accept": Media.GRAPHQL.value,
    }


def _of_token(token: str, body: Body) -> Ask:
    headers = {"Authorization": f"Bearer {token}", "Accept": Media.GRAPHQL.value}
    return lambda port, operation: Requests(
        port, PLACES[operation], operations.bodies_of(operation, body), headers
    )  # fmt: skip


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
            return Server(plan.name, server.port, server.child, requests, server.ready_seconds, plan.shares)
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
