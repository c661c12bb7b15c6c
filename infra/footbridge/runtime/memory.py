"""What a process makes at once and keeps, Python's search for garbage leaves alone."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def made_to_stay() -> Iterator[None]:
    """What is made here stays: Python need not look through it for garbage, now or later.

    For what a server is made of, and for a command, whose process ends with its work: the search would take a third of
    the time of a large import, and find nothing.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()
