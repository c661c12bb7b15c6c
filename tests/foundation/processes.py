"""Which processes there are, and waiting for what they do."""

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path


def await_true(condition: Callable[[], bool], what: str, *, within: float = 30.0) -> None:
    """Asks again and again; `what` completes the sentence “… did not happen”."""
    deadline = time.monotonic() + within
    while not condition():
        assert time.monotonic() < deadline, f"{what} did not happen within {within:.0f} s"
        time.sleep(0.02)


def processes_about(text: str) -> dict[int, str]:
    """Living processes with the text in their command line, environment or working folder; but for this one."""
    found = {}
    for process in _others():
        told = _read(process / "cmdline")
        if text in told or text in _read(process / "environ") or text in _folder_of(process):
            found[int(process.name)] = told.replace("\0", " ")
    return found


def processes_in(folder: Path) -> list[int]:
    """Those that work in this folder, as PostgreSQL's do in its data."""
    return [int(process.name) for process in _others() if _folder_of(process) == str(folder)]


def children_of(pid: int) -> list[int]:
    """Of any of its threads."""
    found = []
    for task in Path(f"/proc/{pid}/task").glob("*"):
        found += [int(child) for child in _read(task / "children").split()]
    return found


def _others() -> Iterator[Path]:
    for process in Path("/proc").glob("[0-9]*"):
        if process.name != str(os.getpid()) and _state_of(process) not in {"Z", "X", ""}:
            yield process


def _state_of(process: Path) -> str:
    return _read(process / "stat").rpartition(")")[2].strip()[:1]


def _read(file: Path) -> str:
    try:
        return file.read_bytes().decode(errors="replace")
    except OSError:  # it has ended, or is another user's
        return ""


def _folder_of(process: Path) -> str:
    try:
        return str((process / "cwd").readlink())
    except OSError:
        return ""
