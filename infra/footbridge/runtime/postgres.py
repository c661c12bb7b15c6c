"""The embedded PostgreSQL: one server a state folder, which ends with the process that started it."""

import os
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType

import psycopg

from footbridge.runtime.cluster import RELOCATION, Cluster, locate_cluster
from footbridge.runtime.errors import FootbridgeError
from footbridge.runtime.processes import Child, start_child
from footbridge.runtime.server_address import PORT, ServerAddress
from footbridge.runtime.server_lock import ServerLock, ServerRecord

_SOCKET_PATH_LIMIT = 107
_POLL_SECONDS = 0.02
_NOT_DURABLE = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")


class DatabaseNotStarted(FootbridgeError):
    code = "DATABASE_NOT_STARTED"

    def __init__(self, folder: Path, reason: str, last_lines: str) -> None:
        super().__init__(f"The database in {folder} did not start: {reason}. Its log ends:\n{last_lines}")


class EmbeddedPostgres:
    """A PostgreSQL server over `<state>/postgres`, reachable by a socket only.

    It ends with this process, even after kill -9. A lock that the server itself inherits keeps a second one
    off the folder for as long as any process of the first is alive. `durable=False` is for test clusters,
    which may be lost in a power cut; kill -9 of the server loses nothing with either.
    """

    def __init__(self, state: Path, *, durable: bool = True, relocation: Path = RELOCATION) -> None:
        self._state = state.absolute()
        self._durable = durable
        self._relocation = relocation
        self._lock: ServerLock | None = None
        self._sockets: Path | None = None
        self._child: Child | None = None

    @property
    def child(self) -> Child:
        """The running server, for a supervisor to watch."""
        if self._child is None:
            raise RuntimeError("The server has not been started.")
        return self._child

    def start(self, *, within: float = 60.0) -> ServerAddress:
        """Starts the server, after a crash too, and returns when it answers.

        Raises DatabaseInUse, DatabaseNotMade, DatabaseUnreachable or DatabaseNotStarted. From the main thread
        only (see `start_child`). A server of this object that has died is started anew.
        """
        if self._child is not None and self._child.ended() is None:
            raise RuntimeError("The server is running already.")
        self.stop()
        self._lock = ServerLock.take(_folder(self._state))
        try:
            return self._start(within)
        except BaseException:
            self.stop()
            raise

    def stop(self, *, within: float = 30.0) -> None:
        """Fast shutdown: open transactions are rolled back, the data is flushed. Waits for the end."""
        if self._child is not None:
            self._child.stop(within=within)
            self._child = None
        if self._sockets is not None:
            shutil.rmtree(self._sockets, ignore_errors=True)
            self._sockets = None
        if self._lock is not None:
            self._lock.release()
            self._lock = None

    def __enter__(self) -> ServerAddress:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _start(self, within: float) -> ServerAddress:
        assert self._lock is not None
        self._lock.clear_left_over_sockets()
        cluster = locate_cluster(self._state, relocation=self._relocation)
        cluster.initialise(durable=self._durable)
        cluster.forget_dead_postmaster()
        self._sockets = _make_socket_folder()
        cluster.give(self._sockets)
        address = ServerAddress(self._sockets, cluster.password)
        self._lock.record(address, ready=False)
        self._child = start_child(
            "postgres",
            _server_arguments(cluster, self._sockets, durable=self._durable),
            log=_folder(self._state) / "log",
            stop_signal=signal.SIGINT,
            identity=cluster.identity,
            keep_open=[self._lock.descriptor],
        )
        _await_answer(self._child, address, _folder(self._state), within)
        self._lock.record(address, ready=True)
        return address


def running_server(state: Path) -> ServerAddress | None:
    """The address of the server that another process runs over this state folder, if one answers there."""
    folder = _folder(state.absolute())
    record = ServerRecord.read(folder)
    if record is None or not record.ready or not ServerLock.is_held(folder):
        return None
    return record.address


@contextmanager
def reach_server(state: Path) -> Iterator[ServerAddress]:
    """The server over this state folder: the one that runs, else one started for as long as this lasts."""
    running = running_server(state)
    if running is not None:
        yield running
        return
    with EmbeddedPostgres(state) as address:
        yield address


def _folder(state: Path) -> Path:
    return state / "postgres"


def _server_arguments(cluster: Cluster, sockets: Path, *, durable: bool) -> list[str]:
    settings = [
        "listen_addresses=",
        f"unix_socket_directories={sockets}",
        "unix_socket_permissions=0700",
        f"port={PORT}",
        "max_connections=200",
        "timezone=UTC",
        "log_timezone=UTC",
        "log_line_prefix=%m [%p] %q%u@%d ",
        *(() if durable else _NOT_DURABLE),
    ]
    return [
        *(str(cluster.programs / "postgres"), "-D", str(cluster.data)),
        *(part for setting in settings for part in ("-c", setting)),
    ]


def _make_socket_folder() -> Path:
    """In the temporary folder, or in /tmp where that one's name is too long for a socket's address."""
    folder = tempfile.mkdtemp(prefix="footbridge-")
    if len(os.fsencode(f"{folder}/.s.PGSQL.{PORT}")) <= _SOCKET_PATH_LIMIT:
        return Path(folder)
    Path(folder).rmdir()
    return Path(tempfile.mkdtemp(prefix="footbridge-", dir="/tmp"))


def _await_answer(child: Child, address: ServerAddress, folder: Path, within: float) -> None:
    """Returns when the server has answered a query; asks it again and again, since it cannot tell us."""
    deadline = time.monotonic() + within
    problem = "no answer"
    while time.monotonic() < deadline:
        if (ended := child.ended()) is not None:
            raise DatabaseNotStarted(folder, str(ended), child.last_lines())
        try:
            with psycopg.connect(address.url(), connect_timeout=2) as connection:
                connection.execute("SELECT 1")
            return
        except psycopg.OperationalError as refused:
            problem = str(refused).strip()
        time.sleep(_POLL_SECONDS)
    raise DatabaseNotStarted(folder, f"after {within:.0f} s it still says “{problem}”", child.last_lines())
