"""The processes that a command runs beside itself: started, watched and stopped, none left behind."""

import os
import signal
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import FrameType, TracebackType
from typing import Self

from footbridge.runtime import tether
from footbridge.runtime.errors import FootbridgeError

_LOG_LIMIT = 5_000_000
_POLL_SECONDS = 0.02
_WATCH_SECONDS = 0.1


class ChildEnded(FootbridgeError):
    """A process that should have gone on has ended."""

    code = "CHILD_ENDED"

    def __init__(self, ended: "Ended", last_lines: str) -> None:
        super().__init__(f"{ended}. Its last lines:\n{last_lines or '(it wrote nothing)'}")
        self.ended = ended


class StopRequested(KeyboardInterrupt):
    """Somebody asked this command to end: Ctrl-C, SIGTERM or a closed terminal."""

    def __init__(self, by: signal.Signals) -> None:
        super().__init__(by.name)
        self.by = by


@dataclass(frozen=True)
class Ended:
    """How a child ended; `exit_code` is negative for a signal, as in subprocess."""

    name: str
    exit_code: int
    forced: bool

    def __str__(self) -> str:
        if self.exit_code >= 0:
            return f"{self.name} ended with exit code {self.exit_code}"
        return f"{self.name} was ended by {_signal_name(-self.exit_code)}"


class Child:
    """A running process with a session of its own, its log and the signal that asks it to end."""

    def __init__(
        self,
        name: str,
        process: subprocess.Popen[bytes],
        log: Path,
        log_start: int,
        stop_signal: signal.Signals,
    ) -> None:
        self.name = name
        self.process = process
        self.log = log
        self.stop_signal = stop_signal
        self._log_start = log_start
        self._forced = False

    @property
    def pid(self) -> int:
        return self.process.pid

    def ended(self) -> Ended | None:
        """How it ended, or None while it runs. What it left in its process group is ended with it."""
        code = self.process.returncode
        if code is None:
            if os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOWAIT | os.WNOHANG) is None:
                return None
            self._kill_group()
            code = self.process.wait()
        return Ended(self.name, code, self._forced)

    def wait(self, *, within: float) -> Ended | None:
        """How it ended, or None if it still runs after that many seconds."""
        deadline = time.monotonic() + within
        while (ended := self.ended()) is None and time.monotonic() < deadline:
            time.sleep(_POLL_SECONDS)
        return ended

    def ask_to_end(self) -> None:
        if self.ended() is None:
            self.process.send_signal(self.stop_signal)

    def stop(self, *, within: float = 10.0) -> Ended:
        """Asks it to end; after that many seconds it is killed, with all of its process group."""
        self.ask_to_end()
        return self.wait(within=within) or self._kill()

    def last_lines(self, count: int = 20) -> str:
        """The end of what it wrote since it was started."""
        with self.log.open("rb") as log:
            log.seek(max(self._log_start, self.log.stat().st_size - 64_000))
            lines = log.read().decode("utf-8", errors="replace").splitlines()
        return "\n".join(lines[-count:])

    def _kill(self) -> Ended:
        self._forced = True
        self._kill_group()
        return Ended(self.name, self.process.wait(), forced=True)

    def _kill_group(self) -> None:
        """Only called before the child is reaped, so that its id cannot be another's by now."""
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)


def start_child(
    name: str,
    argv: Sequence[str],
    *,
    log: Path,
    environment: Mapping[str, str] | None = None,
    stop_signal: signal.Signals = signal.SIGTERM,
    identity: str = tether.AS_CALLER,
    keep_open: Sequence[int] = (),
) -> Child:
    """Starts `argv` so that it gets `stop_signal` when this process ends, however it ends.

    It has its own session: Ctrl-C in the terminal reaches this process alone, which then stops its children
    in order. Its output is appended to `log`. `keep_open` are file descriptors that it inherits. Must be
    called from the main thread, since the kernel ties a child to the thread that started it.
    """
    if threading.current_thread() is not threading.main_thread():
        raise RuntimeError("Children are started from the main thread: the kernel ties them to their thread.")
    log.parent.mkdir(parents=True, exist_ok=True)
    _turn_over(log)
    with log.open("ab") as output:
        log_start = output.tell()
        process = subprocess.Popen(
            tether.tethered(argv, stop_signal=stop_signal, identity=identity),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=environment,
            pass_fds=keep_open,
            start_new_session=True,
        )
    return Child(name, process, log, log_start, stop_signal)


def stop_children(children: Sequence[Child], *, within: float = 10.0) -> list[Ended]:
    """Stops the last one started first, each with its own deadline; says how each ended."""
    return [child.stop(within=within) for child in reversed(children)]


class Supervisor:
    """Children that live and end together; leaving the context stops them, the last one started first."""

    def __init__(self, logs: Path, *, stop_within: float = 10.0) -> None:
        self._logs = logs
        self._stop_within = stop_within
        self._own: list[Child] = []
        self._watched: list[Child] = []
        self.ended: list[Ended] = []

    def start(self, name: str, argv: Sequence[str], *, environment: Mapping[str, str] | None = None) -> Child:
        child = start_child(name, argv, log=self._logs / f"{name}.log", environment=environment)
        self._own.append(child)
        return child

    def watch(self, child: Child) -> None:
        """Ends with the others when this one dies, but leaves stopping it to its owner."""
        self._watched.append(child)

    def check(self) -> None:
        """Raises ChildEnded if a child has ended; to be called while waiting for one to answer."""
        for child in (*self._watched, *self._own):
            if (ended := child.ended()) is not None:
                raise ChildEnded(ended, child.last_lines())

    def wait(self) -> None:
        """Returns never: raises ChildEnded, or what a signal raises (see `ending_on_signals`)."""
        while True:
            self.check()
            time.sleep(_WATCH_SECONDS)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """Those started last are stopped first; stopping twice is harmless."""
        self.ended += stop_children(self._own, within=self._stop_within)
        self._own.clear()


@contextmanager
def ending_on_signals() -> Iterator[None]:
    """The first SIGINT, SIGTERM or SIGHUP raises StopRequested within, which ends here without an error.

    Later ones are ignored, so that what is being stopped is stopped in order; each step of it has a deadline.
    """
    heeded = [signal.SIGINT, signal.SIGTERM]
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # nohup asks us to outlive the terminal
        heeded.append(signal.SIGHUP)

    def request_stop(number: int, frame: FrameType | None) -> None:
        for other in heeded:
            signal.signal(other, signal.SIG_IGN)
        raise StopRequested(signal.Signals(number))

    before = {number: signal.signal(number, request_stop) for number in heeded}
    try:
        with suppress(StopRequested):
            yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _turn_over(log: Path) -> None:
    if log.exists() and log.stat().st_size > _LOG_LIMIT:
        log.replace(log.with_name(log.name + ".old"))


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
