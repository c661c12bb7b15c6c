"""Children end with their parent, are stopped in order, and the one that died is named."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from footbridge.runtime import processes, tether
from footbridge.runtime.ports import PortRefused, PortTaken, require_free_port
from footbridge.runtime.processes import ChildEnded, Supervisor, start_child, stop_children

PYTHON = sys.executable
WAITS = [PYTHON, "-c", "import signal; signal.pause()"]
RUNTIME = Path(processes.__file__).parents[2]


def await_true(condition: Callable[[], bool], *, within: float = 15.0) -> None:
    deadline = time.monotonic() + within
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


def is_gone(pid: int) -> bool:
    """Ended, if not yet reaped: an orphan's zombie waits for whatever adopted it."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return True
    return state == "Z"


HEEDS = """import signal
signal.signal(signal.SIGHUP, signal.SIG_DFL)
signal.signal(signal.SIGINT, signal.default_int_handler)
"""


def run_script(script: str, *arguments: str) -> subprocess.Popen[str]:
    """As from a terminal: hang-ups and Ctrl-C count, though whoever runs the tests may have them ignored."""
    environment = {**os.environ, "PYTHONPATH": str(RUNTIME)}
    return subprocess.Popen(
        [PYTHON, "-c", HEEDS + script, *arguments], stdout=subprocess.PIPE, text=True, env=environment
    )


def next_line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


LAUNCHES = """
import signal, sys
from pathlib import Path
from footbridge.runtime.processes import start_child
child = start_child("child", [sys.executable, "-c", "import signal; signal.pause()"], log=Path(sys.argv[1]))
print(child.pid, flush=True)
signal.pause()
"""


def test_child_ends_when_its_parent_is_killed(tmp_path: Path) -> None:
    with run_script(LAUNCHES, str(tmp_path / "log")) as parent:
        child = int(next_line(parent))
        assert not is_gone(child)
        parent.kill()
    await_true(lambda: is_gone(child))


# As granian does: a child whose own workers are spawned by multiprocessing.
GRANDPARENT = """
import signal, sys
from pathlib import Path
from footbridge.runtime.processes import start_child
child = start_child("child", [sys.executable, sys.argv[1]], log=Path(sys.argv[2]))
print(child.pid, flush=True)
signal.pause()
"""
SPAWNS = """
import multiprocessing, os, signal
from footbridge.runtime.tether import die_with_parent

def work():
    die_with_parent(signal.SIGKILL, parent=multiprocessing.parent_process().pid)
    print(os.getpid(), flush=True)
    signal.pause()

if __name__ == "__main__":
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    worker = multiprocessing.get_context("spawn").Process(target=work)
    worker.start()
    worker.join()
"""


def test_grandchildren_end_when_everything_above_them_is_killed(tmp_path: Path) -> None:
    script, log = tmp_path / "spawns.py", tmp_path / "log"
    script.write_text(SPAWNS)
    with run_script(GRANDPARENT, str(script), str(log)) as parent:
        child = int(next_line(parent))
        await_true(lambda: log.read_text().endswith("\n"))
        worker = int(log.read_text())
        parent.kill()
        os.kill(child, signal.SIGKILL)
    await_true(lambda: is_gone(child) and is_gone(worker))


def test_child_whose_parent_is_gone_already_ends_itself() -> None:
    code = (
        "import signal; from footbridge.runtime.tether import die_with_parent\n"
        "die_with_parent(signal.SIGTERM, parent=1 << 22)\nprint('lived on', flush=True)"
    )
    with run_script(code) as child:
        assert next_line(child) == ""
        assert child.wait(timeout=15) == -signal.SIGTERM


def test_what_a_dead_child_started_is_ended_with_it(tmp_path: Path) -> None:
    code = f"import subprocess, sys, signal\nprint(subprocess.Popen({WAITS!r}).pid, flush=True)\nsignal.pause()"
    child = start_child("child", [PYTHON, "-c", code], log=tmp_path / "log")
    await_true(lambda: child.last_lines() != "")
    grandchild = int(child.last_lines())
    os.kill(child.pid, signal.SIGKILL)
    assert child.wait(within=15) is not None
    await_true(lambda: is_gone(grandchild))


def test_children_are_stopped_the_last_one_first_and_the_deaf_one_is_killed(tmp_path: Path) -> None:
    notes = tmp_path / "notes"
    code = (
        "import signal, sys\n"
        "def end(*_):\n"
        "    with open(sys.argv[2], 'a') as notes: print(sys.argv[1], file=notes)\n"
        "    sys.exit(int(sys.argv[3]))\n"
        "signal.signal(signal.SIGTERM, end); print('ready', flush=True); signal.pause()"
    )
    deaf = (
        "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('ready', flush=True)\n"
        "while True: signal.pause()"
    )
    children = [
        start_child("first", [PYTHON, "-c", code, "first", str(notes), "0"], log=tmp_path / "1"),
        start_child("deaf", [PYTHON, "-c", deaf], log=tmp_path / "2"),
        start_child("last", [PYTHON, "-c", code, "last", str(notes), "7"], log=tmp_path / "3"),
    ]
    for child in children:
        await_true(lambda child=child: child.last_lines() == "ready")  # type: ignore[misc]
    ended = stop_children(children, within=1.0)
    assert [(one.name, one.exit_code, one.forced) for one in ended] == [
        ("last", 7, False),
        ("deaf", -signal.SIGKILL, True),
        ("first", 0, False),
    ]
    assert notes.read_text().split() == ["last", "first"]


def test_supervisor_names_the_child_that_died_and_stops_the_others(tmp_path: Path) -> None:
    with Supervisor(tmp_path) as supervisor:
        steady = supervisor.start("steady", WAITS)
        supervisor.start("worker", [PYTHON, "-c", "import sys; print('no such table'); sys.exit(3)"])
        with pytest.raises(ChildEnded) as caught:
            supervisor.wait()
    assert "worker ended with exit code 3" in caught.value.message
    assert "no such table" in caught.value.message
    assert is_gone(steady.pid)


SUPERVISES = """
import sys
from pathlib import Path
from footbridge.runtime.processes import Supervisor, ending_on_signals
with ending_on_signals():
    with Supervisor(Path(sys.argv[1])) as supervisor:
        child = supervisor.start("child", [sys.executable, "-c", "import signal; signal.pause()"])
        print(child.pid, flush=True)
        supervisor.wait()
print(*supervisor.ended, flush=True)
"""


@pytest.mark.parametrize("by", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_supervisor_ends_cleanly_when_asked_to(tmp_path: Path, by: signal.Signals) -> None:
    with run_script(SUPERVISES, str(tmp_path)) as parent:
        child = int(next_line(parent))
        parent.send_signal(by)
        assert next_line(parent) == "child was ended by SIGTERM"
        assert parent.wait(timeout=15) == 0
    assert is_gone(child)


def test_children_are_not_started_from_a_thread_that_may_end_before_them(tmp_path: Path) -> None:
    problems: list[Exception] = []

    def start() -> None:
        try:
            start_child("child", WAITS, log=tmp_path / "log")
        except RuntimeError as problem:
            problems.append(problem)

    thread = threading.Thread(target=start)
    thread.start()
    thread.join()
    assert "main thread" in str(problems[0])


def test_a_program_that_is_not_there_is_named_in_the_log(tmp_path: Path) -> None:
    child = start_child("child", ["/nowhere/program"], log=tmp_path / "log")
    ended = child.wait(within=15)
    assert ended is not None
    assert ended.exit_code == 1
    assert "/nowhere/program did not start" in child.last_lines()


def test_last_lines_are_those_of_this_start(tmp_path: Path) -> None:
    for word in ("before", "now"):
        child = start_child("child", [PYTHON, "-c", f"print({word!r})"], log=tmp_path / "log")
        assert child.wait(within=15) is not None
    assert child.last_lines() == "now"
    assert (tmp_path / "log").read_text() == "before\nnow\n"


def test_tether_keeps_the_callers_identity_unless_told() -> None:
    argv = tether.tethered([PYTHON, "-c", "import os; print(os.getuid())"])
    assert int(subprocess.check_output(argv)) == os.getuid()


def test_taken_port_is_named_with_the_setting_that_changes_it() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        with pytest.raises(PortTaken, match=rf"Port {port} on 127\.0\.0\.1.*taken.*FOOTBRIDGE_PORT"):
            require_free_port("127.0.0.1", port)
    require_free_port("127.0.0.1", port)


def test_address_that_is_not_this_machines_is_refused_with_its_reason() -> None:
    with pytest.raises(PortRefused, match=r"8000 on 192\.0\.2\.1"):
        require_free_port("192.0.2.1", 8000)
