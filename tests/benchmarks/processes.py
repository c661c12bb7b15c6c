"""What a server with all of its processes costs, as /proc tells it, and on which core it runs."""

import os
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")


@cache
def cores() -> tuple[int, int]:
    """One for the server that is measured, one for PostgreSQL and the load; the same where there is one only.

    Asked once: this process is pinned itself, and would find its own core alone.
    """
    usable = sorted(os.sched_getaffinity(0))
    return usable[0], usable[1] if len(usable) > 1 else usable[0]


def to_the_servers_core(pid: int) -> None:
    pin(pid, cores()[0])


def to_the_loads_core(*pids: int) -> None:
    """For this process, which makes the load, and for PostgreSQL."""
    for pid in pids:
        pin(pid, cores()[1])


def pin(pid: int, core: int) -> None:
    """The process with all of its threads and children; those that it starts later follow it."""
    for process in tree_of(pid):
        for task in Path(f"/proc/{process}/task").glob("*"):
            with suppress(ProcessLookupError):
                os.sched_setaffinity(int(task.name), {core})


def cpu_seconds(pid: int) -> float:
    """Spent so far by the process and its children, in user and kernel.

    Of those that have ended their parents tell, once they have waited for them: else what a connection's process has
    spent would be missing after its end.
    """
    return sum(_ticks(process) for process in tree_of(pid)) / TICKS


def busy_seconds() -> float:
    """Spent so far by all programs on all cores of this machine."""
    user, nice, system, _, _, interrupts, soft_interrupts, *_ = map(int, _read(Path("/proc/stat")).split()[1:11])
    return (user + nice + system + interrupts + soft_interrupts) / TICKS


def memory_mb(pid: int) -> float:
    """Resident memory of the process and its children; pages that they share count once."""
    return sum(_shares_of_kilobytes(process) for process in tree_of(pid)) / 1024


def tree_of(pid: int) -> Iterator[int]:
    yield pid
    for task in Path(f"/proc/{pid}/task").glob("*"):
        for child in _read(task / "children").split():
            yield from tree_of(int(child))


def _ticks(pid: int) -> int:
    fields = _read(Path(f"/proc/{pid}/stat")).rpartition(")")[2].split()
    return sum(int(field) for field in fields[11:15])  # utime, stime, and both of the children that were waited for


def _shares_of_kilobytes(pid: int) -> int:
    return _kilobytes(Path(f"/proc/{pid}/smaps_rollup"), "Pss:")


def _kilobytes(file: Path, name: str) -> int:
    return next((int(line.split()[1]) for line in _read(file).splitlines() if line.startswith(name)), 0)


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except OSError:  # it has ended
        return ""
