"""`footbridge client`: frontends of others that people may use with their session."""

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer

from footbridge.command.client_manifest import ManifestOperation, read_manifest
from footbridge.command.outcome import carry_out
from footbridge.command.terminal import refusals, say
from footbridge.runtime.clock import LONDON, today
from footbridge.runtime.database import Database
from footbridge.runtime.settings import Settings
from footbridge.tenancy.client import Client
from footbridge.tenancy.client_registration import RegisteredClient, list_clients, register_client, revoke_client
from footbridge.tenancy.session import open_register

app = typer.Typer(help="Frontends of others that people may use.", no_args_is_help=True)


@app.callback()
def client() -> None:
    """Frontends of others that people may use."""


@app.command("add")
def add(
    name: Annotated[str, typer.Option(help="What it is called; under the same name it is changed.")],
    origin: Annotated[
        list[str], typer.Option(help="Where browsers load it from, as https://dashboard.example; several times.")
    ],
    manifest: Annotated[
        Path, typer.Option(exists=True, file_okay=False, help="A folder with school/ and trust/, an operation a file.")
    ],
    owner: Annotated[str, typer.Option(help="Who answers for it.")],
    review_on: Annotated[
        datetime, typer.Option(formats=["%Y-%m-%d"], help="The day by which to ask whether it is still needed.")
    ],
    redirect: Annotated[
        list[str] | None, typer.Option(help="Where a sign-in may return to, under an origin of its own; several times.")
    ] = None,
) -> None:
    """Let a frontend run the operations of its manifest, and nothing else. If one does not fit, nothing is changed."""
    with refusals():
        operations = read_manifest(manifest)
        own_origin = Settings.from_environment().origin

    async def work(database: Database) -> RegisteredClient:
        async with open_register(database) as register:
            return await register_client(
                register,
                name=name,
                owner=owner,
                origins=origin,
                redirect_addresses=redirect or [],
                review_on=review_on.date(),
                documents=[operation.document for operation in operations],
                own_origin=own_origin,
            )

    done = carry_out(work, task="Registering the client …")
    _show(operations)
    gone = f", withdrawn: {done.withdrawn}" if done.withdrawn else ""
    say(f"{_words(done.client, today())}: {done.change}. Operations: {len(operations)}{gone}.")


@app.command("check")
def check(
    manifest: Annotated[
        Path, typer.Option(exists=True, file_okay=False, help="A folder with school/ and trust/, an operation a file.")
    ],
) -> None:
    """Show hash and cost of each operation of a manifest and how it will run, or what does not fit; nothing is
    registered."""
    with refusals():
        _show(read_manifest(manifest))


@app.command("list")
def list_all() -> None:
    """Every client with its owner; those whose review is due are marked."""

    async def work(database: Database) -> Sequence[Client]:
        async with open_register(database) as register:
            return await list_clients(register)

    found = carry_out(work, task="Looking …")
    for one in found:
        say(_words(one, today()))
        for address in one.redirect_addresses if one.revoked_at is None else ():
            say(f"  returns to {address}")
    due = sum(one.is_due(today()) for one in found)
    say(f"Clients: {len(found)}, to be reviewed: {due}." if found else "No client is registered.")


@app.command("revoke")
def revoke(name: Annotated[str, typer.Argument(help="What it is called.")]) -> None:
    """End a client at once: it runs nothing and nobody returns to it."""

    async def work(database: Database) -> Client:
        async with open_register(database) as register:
            return await revoke_client(register, name=name)

    say(f"{carry_out(work, task='Revoking the client …').name} is revoked.")


def _show(operations: Sequence[ManifestOperation]) -> None:
    for document in (operation.document for operation in operations):
        say(f"{document.side.value:7} {document.name:32} {document.document_id}  costs {document.cost:,}")
    for operation in operations:
        if operation.ordinary:
            say(_slower(operation))


def _slower(operation: ManifestOperation) -> str:
    """For information: it is right, and takes longer."""
    fields, document = ", ".join(operation.ordinary), operation.document
    return f"Not one statement, and so slower: {document.side.value}/{document.name}, because of {fields}."


def _words(client: Client, on: date) -> str:
    if client.revoked_at is not None:
        return f"{client.name}, of {client.owner}, revoked on {client.revoked_at.astimezone(LONDON):%d %B %Y}"
    due = "REVIEW IS DUE since" if client.is_due(on) else "to be reviewed on"
    return f"{client.name} ({', '.join(client.origins)}), of {client.owner}, {due} {client.review_on:%d %B %Y}"
