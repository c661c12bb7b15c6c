"""How a command ends: what it prints, and its exit code (1 refused, 2 wrong usage, 3 rows that were unusable)."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

import typer
from rich.markup import escape

from footbridge.command.reach import reach_addresses
from footbridge.command.terminal import console, refusals
from footbridge.exchange.report import RowNote, RowProblem
from footbridge.runtime.database import Database
from footbridge.runtime.memory import made_to_stay
from footbridge.runtime.settings import Settings
from footbridge.tenancy.public_record import Tally

T = TypeVar("T")

ROWS_UNUSABLE = 3
MOST_LINES = 200


def carry_out(work: Callable[[Database], Awaitable[T]], *, task: str) -> T:
    """Does the work on the database, with a sign of life meanwhile; a refusal ends the command with its message."""
    with (
        refusals(),
        console(error=True).status(escape(task)),
        reach_addresses(Settings.from_environment()) as addresses,
        made_to_stay(),
    ):
        database = Database(addresses)
        return asyncio.run(_closing(database, work))


async def _closing(database: Database, work: Callable[[Database], Awaitable[T]]) -> T:
    try:
        return await work(database)
    finally:
        await database.close()


def finish(problems: Sequence[RowProblem], notes: Sequence[RowNote] = ()) -> None:
    """Tells notes and problems line by line, and ends with exit code 3 if there are problems."""
    _list("Notes", notes)
    _list("Not taken", problems)
    if problems:
        raise typer.Exit(ROWS_UNUSABLE)


def _list(title: str, rows: Sequence[RowProblem | RowNote]) -> None:
    if not rows:
        return
    console(error=True).print(f"{title} ({len(rows)}):", style="bold")
    for row in rows[:MOST_LINES]:
        console(error=True).print(f"  {escape(str(row))}")
    if len(rows) > MOST_LINES:
        console(error=True).print(f"  … and {len(rows) - MOST_LINES} more.")


def in_words(tally: Tally, what: str) -> str:
    """“Schools: 6 new, 0 changed, 0 as before”."""
    kept = f", {tally.kept} known better" if tally.kept else ""
    return f"{what}: {tally.created} new, {tally.updated} changed, {tally.unchanged} as before{kept}"
