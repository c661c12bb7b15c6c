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


@dataclass(frozen=True)
class Key:
    server: Name
    operation: Operation
    connections: int


@dataclass
class Measured:
    """All rounds of one server with one operation at so many connections."""

    rates: list[float] = field(default_factory=list)
    p50s: list[float] = field(default_factory=list)
    p99s: list[float] = field(default_factory=list)
    requests: int = 0
    server_seconds: float = 0.0
    database_seconds: float = 0.0
    client_seconds: float = 0.0

    def add(self, sample: Sample, spent: "Spent") -> None:
        ordered = sorted(sample.latencies)
        self.rates.append(sample.requests / sample.seconds)
        self.p50s.append(_percentile(ordered, 0.50) / 1e6)
        self.p99s.append(_percentile(ordered, 0.99) / 1e6)
        self.requests += sample.requests
        self.server_seconds += spent.server
        self.database_seconds += spent.database
        self.client_seconds += sample.own_seconds

    @property
    def rate(self) -> float:
        return statistics.median(self.rates)

    @property
    def p50(self) -> float:
        return statistics.median(self.p50s)

    @property
    def p99(self) -> float:
        return statistics.median(self.p99s)

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
    """CPU seconds: of the server, of PostgreSQL, and of this process."""

    server: float
    database: float
    client: float

    def since(self, before: "Spent") -> "Spent":
        return Spent(self.server - before.server, self.database - before.database, self.client - before.client)

    @property
    def all(self) -> float:
        return self.server + self.database + self.client


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
    begun, busy, own = time.monotonic(), processes.busy_seconds(), 0.0
    for number in range(rounds):
        for key, server in _stretches(servers, number):
            before = _spent(server, database_pid)
            sample = _load(server, key, seconds)
            spent = _spent(server, database_pid).since(before)
            results[key].add(sample, spent)
            server.memory[key.connections] = processes.memory_mb(server.child.pid)
            own += spent.all
        say(f"round {number + 1} of {rounds}: after {time.monotonic() - begun:.0f} s")
    others = max(0.0, processes.busy_seconds() - busy - own)
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
    """In each round another server goes first."""
    shift = turn % len(servers)
    order = [*servers[shift:], *servers[:shift]]
    for operation in Operation:
        for connections in CONNECTIONS:
            for server in order:
                if operation in server.requests:
                    yield Key(server.name, operation, connections), server


def _spent(server: Server, database_pid: int) -> Spent:
    return Spent(
        processes.cpu_seconds(server.child.pid), processes.cpu_seconds(database_pid), time.process_time()
    )  # fmt: skip


def _percentile(ordered: Sequence[int], share: float) -> float:
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]
