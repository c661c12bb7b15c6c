"""`footbridge trust`: trusts and their schools from a list of schools."""

from pathlib import Path
from typing import Annotated

import typer

from footbridge.command.outcome import carry_out, finish, in_words
from footbridge.command.terminal import say
from footbridge.exchange.trust_import import TrustImport
from footbridge.exchange.trust_import import import_trust as load
from footbridge.runtime.database import Database
from footbridge.tenancy.session import open_register

app = typer.Typer(help="Trusts and their schools.", no_args_is_help=True)


@app.callback()
def trust() -> None:
    """Trusts and their schools."""


@app.command("import")
def import_trust(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="A CSV of schools.")],
    trust: Annotated[str, typer.Option(help="The trust's name as the file has it; case and spaces do not count.")],
    uid: Annotated[str | None, typer.Option(help="The trust's GIAS group UID.")] = None,
) -> None:
    """Create or update a trust with its schools from an establishment extract, group links or a council's list."""

    async def work(database: Database) -> TrustImport:
        async with open_register(database) as register:
            return await load(register, file, trust_name=trust, uid=uid)

    done = carry_out(work, task=f"Importing {trust} …")
    say(f"{done.trust.name} (UID {done.trust.uid}): {done.trust_change}; the file was read as {done.encoding}.")
    left_out = f"; {done.left_out} rows left out" if done.left_out else ""
    say(f"{in_words(done.schools, 'Schools')}{left_out}.")
    finish(done.problems, done.notes)
