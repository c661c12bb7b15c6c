"""The house as it runs: PostgreSQL, directory, gateway and worker, each a process that can be killed at any moment."""

import os
import signal
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import httpx
import psycopg
from sqlalchemy import URL

from footbridge.command.administrator import embedded_address
from footbridge.command.demo_directory import DirectoryDescription, issuer
from footbridge.runtime.addresses import GATEWAY_ROLES, WORKER_ROLES, libpq_address
from footbridge.runtime.cluster import locate_cluster
from footbridge.runtime.database import Role
from footbridge.runtime.migrate import migrate
from footbridge.runtime.postgres import EmbeddedPostgres
from footbridge.runtime.processes import Child, start_child
from footbridge.runtime.server_address import ServerAddress
from footbridge.runtime.settings import Settings
from tests.foundation.ports import find_free_ports
from tests.foundation.processes import await_true, children_of, processes_in

HOST = "127.0.0.1"
_http = httpx.Client(timeout=20, trust_env=False)  # its TLS context is dear to make, so it is made once


class House:
    """Started piece by piece. PostgreSQL keeps one address over its restarts, as a server of one's own does."""

    def __init__(self, state: Path, sockets: Path) -> None:
        self.port = find_free_ports(2)
        self.origin = f"http://{HOST}:{self.port}"
        self.issuer = issuer(self.port + 1)
        self.state = state
        self._door = sockets / "door"
        self._data = locate_cluster(state).folder / "data"
        self._postgres = EmbeddedPostgres(state, durable=True)
        self._children: dict[str, Child] = {}
        self.addresses: Mapping[Role, URL] = {}
        self.administrator = self._open_door(self._postgres.start())
        self.addresses = migrate(self.administrator, self._settings)

    def connect(self) -> "psycopg.Connection[tuple[object, ...]]":
        """As the superuser, to see everything and to hold locks."""
        return psycopg.connect(libpq_address(self.administrator), autocommit=True)

    def start_directory(self, description: DirectoryDescription) -> None:
        file = self.state / "directory.json"
        file.write_text(description.to_json(), encoding="utf-8")
        self._start("directory", "footbridge.command.demo_directory", (), "--port", str(self.port + 1), str(file))
        await_true(lambda: self._answers(f"{self.issuer}/.well-known/openid-configuration"), "the directory’s start")

    def start_gateway(self) -> None:
        self._start("gateway", "footbridge.command.gateway_process", GATEWAY_ROLES)
        self.await_ready()

    def start_worker(self) -> None:
        self._start("worker", "footbridge.command.worker_process", WORKER_ROLES)

    def start_postgres(self) -> None:
        """On the same folder, at the same address."""
        self._open_door(self._postgres.start())

    def start_missing(self) -> None:
        """So that a test finds everything running, whatever the one before did."""
        if self._postgres.child.ended() is not None:
            self.start_postgres()
        for name, start in (("gateway", self.start_gateway), ("worker", self.start_worker)):
            if name not in self._children or self._children[name].ended() is not None:
                start()
        self.await_ready()

    def await_ready(self) -> None:
        await_true(lambda: self._answers(f"{self.origin}/readyz"), "readiness", within=60)

    def status(self, page: str) -> int:
        return _http.get(f"{self.origin}{page}").status_code

    def kill(self, name: str) -> None:
        """kill -9 of the process and of everything in its group."""
        child = self._children[name]
        os.killpg(child.pid, signal.SIGKILL)
        assert child.wait(within=20) is not None

    def kill_serving_process(self) -> None:
        """Only the process of the gateway that answers; the one above it is left to notice."""
        gateway = self._children["gateway"]
        for pid in children_of(gateway.pid):
            if "resource_tracker" not in Path(f"/proc/{pid}/cmdline").read_text():
                os.kill(pid, signal.SIGKILL)
                return
        raise AssertionError("the gateway has no process that answers")

    def kill_postgres(self) -> None:
        """The postmaster and all that it started, until none is left."""
        child = self._postgres.child
        os.killpg(child.pid, signal.SIGKILL)
        assert child.wait(within=20) is not None

        def killed() -> bool:
            left = processes_in(self._data)
            for pid in left:
                os.kill(pid, signal.SIGKILL)
            return not left

        await_true(killed, "the end of PostgreSQL")

    def make_jobs_due(self) -> None:
        """As the seconds do that a job is left to the request."""
        with self.connect() as connection:
            connection.execute("update jobs.queue set available_at = now() where state = 'queued'")

    def age_heartbeats(self) -> None:
        """As half a minute does after which a silent worker is taken for dead."""
        with self.connect() as connection:
            connection.execute("update jobs.worker set heartbeat_at = heartbeat_at - interval '30 seconds'")

    def worker_names(self) -> set[object]:
        """Under which workers have given signs of life so far."""
        with self.connect() as connection:
            return {name for (name,) in connection.execute("select worker_id from jobs.worker")}

    def claim_jobs_for(self, worker_name: object) -> None:
        """As it claims them itself; but it is never told that it has."""
        claim = (
            "update jobs.queue"
            " set state = 'consumed', worker_id = %s, available_at = now(), consumed_at = now(), mtime = now()"
        )
        with self.connect() as connection:
            connection.execute(claim, (worker_name,))

    def count_waiting(self, role: str) -> int:
        """How many connections of the login role wait for somebody's lock."""
        query = "select count(*) from pg_stat_activity where usename = %s and wait_event_type = 'Lock'"
        with self.connect() as connection:
            row = connection.execute(query, (role,)).fetchone()
        assert row is not None
        return int(str(row[0]))

    def log(self, name: str) -> str:
        return self._children[name].last_lines(60)

    def is_running(self, name: str) -> bool:
        return self._children[name].ended() is None

    def stop(self) -> None:
        for child in reversed(self._children.values()):
            child.stop()
        self._postgres.stop()

    @property
    def _settings(self) -> Settings:
        return Settings(state=self.state, port=self.port, origin="http://127.0.0.1", database_url=None, role_urls={})

    def _open_door(self, server: ServerAddress) -> URL:
        """The server makes its socket in a new folder each time; a link leads there under one name."""
        self._door.unlink(missing_ok=True)
        self._door.symlink_to(server.folder)
        return embedded_address(ServerAddress(self._door, server.password))

    def _start(self, name: str, module: str, roles: tuple[Role, ...], *arguments: str) -> None:
        own = {f"FOOTBRIDGE_DATABASE_URL_{role.upper()}": libpq_address(self.addresses[role]) for role in roles}
        kept = {key: value for key, value in os.environ.items() if not key.startswith("FOOTBRIDGE_")}
        environment = kept | own | {"FOOTBRIDGE_PORT": str(self.port), "FOOTBRIDGE_STATE": str(self.state)}
        argv = [sys.executable, "-m", module, *arguments]
        self._children[name] = start_child(name, argv, log=self.state / "log" / f"{name}.log", environment=environment)

    @staticmethod
    def _answers(address: str) -> bool:
        try:
            return _http.get(address, timeout=5).status_code == 200
        except httpx.TransportError:
            return False


@contextmanager
def running_house(state: Path) -> Iterator[House]:
    with tempfile.TemporaryDirectory(prefix="fb-") as sockets:
        house = House(state, Path(sockets))
        try:
            yield house
        finally:
            house.stop()
