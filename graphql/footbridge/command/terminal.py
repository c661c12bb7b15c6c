"""What a command prints, and how it says no."""

from collections.abc import Iterator
from contextlib import contextmanager

import typer
from rich.console import Console
from rich.markup import escape

from footbridge.runtime.errors import FootbridgeError

REFUSED = 1
WIDTH_ELSEWHERE = 140


def console(*, error: bool = False) -> Console:
    """Made for each use, so that it writes to what is standard output then. Lines are never folded."""
    shown = Console(stderr=error, highlight=False, soft_wrap=True)
    if not shown.is_terminal:
        shown.width = WIDTH_ELSEWHERE
    return shown


def say(text: str) -> None:
    console().print(escape(text))


@contextmanager
def refusals() -> Iterator[None]:
    """A FootbridgeError is told in its own words, without a traceback."""
    try:
        yield
    except FootbridgeError as refused:
        console(error=True).print(escape(refused.message), style="bold red")
        raise typer.Exit(REFUSED) from None
