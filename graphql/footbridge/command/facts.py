"""`footbridge facts`: what DfE publishes of schools, as public facts."""

from pathlib import Path
from typing import Annotated

import typer

from footbridge.command.outcome import carry_out, finish, in_words
from footbridge.command.terminal import say
from footbridge.exchange.fact_import import FactImport
from footbridge.exchange.fact_import import import_facts as load
from footbridge.runtime.database import Database
from footbridge.tenancy.session import open_register

app = typer.Typer(help="What DfE publishes of schools.", no_args_is_help=True)


@app.callback()
def facts() -> None:
    """What DfE publishes of schools."""


@app.command("import")
def import_facts(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="DfE's CSV: absence, census, results.")],
    year: Annotated[str, typer.Option(help="The academic year, as 2018/19.")],
    source: Annotated[str, typer.Option(help="Where it comes from, as “DfE school census”.")],
) -> None:
    """Load the file's figures of the schools that have been imported."""

    async def work(database: Database) -> FactImport:
        async with open_register(database) as register:
            return await load(register, file, year=year, source=source)

    done = carry_out(work, task=f"Reading {file.name} …")
    say(f"{done.schools_matched} of our schools among {done.schools_in_file:,} in the file, which was read as "
        f"{done.encoding}; {done.by_predecessor} by authority and number, as predecessors.")  # fmt: skip
    say(f"{in_words(done.facts, f'Figures of {done.year.name}')}; {done.suppressed} suppressed by DfE.")
    finish(done.problems, done.notes)
