"""Who is measured runs apart from who measures, and what it costs is told in full."""

import os
import subprocess
import sys
from collections.abc import Iterator

import pytest

from . import processes

CORES = os.sched_getaffinity(0)


@pytest.fixture
def unpinned() -> Iterator[None]:
    """This process may run anywhere again when the test is over."""
    processes.cores.cache_clear()
    yield
    processes.cores.cache_clear()
    for task in os.listdir("/proc/self/task"):
        os.sched_setaffinity(int(task), CORES)


@pytest.fixture
def server() -> "Iterator[subprocess.Popen[bytes]]":
    """Has a child that burns CPU and ends; then waits to be told to end itself."""
    burns = "import time\nwhile time.process_time() < 0.3: pass"
    program = f"import subprocess, sys\nsubprocess.run([sys.executable, '-c', {burns!r}])\nprint()\ninput()"
    argv = [sys.executable, "-u", "-c", program]
    with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        yield child
        child.communicate(b"\n", timeout=20)


@pytest.mark.usefixtures("unpinned")
def test_a_server_that_starts_after_the_load_was_pinned_has_another_core(server: "subprocess.Popen[bytes]") -> None:
    """Where there is another."""
    processes.to_the_loads_core(os.getpid())
    processes.to_the_servers_core(server.pid)
    one, other = os.sched_getaffinity(0), os.sched_getaffinity(server.pid)
    assert len(one) == len(other) == 1
    assert one.isdisjoint(other) is (len(CORES) > 1)


def test_what_a_child_that_has_ended_spent_still_counts(server: "subprocess.Popen[bytes]") -> None:
    assert server.stdout is not None
    server.stdout.readline()
    assert processes.cpu_seconds(server.pid) >= 0.29
