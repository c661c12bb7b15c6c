"""How a command reaches the database: the one that FOOTBRIDGE_DATABASE_URL names, else the embedded server."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from rich.markup import escape
from sqlalchemy import URL

from footbridge.command.administrator import embedded_address, given_address, unreached_is_told
from footbridge.command.terminal import console
from footbridge.runtime.database import Role
from footbridge.runtime.migrate import migrate
from footbridge.runtime.postgres import reach_server
from footbridge.runtime.settings import Settings


@contextmanager
def reach_addresses(settings: Settings) -> Iterator[Mapping[Role, URL]]:
    """The address of each login role, of a database in the newest shape; a server started here ends with the block."""
    with reach_administrator(settings) as administrator:
        with unreached_is_told(administrator):
            addresses = migrate(administrator, settings)
        yield addresses


@contextmanager
def reach_administrator(settings: Settings) -> Iterator[URL]:
    """The address of a role that may migrate. The embedded server is joined where it runs, else started; a state
    folder that was not there is told: one may stand in the wrong folder.
    """
    if settings.database_url is not None:
        yield given_address(settings.database_url)
        return
    if not settings.state.exists():
        told = f"There was no {settings.state}: a new, empty database is made there."
        console(error=True).print(escape(told))
    with reach_server(settings.state) as server:
        yield embedded_address(server)
