"""The embedded server: made once, kept through crashes, and never left behind."""

import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import asyncpg
import psycopg
import pytest
from sqlalchemy import make_url, text
from sqlalchemy.ext.asyncio import create_async_engine

from footbridge.runtime import tether
from footbridge.runtime.cluster import DatabaseUnreachable, locate_cluster
from footbridge.runtime.databases import create_database, drop_database
from footbridge.runtime.postgres import (
    DatabaseNotStarted,
    EmbeddedPostgres,
    reach_server,
    running_server,
)
from footbridge.runtime.server_address import ServerAddress
from footbridge.runtime.server_lock import DatabaseInUse

AS_ROOT = os.geteuid() == 0


@pytest.fixture
def state(tmp_path: Path) -> Iterator[Path]:
    """A state folder whose cluster has been made and stopped once, and holds the table `pupil`."""
    with EmbeddedPostgres(tmp_path, durable=False) as address:
        execute(address, "CREATE TABLE pupil (name text)")
    yield tmp_path
    await_true(lambda: processes_over(tmp_path) == [])
    shutil.rmtree(cluster_folder(tmp_path))


@pytest.fixture
def server(state: Path) -> Iterator[EmbeddedPostgres]:
    server = EmbeddedPostgres(state)
    yield server
    server.stop()


def cluster_folder(state: Path) -> Path:
    """Within the state folder, unless root may not use a user namespace here."""
    return locate_cluster(state).folder


def execute(address: ServerAddress, statement: str, database: str = "postgres") -> None:
    with psycopg.connect(address.url(database), autocommit=True) as connection:
        connection.execute(statement.encode())


def value(address: ServerAddress, query: str, database: str = "postgres") -> object:
    with psycopg.connect(address.url(database)) as connection:
        row = connection.execute(query.encode()).fetchone()
        assert row is not None
        return row[0]


def await_true(condition: Callable[[], bool], *, within: float = 20.0) -> None:
    deadline = time.monotonic() + within
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


def processes_over(state: Path) -> list[int]:
    """The server's processes: PostgreSQL works in its data folder."""
    data = str(cluster_folder(state) / "data")
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if str((process / "cwd").readlink()) == data:
                found.append(int(process.name))
        except OSError:
            continue  # it has ended, or is another user's
    return found


def run_script(script: str, *arguments: str) -> subprocess.Popen[str]:
    return run([sys.executable, "-c", script, *arguments])


def run(argv: Sequence[str]) -> subprocess.Popen[str]:
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": os.pathsep.join(sys.path)}
    return subprocess.Popen(
        argv,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=environment,
    )


def next_line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


SERVES = """
import signal, sys
from pathlib import Path
from footbridge.runtime.postgres import EmbeddedPostgres
from footbridge.runtime.processes import ending_on_signals
server = EmbeddedPostgres(Path(sys.argv[1]))
with ending_on_signals(), server as address:
    print(server.child.pid, address.url(), flush=True)
    signal.pause()
"""


async def test_server_answers_psycopg_asyncpg_and_sqlalchemy(server: EmbeddedPostgres) -> None:
    address = server.start()
    assert value(address, "SHOW server_version") == "18.6"
    assert value(address, "SHOW timezone") == "UTC"
    assert value(address, "SHOW fsync") == "on"
    assert value(address, "SHOW max_connections") == "200"
    assert value(address, "SHOW server_encoding") == "UTF8"
    connection = await asyncpg.connect(address.url())
    assert await connection.fetchval("SELECT current_user") == "postgres"
    await connection.close()
    engine = create_async_engine(make_url(address.url()).set(drivername="postgresql+asyncpg"))
    async with engine.connect() as session:
        assert (await session.execute(text("SELECT 1"))).scalar_one() == 1
    await engine.dispose()


def test_roles_with_odd_passwords_can_sign_in_by_url(server: EmbeddedPostgres) -> None:
    address = server.start()
    execute(address, "CREATE ROLE reader LOGIN PASSWORD 'a/b?c@d:e%f &=é'")
    with psycopg.connect(address.url(user="reader", password="a/b?c@d:e%f &=é")) as connection:
        assert connection.execute("SELECT current_user").fetchone() == ("reader",)


def test_server_listens_on_its_socket_only_and_asks_for_the_password(server: EmbeddedPostgres) -> None:
    address = server.start()
    assert value(address, "SHOW listen_addresses") == ""
    assert stat.S_IMODE(address.folder.stat().st_mode) == 0o700
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(address.url(password="wrong"))


def test_secrets_are_the_owners_alone_and_not_in_representations(server: EmbeddedPostgres, state: Path) -> None:
    address = server.start()
    for secret in (cluster_folder(state) / "password", state / "postgres" / "server.json"):
        assert stat.S_IMODE(secret.stat().st_mode) == 0o600
    assert address.password not in repr(address)


def test_second_start_is_fast_and_keeps_the_data(state: Path) -> None:
    with EmbeddedPostgres(state) as address:
        execute(address, "INSERT INTO pupil VALUES ('kept')")
    began = time.monotonic()
    with EmbeddedPostgres(state) as address:
        assert time.monotonic() - began < 1.0
        assert value(address, "SELECT name FROM pupil") == "kept"


def test_stop_leaves_no_process_and_no_socket(server: EmbeddedPostgres, state: Path) -> None:
    address = server.start()
    server.stop()
    assert processes_over(state) == []
    assert not address.folder.exists()
    assert not (state / "postgres" / "server.json").exists()


def test_killed_launcher_leaves_no_process_and_the_next_start_clears_its_socket(
    server: EmbeddedPostgres, state: Path
) -> None:
    with run_script(SERVES, str(state)) as launcher:
        pid, url = next_line(launcher).split()
        record = running_server(state)
        assert record is not None
        assert record.url() == url
        assert int(pid) in processes_over(state)
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("INSERT INTO pupil VALUES ('acknowledged')")
            launcher.kill()
            launcher.wait()
            await_true(lambda: processes_over(state) == [])
    assert running_server(state) is None
    address = server.start()
    assert value(address, "SELECT name FROM pupil") == "acknowledged"
    assert not record.folder.exists()


def test_start_directly_after_the_launcher_was_killed_waits_for_the_old_server(
    server: EmbeddedPostgres, state: Path
) -> None:
    with run_script(SERVES, str(state)) as launcher:
        next_line(launcher)
        launcher.kill()
        launcher.wait()
        assert value(server.start(), "SELECT 1") == 1


def test_killed_server_recovers_what_it_acknowledged(server: EmbeddedPostgres) -> None:
    address = server.start()
    for attempt in range(3):
        execute(address, f"INSERT INTO pupil VALUES ('{attempt}')")
        os.kill(server.child.pid, signal.SIGKILL)
        assert server.child.wait(within=10) is not None
        address = server.start()
        assert value(address, "SELECT count(*) FROM pupil") == attempt + 1


def test_postmaster_file_that_names_another_living_program_does_not_hinder_a_start(
    server: EmbeddedPostgres, state: Path
) -> None:
    server.start()
    os.kill(server.child.pid, signal.SIGKILL)
    server.child.wait(within=10)
    file = cluster_folder(state) / "data" / "postmaster.pid"
    with subprocess.Popen([sys.executable, "-c", "import signal; signal.pause()"]) as stranger:
        lines = file.read_text().splitlines()
        file.write_text("\n".join([str(stranger.pid), *lines[1:]]) + "\n")
        try:
            assert value(server.start(), "SELECT 1") == 1
        finally:
            stranger.kill()


def test_second_launcher_is_told_which_process_has_the_folder(state: Path) -> None:
    with run_script(SERVES, str(state)) as launcher:
        next_line(launcher)
        began = time.monotonic()
        with pytest.raises(DatabaseInUse) as caught:
            EmbeddedPostgres(state).start()
        assert time.monotonic() - began < 1.0
        assert str(state) in caught.value.message
        assert f"process {launcher.pid}" in caught.value.message
        with reach_server(state) as address:
            assert value(address, "SELECT 1") == 1
        launcher.terminate()
        assert launcher.wait(timeout=30) == 0
    assert not address.folder.exists()


def test_server_that_is_reached_for_and_not_running_is_started_for_that_long(state: Path) -> None:
    with reach_server(state) as address:
        assert value(address, "SELECT 1") == 1
        assert processes_over(state) != []
    assert processes_over(state) == []


def test_failed_start_tells_the_end_of_the_log_and_leaves_the_folder_free(
    server: EmbeddedPostgres, state: Path
) -> None:
    settings = cluster_folder(state) / "data" / "postgresql.auto.conf"
    settings.write_text("no_such_setting = 1\n")
    with pytest.raises(DatabaseNotStarted, match="no_such_setting"):
        server.start()
    settings.write_text("")
    assert value(server.start(), "SELECT 1") == 1


def test_missing_password_is_said_before_anything_is_started(server: EmbeddedPostgres, state: Path) -> None:
    (cluster_folder(state) / "password").unlink()
    with pytest.raises(DatabaseUnreachable, match="password"):
        server.start()


def test_cluster_whose_making_was_cut_off_is_made_anew(server: EmbeddedPostgres, state: Path) -> None:
    folder = cluster_folder(state)
    (folder / "data").rename(folder / "data.new")
    assert value(server.start(), "SELECT count(*) FROM pg_class WHERE relname = 'pupil'") == 0


def test_databases_are_made_from_a_template_and_dropped_under_their_users(server: EmbeddedPostgres) -> None:
    address = server.start()
    create_database(address.url(), 'odd "name"', template="postgres")
    with psycopg.connect(address.url('odd "name"')) as connection:
        connection.execute("SELECT name FROM pupil")
        drop_database(address.url(), 'odd "name"')
        with pytest.raises(psycopg.OperationalError):
            connection.execute("SELECT 1")
    drop_database(address.url(), 'odd "name"')


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that any user may enter, unlike pytest's own."""
    folder = Path(tempfile.mkdtemp(prefix="footbridge-test-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


ANSWERS = """
import os, sys
from pathlib import Path
import psycopg
from footbridge.runtime.postgres import EmbeddedPostgres
state, relocation = map(Path, sys.argv[1:])
for statement in ("CREATE TABLE pupil AS SELECT 'kept' AS name", "INSERT INTO pupil VALUES ('too')"):
    with EmbeddedPostgres(state, relocation=relocation) as address:
        with psycopg.connect(address.url()) as connection:
            connection.execute(statement)
            rows = connection.execute("SELECT name FROM pupil").fetchall()
        print(os.geteuid(), *(name for name, in rows), flush=True)
"""

# A machine that refuses user namespaces: one where root has set their number to nothing.
REFUSED = """
import ctypes, sys
from pathlib import Path
assert ctypes.CDLL(None).unshare(0x10000000) == 0
print("in", flush=True)
sys.stdin.readline()
Path("/proc/sys/user/max_user_namespaces").write_text("0")
"""


def one_who_is_not_root() -> str:
    """Nobody, if nobody may read this Python and these folders; else nobody with root's eyes."""
    imports = [sys.executable, "-c", "import psycopg, footbridge.runtime.postgres"]
    with run(tether.tethered(imports, identity=tether.AS_NOBODY)) as attempt:
        attempt.communicate()
    return tether.AS_NOBODY if attempt.returncode == 0 else tether.AS_NOBODY_IN_NAMESPACE


def namespaces_are_allowed() -> bool:
    with run(tether.tethered(["true"], identity=tether.AS_NOBODY_IN_NAMESPACE)) as attempt:
        attempt.communicate()
    return attempt.returncode == 0


if AS_ROOT:

    def test_one_who_is_not_root_can_start_it(open_folder: Path) -> None:
        identity = one_who_is_not_root()
        state = open_folder / "state"
        state.mkdir()
        if identity == tether.AS_NOBODY:
            os.chown(state, tether.NOBODY, tether.NOBODY)
        argv = [sys.executable, "-c", ANSWERS, str(state), "/nowhere"]
        with run(tether.tethered(argv, identity=identity)) as launcher:
            output, _ = launcher.communicate(timeout=60)
        assert output.splitlines() == [f"{tether.NOBODY} kept", f"{tether.NOBODY} kept too"]
        assert (state / "postgres" / "data" / "PG_VERSION").exists()


if AS_ROOT and namespaces_are_allowed():  # elsewhere every test above runs it so

    def test_root_without_user_namespaces_runs_it_elsewhere_as_nobody(open_folder: Path) -> None:
        hidden, away = open_folder / "hidden", open_folder / "away"
        hidden.mkdir(mode=0o700)
        with run_script(REFUSED + ANSWERS, str(hidden / "state"), str(away)) as launcher:
            assert next_line(launcher) == "in"
            for kind in ("uid_map", "gid_map"):
                Path(f"/proc/{launcher.pid}/{kind}").write_text("0 0 65536")
            output, _ = launcher.communicate("go\n", timeout=60)
        assert output.splitlines() == ["0 kept", "0 kept too"]
        assert {folder.stat().st_uid for folder in away.glob("*/data")} == {tether.NOBODY}
