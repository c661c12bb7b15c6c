"""One server a state folder: the lock that says so, and the record that tells others where it listens."""

import fcntl
import json
import os
import shutil
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from footbridge.runtime.errors import FootbridgeError
from footbridge.runtime.private_files import make_private_folder, write_private
from footbridge.runtime.server_address import ServerAddress

_LOCK_SECONDS = 15.0
_POLL_SECONDS = 0.02


class DatabaseInUse(FootbridgeError):
    code = "DATABASE_IN_USE"

    def __init__(self, folder: Path, pid: int | None) -> None:
        holder = f"process {pid}" if pid else "a server that has not ended yet"
        super().__init__(
            f"The database in {folder} is in use by {holder}. End it, or name another folder with FOOTBRIDGE_STATE."
        )


@dataclass(frozen=True)
class ServerRecord:
    """Who started the server and where it listens, left in the state folder for other commands."""

    launcher: int
    address: ServerAddress
    ready: bool

    @classmethod
    def read(cls, folder: Path) -> Self | None:
        with suppress(FileNotFoundError):
            content = json.loads((folder / "server.json").read_text(encoding="utf-8"))
            address = ServerAddress(Path(content["sockets"]), content["password"])
            return cls(content["launcher"], address, content["ready"])
        return None

    def write(self, folder: Path) -> None:
        content = {
            "launcher": self.launcher,
            "sockets": str(self.address.folder),
            "password": self.address.password,
            "ready": self.ready,
        }
        write_private(folder / "server.json", json.dumps(content) + "\n")

    def launcher_is_alive(self) -> bool:
        try:
            os.kill(self.launcher, 0)
        except ProcessLookupError:
            return False
        except PermissionError:
            return True
        return True


class ServerLock:
    """A flock held through a descriptor that the server inherits: free once its last process has ended."""

    def __init__(self, folder: Path, descriptor: int) -> None:
        self._folder = folder
        self.descriptor = descriptor

    @classmethod
    def take(cls, folder: Path) -> Self:
        """Waits for a server whose launcher is gone, since it is ending; else raises DatabaseInUse."""
        make_private_folder(folder)
        descriptor = _open_lock(folder)
        deadline = time.monotonic() + _LOCK_SECONDS
        while not _try_lock(descriptor):
            record = ServerRecord.read(folder)
            alive = record is not None and record.launcher_is_alive()
            if alive or time.monotonic() > deadline:
                os.close(descriptor)
                raise DatabaseInUse(folder, record.launcher if record and alive else None)
            time.sleep(_POLL_SECONDS)
        return cls(folder, descriptor)

    @classmethod
    def is_held(cls, folder: Path) -> bool:
        descriptor = _open_lock(folder)
        try:
            return not _try_lock(descriptor, fcntl.LOCK_SH)
        finally:
            os.close(descriptor)

    def record(self, address: ServerAddress, *, ready: bool) -> None:
        ServerRecord(os.getpid(), address, ready).write(self._folder)

    def clear_left_over_sockets(self) -> None:
        """Removes what a launcher that was killed could not."""
        record = ServerRecord.read(self._folder)
        if record is not None:
            shutil.rmtree(record.address.folder, ignore_errors=True)
            (self._folder / "server.json").unlink()

    def release(self) -> None:
        """The record goes first: without one, a server's last processes are waited for, not refused."""
        (self._folder / "server.json").unlink(missing_ok=True)
        os.close(self.descriptor)


def _open_lock(folder: Path) -> int:
    return os.open(folder / "server.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)


def _try_lock(descriptor: int, kind: int = fcntl.LOCK_EX) -> bool:
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
