"""`footbridge directory`: the OpenID provider that a trust's people sign in at."""

from pathlib import Path
from typing import Annotated

import typer

from footbridge.command.outcome import carry_out, finish
from footbridge.command.terminal import refusals, say
from footbridge.directory.enrolment import DirectoryAdded, add_directory
from footbridge.exchange.group_posts import group_posts
from footbridge.exchange.groups import read_groups
from footbridge.runtime.database import Database
from footbridge.runtime.errors import InvalidInput
from footbridge.tenancy.enrolment import find_trust_called
from footbridge.tenancy.session import open_register

app = typer.Typer(help="Directories that people sign in at.", no_args_is_help=True)


@app.callback()
def directory() -> None:
    """Directories that people sign in at."""


@app.command("add")
def add(
    trust: Annotated[str, typer.Option(help="Name or UID of the trust.")],
    issuer: Annotated[str, typer.Option(help="The provider's address.")],
    client_id: Annotated[str, typer.Option(help="What the provider calls Footbridge.")],
    domain: Annotated[list[str], typer.Option(help="An e-mail domain that leads here; may be given several times.")],
    groups: Annotated[Path, typer.Option(exists=True, dir_okay=False, help="A CSV: group, post, school, trust group.")],
    client_secret_file: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, help="A file that holds the client's secret.")
    ] = None,
) -> None:
    """Give a trust its directory. If a row of the groups is unusable, nothing is changed."""
    with refusals():
        reading = read_groups(groups)
        secret = _secret(client_secret_file)
    if reading.problems:
        say("Nothing was changed.")
    finish(reading.problems, reading.notes)

    async def work(database: Database) -> DirectoryAdded:
        async with open_register(database) as register:
            owner = await find_trust_called(register, trust)
            posts = await group_posts(register, owner, reading.records)
        return await add_directory(
            database,
            trust_id=owner.id,
            issuer_url=issuer,
            client_id=client_id,
            client_secret=secret,
            domains=domain,
            groups=posts,
        )

    done = carry_out(work, task="Adding the directory …")
    say(f"{issuer}: {', '.join(done.domains)}; {len(done.groups)} posts by group; "
        f"{'changed' if done.changed else 'as before'}.")  # fmt: skip


def _secret(file: Path | None) -> str | None:
    """From a file, since arguments are visible to everybody on the machine."""
    if file is None:
        return None
    secret = file.read_text(encoding="utf-8").strip()
    if not secret:
        raise InvalidInput(f"{file.name} is empty; the client's secret was expected.")
    return secret
