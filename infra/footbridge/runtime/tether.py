"""Ties a process to the one that started it, so that a kill -9 of the parent leaves nothing behind.

Also run by path, `python -I -S tether.py …`, between a launcher and the program it starts: the kernel keeps
the tie over exec. It uses the standard library alone, since the interpreter then sees no packages.
"""

import ctypes
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

NOBODY = 65534

AS_CALLER = "caller"
AS_NOBODY_IN_NAMESPACE = "namespace"
AS_NOBODY = "nobody"

_PR_SET_PDEATHSIG = 1
_CLONE_NEWUSER = 0x10000000


def die_with_parent(stop_signal: signal.Signals = signal.SIGTERM, *, parent: int | None = None) -> None:
    """The kernel sends `stop_signal` to this process when its parent ends.

    `parent` is the process id it must still have; without it, the one at the time of the call. A parent that
    ended in between is noticed, and the signal sent at once. To the kernel the parent is the *thread* that
    started this process, so children are started from the main thread. Not inherited by own children.
    """
    expected = os.getppid() if parent is None else parent
    _call("prctl", _PR_SET_PDEATHSIG, int(stop_signal), 0, 0, 0)
    if os.getppid() != expected:
        os.kill(os.getpid(), stop_signal)


def tethered(
    argv: Sequence[str], *, stop_signal: signal.Signals = signal.SIGTERM, identity: str = AS_CALLER
) -> list[str]:
    """`argv`, started through this module as a child of the calling process."""
    return [
        *(sys.executable, "-I", "-S", __file__),
        *(str(os.getpid()), str(int(stop_signal)), identity, *argv),
    ]


def _call(function: str, *arguments: int) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if getattr(libc, function)(*map(ctypes.c_ulong, arguments)) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{function}: {os.strerror(number)}")


def _enter_namespace() -> None:
    """A user namespace in which the caller's files are the caller's, and its name is nobody."""
    user, group = os.geteuid(), os.getegid()
    _call("unshare", _CLONE_NEWUSER)
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{NOBODY} {user} 1")
    Path("/proc/self/gid_map").write_text(f"{NOBODY} {group} 1")


def _become_nobody() -> None:
    os.setgroups([])
    os.setgid(NOBODY)
    os.setuid(NOBODY)


def _take_identity(identity: str) -> None:
    if identity == AS_NOBODY_IN_NAMESPACE:
        _enter_namespace()
    elif identity == AS_NOBODY:
        _become_nobody()


def main(arguments: Sequence[str]) -> None:
    """PARENT SIGNAL IDENTITY PROGRAM ARGUMENT…; the tie comes last, since a change of identity clears it."""
    parent, number, identity, *argv = arguments
    stop_signal = signal.Signals(int(number))
    signal.signal(stop_signal, signal.SIG_DFL)
    _take_identity(identity)
    die_with_parent(stop_signal, parent=int(parent))
    os.execvp(argv[0], argv)


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except OSError as problem:
        sys.exit(f"{sys.argv[4]} did not start: {problem}")
