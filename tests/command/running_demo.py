"""`footbridge demo` as a person starts it: a process of its own, with a state folder and ports of its own."""

import os
import selectors
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import httpx

from tests.foundation.processes import await_true, processes_about

DEMO = (sys.executable, "-m", "footbridge.command.main", "demo")
TOUR = (sys.executable, "-m", "footbridge.command.main", "tour")
READY_LINE = "Ctrl-C ends it."
START_WITHIN = 180.0


def environment_of(state: Path, port: int, more: Mapping[str, str] | None = None) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("FOOTBRIDGE_")}
    own = {"FOOTBRIDGE_STATE": str(state), "FOOTBRIDGE_PORT": str(port), "COLUMNS": "160"}
    return kept | own | {"PYTHONUNBUFFERED": "1"} | dict(more or {})


# As from a terminal, though whoever runs the tests may have hang-ups and Ctrl-C ignored.
HEED_EVERYTHING = """
import os, signal, sys
for number in (signal.SIGHUP, signal.SIGINT):
    signal.signal(number, signal.SIG_DFL)
os.execvp(sys.argv[1], sys.argv[1:])
"""


class Demo:
    """Started at once; `output` is all that it has printed so far."""

    def __init__(
        self, state: Path, port: int, *, argv: Sequence[str] = DEMO, more: Mapping[str, str] | None = None
    ) -> None:
        self.state = state
        self.port = port
        self.origin = f"http://127.0.0.1:{port}"
        self.output = ""
        self._began = time.monotonic()
        self.process = subprocess.Popen(
            [sys.executable, "-c", HEED_EVERYTHING, *argv], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            env=environment_of(state, port, more), start_new_session=True,
        )  # fmt: skip

    def await_serving(self) -> float:
        """The seconds from its start to its last word before it serves."""
        self._read_until(READY_LINE)
        assert READY_LINE in self.output, self.output
        return time.monotonic() - self._began

    def await_end(self, *, within: float = 60.0) -> int:
        """Its exit code; `output` is complete then."""
        self._read_until(None, within=within)
        return self.process.wait(timeout=within)

    def status(self, page: str) -> int:
        return httpx.get(f"{self.origin}{page}", timeout=20, trust_env=False).status_code

    def signal(self, number: int) -> None:
        self.process.send_signal(number)

    def left(self) -> dict[int, str]:
        """What runs of it, its parent apart: by its state folder in command line, environment or working folder."""
        return processes_about(str(self.state))

    def await_nothing_left(self) -> None:
        await_true(lambda: self.left() == {}, f"the end of everything over {self.state}", within=40)
        for port in (self.port, self.port + 1):
            assert not answers(port)

    def end(self) -> None:
        """At the end of a test, however it ended; only what it started itself."""
        if self.process.poll() is None:
            self.process.terminate()
            self.await_end()
        assert self.process.stdout is not None
        self.process.stdout.close()

    def _read_until(self, word: str | None, *, within: float = START_WITHIN) -> None:
        assert self.process.stdout is not None
        deadline = time.monotonic() + within
        with selectors.DefaultSelector() as selector:
            selector.register(self.process.stdout, selectors.EVENT_READ)
            while word is None or word not in self.output:
                assert selector.select(max(0.0, deadline - time.monotonic())), f"it says no more than\n{self.output}"
                read = os.read(self.process.stdout.fileno(), 65536)
                if not read:
                    return
                self.output += read.decode()


def answers(port: int) -> bool:
    try:
        httpx.get(f"http://127.0.0.1:{port}/", timeout=5, trust_env=False)
    except httpx.TransportError:
        return False
    return True
