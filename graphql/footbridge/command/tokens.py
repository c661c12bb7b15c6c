"""`footbridge token`: bearer tokens for programs."""

from datetime import timedelta
from typing import Annotated
from uuid import UUID

import typer

from footbridge.command.outcome import carry_out
from footbridge.command.terminal import console, say
from footbridge.directory.tokens import CreatedToken, create_token, revoke_token
from footbridge.exchange.observation_import import find_member
from footbridge.runtime.database import Database
from footbridge.tenancy.enrolment import find_trust_called
from footbridge.tenancy.permission import Scope
from footbridge.tenancy.session import open_register

app = typer.Typer(help="Bearer tokens for programs.", no_args_is_help=True)


@app.callback()
def token() -> None:
    """Bearer tokens for programs."""


@app.command("create")
def create(
    name: Annotated[str, typer.Option(help="What it is for.")],
    scope: Annotated[list[Scope], typer.Option(help="What it may be used for; may be given several times.")],
    school: Annotated[str | None, typer.Option(help="The URN of the school that it opens.")] = None,
    trust: Annotated[str | None, typer.Option(help="Name or UID of the trust that it opens.")] = None,
    days: Annotated[int, typer.Option(help="How long it holds.", min=1, max=366)] = 90,
) -> None:
    """Make a token; it is shown once, on standard output, and kept as a hash only."""
    if (school is None) == (trust is None):
        raise typer.BadParameter("say what it opens, by one of --school and --trust")
    if Scope.READ not in scope:
        raise typer.BadParameter("without --scope read it could do nothing")
    if trust is not None and Scope.WRITE in scope:
        raise typer.BadParameter("--scope write is for a school: nothing is changed at a trust")
    if Scope.INTROSPECT in scope and Scope.ADHOC not in scope:
        raise typer.BadParameter("--scope introspect needs --scope adhoc: who asks for the schema writes the document")

    async def work(database: Database) -> CreatedToken:
        trust_id, school_id = await _tenant(database, school, trust)
        return await create_token(
            database, trust_id=trust_id, school_id=school_id, name=name, scopes=scope, expires_in=timedelta(days=days)
        )

    made = carry_out(work, task="Making the token …")
    say(made.secret)
    until = f"{made.expires_at:%d %B %Y}"
    console(error=True).print(
        f"It holds until {until} and is not shown again. To revoke it, give `footbridge token revoke` it, or this:"
    )
    console(error=True).print(made.fingerprint)


@app.command("revoke")
def revoke(secret: Annotated[str, typer.Argument(help="The token, or the line that was shown beneath it.")]) -> None:
    """End a token at once."""
    carry_out(lambda database: revoke_token(database, secret), task="Revoking the token …")
    say("The token is revoked.")


async def _tenant(database: Database, school: str | None, trust: str | None) -> tuple[UUID, UUID | None]:
    async with open_register(database) as register:
        if school is not None:
            member = await find_member(register, school)
            return member.trust_id, member.school.id
        return (await find_trust_called(register, trust or "")).id, None
