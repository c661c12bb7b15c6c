"""`footbridge calendar`: terms, half-terms, holidays, INSET days and closures."""

from pathlib import Path
from typing import Annotated

import typer

from footbridge.command.outcome import carry_out, finish, in_words
from footbridge.command.terminal import say
from footbridge.exchange.calendar_import import CalendarImport
from footbridge.exchange.calendar_import import import_calendar as load
from footbridge.runtime.database import Database
from footbridge.tenancy.session import open_register

app = typer.Typer(help="Calendars of trusts and schools.", no_args_is_help=True)


@app.callback()
def calendar() -> None:
    """Calendars of trusts and schools."""


@app.command("import")
def import_calendar(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="A CSV: kind, name, from, until, urn.")],
    trust: Annotated[str, typer.Option(help="Name or UID of the trust.")],
) -> None:
    """Load entries of the whole trust, or where a URN stands, of one school."""

    async def work(database: Database) -> CalendarImport:
        async with open_register(database) as register:
            return await load(register, file, trust=trust)

    done = carry_out(work, task=f"Reading {file.name} …")
    say(f"{in_words(done.entries, f'Calendar of {done.trust.name}')}; the file was read as {done.encoding}.")
    finish(done.problems, done.notes)
