"""The rounds: each operation at 1 and at 16 connections, one server after another, and all of it again and again."""

import os
import statistics
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from . import processes
from .load import AnsweredWrong, Sample, run_load
from .operations import Operation
from .screen import say
from .servers import Name, Server

CONNECTIONS = (1, 16)
OF_PEERS = (1, 4, 16)
"""A peer's comparison is asked at its best, which may lie in between."""


@dataclass(frozen=True)
class Key:
    server: Name
    operation: Operation
    connections: int


@dataclass
class Measured:
    """All rounds of one server with one operation at so many connections.

    `latencies` are in nanoseconds; `spread` tells each as a multiple of the median of its own stretch.
    """

    rates: list[float] = field(default_factory=list)
    latencies: list[int] = field(default_factory=list)
    spread: list[float] = field(default_factory=list)
    requests: int = 0
    server_seconds: float = 0.0
    database_seconds: float = 0.0
    client_seconds: float = 0.0

    def add(self, sample: Sample, spent: "Spent") -> None:
        median = statistics.median(sample.latencies)
        self.rates.append(sample.rate)
        self.latencies += sample.latencies
        self.spread += [latency / median for latency in sample.latencies]
        self.requests += sample.answered
        self.server_seconds += spent.server
        self.database_seconds += spent.database
        self.client_seconds += sample.own_seconds

    @property
    def rate(self) -> float:
        return statistics.median(self.rates)

    @property
    def p50(self) -> float:
        """In milliseconds."""
        return statistics.median(self.latencies) / 1e6

    @property
    def p99(self) -> float:
        return self.p50 * self.p99_over_p50

    @property
    def p99_over_p50(self) -> float:
        """Of all rounds together, for a stretch alone has too few for a hundredth; each latency by its own stretch's
        median, else a machine that is slower for a second would count as a server that is uneven.
        """
        return sorted(self.spread)[int(len(self.spread) * 0.99)]

    @property
    def server_ms(self) -> float:
        return self.server_seconds * 1000 / self.requests

    @property
    def database_ms(self) -> float:
        return self.database_seconds * 1000 / self.requests

    @property
    def client_ms(self) -> float:
        return self.client_seconds * 1000 / self.requests


@dataclass(frozen=True)
class Spent:
    """CPU seconds of the server and of PostgreSQL."""

    server: float
    database: float

    def since(self, before: "Spent") -> "Spent":
        return Spent(self.server - before.server, self.database - before.database)


@dataclass(frozen=True)
class Run:
    """All of a run; `others_share` of the machine's cores was used by programs that are no part of it."""

    rounds: int
    seconds: float
    results: Mapping[Key, Measured]
    others_share: float


def run_rounds(servers: Sequence[Server], database_pid: int, *, rounds: int, seconds: float) -> Run:
    """Raises AnsweredWrong at the first answer that is not right."""
    results: dict[Key, Measured] = defaultdict(Measured)
    begun, others = time.monotonic(), _others(servers, database_pid)
    for number in range(rounds):
        for key, server in _stretches(servers, number):
            before = _spent(server, database_pid)
            sample = _load(server, key, seconds)
            results[key].add(sample, _spent(server, database_pid).since(before))
            server.memory[key.connections] = processes.memory_mb(server.child.pid)
        say(f"round {number + 1} of {rounds}: after {time.monotonic() - begun:.0f} s")
    others = max(0.0, _others(servers, database_pid) - others)
    return Run(rounds, seconds, dict(results), others / (time.monotonic() - begun) / (os.cpu_count() or 1))


def warm_up(servers: Sequence[Server], *, seconds: float) -> None:
    """Connections are opened and statements are planned before anything counts."""
    for key, server in _stretches(servers, 0):
        _load(server, key, seconds)


def _load(server: Server, key: Key, seconds: float) -> Sample:
    requests = server.requests[key.operation]
    try:
        return run_load(server.port, key.connections, seconds, requests.next, requests.is_right)
    except AnsweredWrong as wrong:
        raise AnsweredWrong(f"{key.server}, {key.operation}, {key.connections} connections: {wrong}") from wrong


def _stretches(servers: Sequence[Server], turn: int) -> Iterator[tuple[Key, Server]]:
    """What is compared lies side by side; in each round another server goes first, and every second goes backwards."""
    shift = turn // 2 % len(servers)
    order = [*servers[shift:], *servers[:shift]][:: -1 if turn % 2 else 1]
    for operation in Operation:
        for connections in OF_PEERS:
            for server in order:
                if operation in server.requests and connections in _asked_at(server, operation):
                    yield Key(server.name, operation, connections), server


def _asked_at(server: Server, operation: Operation) -> Sequence[int]:
    return OF_PEERS if server.name is Name.POSTGRAPHILE and operation is Operation.Q1 else CONNECTIONS


def _spent(server: Server, database_pid: int) -> Spent:
    return Spent(processes.cpu_seconds(server.child.pid), processes.cpu_seconds(database_pid))


def _others(servers: Sequence[Server], database_pid: int) -> float:
    """CPU seconds of all programs that are no part of this."""
    own = {database_pid, *(server.child.pid for server in servers)}
    return processes.busy_seconds() - sum(map(processes.cpu_seconds, own)) - time.process_time()
