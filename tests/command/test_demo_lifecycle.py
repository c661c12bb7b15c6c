"""`footbridge demo` from its start to its end, however it ends."""

import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from footbridge.command.demo_people import demo_people
from footbridge.runtime import tether
from footbridge.runtime.postgres import EmbeddedPostgres
from tests.command.running_demo import DEMO, Demo
from tests.foundation.ports import find_free_ports
from tests.foundation.processes import await_true

Start = Callable[..., Demo]


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Filled by the first demo, and used again by the others."""
    return tmp_path_factory.mktemp("demo") / "state"


@pytest.fixture
def start(state: Path) -> Iterator[Start]:
    """`start()` starts it over the shared state at free ports; whatever was started has ended after the test."""
    started: list[Demo] = []

    def begin(at: Path = state, port: int | None = None, **options: object) -> Demo:
        demo = Demo(at, port or find_free_ports(2), **options)  # type: ignore[arg-type]
        started.append(demo)
        return demo

    yield begin
    for demo in started:
        demo.end()


@pytest.fixture
def serving(start: Start) -> Demo:
    demo = start()
    demo.await_serving()
    return demo


def process_of(demo: Demo, module: str) -> int:
    """The child that runs the module: not what it started itself."""
    return min(pid for pid, command in demo.left().items() if module in command)


def test_demo_tells_where_it_serves_and_who_is_there_and_starts_again_from_what_is_there(start: Start) -> None:
    first = start()
    seconds = first.await_serving()
    assert f"{first.origin}/" in first.output
    assert f"http://127.0.0.1:{first.port + 1}/" in first.output
    for person in demo_people():
        assert person.email in first.output
        assert all(post in first.output for post in person.posts)
    assert (first.status("/healthz"), first.status("/readyz")) == (200, 200)
    first.signal(signal.SIGINT)
    assert first.await_end() == 0
    assert "Stopped." in first.output
    first.await_nothing_left()
    password = (first.state / "demo-password").read_text()
    second = start()
    again = second.await_serving()
    print(f"first start {seconds:.1f} s, second start {again:.1f} s")  # noqa: T201 (to be read, with -s)
    assert again < 20
    assert password in second.output
    assert second.status("/readyz") == 200


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_demo_ends_cleanly_when_it_is_asked_to(serving: Demo, number: signal.Signals) -> None:
    serving.signal(number)
    assert serving.await_end() == 0
    assert "Traceback" not in serving.output
    serving.await_nothing_left()


def test_demo_that_is_interrupted_while_it_starts_leaves_nothing(start: Start) -> None:
    demo = start()
    await_true(lambda: any("demo_directory" in command for command in demo.left().values()), "the directory’s start")
    demo.signal(signal.SIGINT)
    assert demo.await_end() == 0
    assert "Traceback" not in demo.output
    demo.await_nothing_left()


def test_killed_demo_leaves_nothing(serving: Demo) -> None:
    serving.signal(signal.SIGKILL)
    assert serving.await_end() == -signal.SIGKILL
    serving.await_nothing_left()


PARENT = "import subprocess, sys\nsys.exit(subprocess.call(sys.argv[1:]))"


def test_demo_whose_parent_is_killed_leaves_nothing(start: Start) -> None:
    demo = start(argv=(sys.executable, "-c", PARENT, *DEMO))
    demo.await_serving()
    demo.signal(signal.SIGKILL)
    demo.await_end()
    demo.await_nothing_left()


def test_demo_below_a_shell_whose_parent_is_killed_leaves_nothing(start: Start) -> None:
    """As `make demo` runs it."""
    demo = start(argv=("sh", "-c", 'exec "$@"', "sh", sys.executable, "-c", PARENT, *DEMO))
    demo.await_serving()
    demo.signal(signal.SIGKILL)
    demo.await_end()
    demo.await_nothing_left()


@pytest.mark.parametrize(("offset", "purpose"), [(0, "the gateway"), (1, "the demo directory")])
def test_taken_port_is_named_with_the_setting_that_changes_it(start: Start, offset: int, purpose: str) -> None:
    port = find_free_ports(2)
    with socket.create_server(("127.0.0.1", port + offset)):
        demo = start(port=port)
        assert demo.await_end() == 1
    told = " ".join(demo.output.split())
    assert f"Port {port + offset} on 127.0.0.1, meant for {purpose}, is taken" in told
    assert "FOOTBRIDGE_PORT" in told
    assert "Traceback" not in told
    assert demo.left() == {}


@pytest.mark.parametrize(
    ("name", "module"),
    [("gateway", "gateway_process"), ("worker", "worker_process"), ("directory", "demo_directory"),
     ("postgres", "bin/postgres")],
)  # fmt: skip
def test_child_that_dies_ends_the_demo_which_names_it(serving: Demo, name: str, module: str) -> None:
    os.kill(process_of(serving, module), signal.SIGKILL)
    assert serving.await_end() == 1
    assert f"{name} was ended by SIGKILL" in serving.output
    assert "Traceback" not in serving.output
    serving.await_nothing_left()


def test_second_demo_over_the_same_state_is_told_who_has_it(serving: Demo, start: Start) -> None:
    second = start()
    assert second.await_end() == 1
    assert str(serving.process.pid) in second.output
    assert "Traceback" not in second.output
    assert serving.status("/readyz") == 200


def test_demo_uses_the_server_that_it_is_given(start: Start, tmp_path: Path) -> None:
    with EmbeddedPostgres(tmp_path / "server", durable=False) as server:
        demo = start(tmp_path / "state", more={"FOOTBRIDGE_DATABASE_URL": server.url()})
        demo.await_serving()
        assert demo.status("/readyz") == 200
        assert not (demo.state / "postgres").exists()
        demo.signal(signal.SIGINT)
        assert demo.await_end() == 0
        demo.await_nothing_left()


def test_server_that_is_not_there_is_named_without_its_password(start: Start, tmp_path: Path) -> None:
    nowhere = f"postgresql://somebody:secret-word@/footbridge?host={tmp_path}"
    demo = start(tmp_path / "state", more={"FOOTBRIDGE_DATABASE_URL": nowhere})
    assert demo.await_end() == 1
    assert str(tmp_path) in "".join(demo.output.split())
    assert "secret-word" not in demo.output
    assert "Traceback" not in demo.output
    demo.await_nothing_left()


if os.geteuid() == 0:

    def test_one_who_is_not_root_can_run_it(start: Start) -> None:
        folder = Path("/tmp") / f"footbridge-test-{os.getpid()}"
        folder.mkdir(mode=0o755)
        identity = _one_who_is_not_root()
        if identity == tether.AS_NOBODY:
            os.chown(folder, tether.NOBODY, tether.NOBODY)
        try:
            demo = start(folder / "state", argv=tether.tethered(DEMO, identity=identity))
            demo.await_serving()
            assert httpx.get(f"{demo.origin}/readyz", trust_env=False).json()["ready"] is True
            assert (folder / "state" / "postgres" / "data" / "PG_VERSION").exists()
            demo.signal(signal.SIGINT)
            assert demo.await_end() == 0
            demo.await_nothing_left()
        finally:
            shutil.rmtree(folder)

    def _one_who_is_not_root() -> str:
        """Nobody, if nobody may read this Python and these folders; else nobody with root's eyes."""
        imports = [sys.executable, "-c", "import psycopg, footbridge.command.main"]
        attempt = subprocess.run(tether.tethered(imports, identity=tether.AS_NOBODY), capture_output=True, check=False)
        return tether.AS_NOBODY if attempt.returncode == 0 else tether.AS_NOBODY_IN_NAMESPACE
