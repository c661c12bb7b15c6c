"""What a run has shown: a table for people, and the ratios in build/bench.json for programs."""

import json
import os
import platform
import statistics
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from .operations import Operation
from .publishing import Waited
from .rounds import CONNECTIONS, OF_PEERS, Key, Measured, Run
from .servers import Name, Server

Ratios = dict[str, float]

PEERS = "peers"
WIDTH = 150
UNCACHED = Name.FORGETFUL
Q1, Q2, Q3 = Operation.Q1, Operation.Q2, Operation.Q3


class Report:
    """`servers` are those of the run. A comparison counts as the gateway computes it; what it remembers is told apart.
    `imported` is the import's speed as a share of COPY's.
    """

    def __init__(
        self, run: Run, servers: Sequence[Server], waited: Waited, imported: float, rows: Mapping[str, int]
    ) -> None:
        self._run = run
        self._waited = waited
        self._imported = imported
        self._servers = {server.name: server for server in servers}
        self._rows = rows

    def write(self, file: Path) -> None:
        """What an earlier run has told of peers stays, if this one had none: it is a ratio within that run."""
        kept = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
        content = {**self.ratios(), **self.costs(), "run": self.run(), "measured": list(self.measured())}
        if Name.POSTGRAPHILE in self._servers:
            content |= {**self.peers(), PEERS: self.run()}
        else:
            content |= {key: value for key, value in kept.items() if "postgraphile" in key or key == PEERS}
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")

    def ratios(self) -> dict[str, Ratios]:
        gateway = Name.GATEWAY
        return {
            "q1_vs_floor": self._ratio(UNCACHED, Name.FLOOR, Q1),
            "q2_vs_floor": self._ratio(gateway, Name.FLOOR, Q2),
            "q3_vs_floor": self._ratio(gateway, Name.FLOOR, Q3),
            "q1_vs_orm": self._ratio(UNCACHED, Name.ORM, Q1),
            "q2_vs_orm": self._ratio(gateway, Name.ORM, Q2),
            "q3_vs_orm": self._ratio(gateway, Name.ORM, Q3),
            "q1_vs_best_floor": self._ratio(UNCACHED, Name.BEST_FLOOR, Q1),
            "q1_cached_vs_q1": self._ratio(gateway, UNCACHED, Q1),
            "adhoc_warm_vs_registered": self._ratio(Name.WARM, Name.TOKEN, Q2),
            "adhoc_cold_vs_registered": self._ratio(Name.COLD, Name.TOKEN, Q2),
            "token_vs_session": self._ratio(Name.TOKEN, gateway, Q2),
        }

    def peers(self) -> dict[str, Ratios]:
        gateway, peer = Name.GATEWAY, Name.POSTGRAPHILE
        best = max(OF_PEERS, key=lambda at: self._of(peer, Q1, at).rate)
        return {
            "q1_vs_postgraphile": self._ratio(UNCACHED, peer, Q1),
            "q1_cached_vs_postgraphile": self._ratio(gateway, peer, Q1),
            "q2_vs_postgraphile": self._ratio(gateway, peer, Q2),
            "q3_vs_postgraphile": self._ratio(gateway, peer, Q3),
            "q1_vs_best_of_postgraphile": self._ratio(UNCACHED, peer, Q1, others_at=best),
        }

    def costs(self) -> dict[str, Ratios]:
        """Of the gateway: CPU of an uncached comparison, of its operations the unevenest, and of its process."""
        server = self._servers[Name.GATEWAY]
        found: dict[str, Ratios] = {
            "server_cpu_ms": self._each(partial(self._cpu, Q1)),
            "p99_over_p50": self._each(lambda at: max(self._spread(each, at) for each in Operation)),
            "ready_s": self._each(lambda _: server.ready_seconds),
            "memory_mb": self._each(lambda at: server.memory[at]),
        }
        found["publish_p50_ms"] = {"1": round(self._waited.p50("SignRelease"), 1)}
        found["prepare_p50_ms"] = {"1": round(self._waited.p50("PrepareRelease"), 1)}
        found["import_vs_copy"] = {"1": round(self._imported, 3)}
        for each in Operation:
            found[f"{each}_server_cpu_ms"] = self._each(partial(self._cpu, each))
            found[f"{each}_p99_over_p50"] = self._each(partial(self._spread, each))
        return found

    def run(self) -> dict[str, Any]:
        return {
            "at": datetime.now(UTC).isoformat(timespec="seconds"),
            "machine": f"{_processor()}, {os.cpu_count()} cores, {platform.system()} {platform.release()}",
            "python": platform.python_version(),
            "rounds": self._run.rounds,
            "seconds_each": self._run.seconds,
            "others_cpu_share": round(self._run.others_share, 3),
            "rows": dict(self._rows),
        }

    def measured(self) -> Iterator[dict[str, Any]]:
        for key, found in self._run.results.items():
            yield {
                "server": key.server.value,
                "operation": key.operation.value,
                "connections": key.connections,
                "requests_per_second": [round(rate, 1) for rate in found.rates],
                "p50_ms": round(found.p50, 3),
                "p99_ms": round(found.p99, 3),
                "server_cpu_ms": round(found.server_ms, 4),
                "database_cpu_ms": round(found.database_ms, 4),
                "client_cpu_ms": round(found.client_ms, 4),
            }

    def tell(self) -> None:
        out = Console(width=WIDTH)
        for operation in Operation:
            out.print(self._table(operation))
        out.print(self._starts())
        out.print(self._summary())
        if self._run.others_share > 0.05:
            out.print(
                f"[bold]Other programs used {self._run.others_share:.0%} of this machine meanwhile: run it again.[/bold]"
            )

    def _table(self, operation: Operation) -> Table:
        table = Table(title=f"{operation.upper()}: {operation.words}", title_justify="left")
        table.add_column("server")
        for connections in CONNECTIONS:
            for name in (f"/s at {connections}", "× floor", "p50 ms", "p99 ms", "CPU ms", "database ms"):
                table.add_column(name, justify="right", no_wrap=True)
        for server in Name:
            if Key(server, operation, 1) in self._run.results:
                table.add_row(server.value, *self._cells(server, operation))
        return table

    def _cells(self, server: Name, operation: Operation) -> Iterator[str]:
        for connections in CONNECTIONS:
            found = self._of(server, operation, connections)
            ratio = self._ratio(server, Name.FLOOR, operation)[str(connections)]
            yield from (f"{found.rate:,.0f}", f"{ratio:.2f}", f"{found.p50:.2f}", f"{found.p99:.2f}")
            yield from (f"{found.server_ms:.2f}", f"{found.database_ms:.2f}")

    def _starts(self) -> Table:
        table = Table("server", "ready after s", *(f"MB at {at}" for at in CONNECTIONS))
        for name, server in self._servers.items():
            if server.shares is None:
                memory = (f"{server.memory[at]:.0f}" for at in CONNECTIONS)
                table.add_row(name.value, f"{server.ready_seconds:.2f}", *memory)
        return table

    def _summary(self) -> Table:
        table = Table("ratio", *(f"at {connections}" for connections in CONNECTIONS))
        told = self.ratios() | self.costs()
        if Name.POSTGRAPHILE in self._servers:
            told |= self.peers()
        for name, values in told.items():
            table.add_row(name, *(f"{value:.2f}" for value in values.values()))
        return table

    def _ratio(self, one: Name, other: Name, operation: Operation, *, others_at: int | None = None) -> Ratios:
        """The median over the rounds, each compared within itself: absolute figures move from round to round."""

        def ratio(connections: int) -> float:
            ours = self._of(one, operation, connections).rates
            theirs = self._of(other, operation, others_at or connections).rates
            return statistics.median(our / their for our, their in zip(ours, theirs, strict=True))

        return self._each(ratio)

    def _each(self, figure: Callable[[int], float]) -> Ratios:
        return {str(connections): round(figure(connections), 3) for connections in CONNECTIONS}

    def _cpu(self, operation: Operation, connections: int) -> float:
        return self._own(operation, connections).server_ms

    def _spread(self, operation: Operation, connections: int) -> float:
        return self._own(operation, connections).p99_over_p50

    def _own(self, operation: Operation, connections: int) -> Measured:
        """The gateway's, uncached."""
        return self._of(UNCACHED if operation is Q1 else Name.GATEWAY, operation, connections)

    def _of(self, server: Name, operation: Operation, connections: int) -> Measured:
        return self._run.results[Key(server, operation, connections)]


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.machine()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())
