"""How a command reaches the database: the one that FOOTBRIDGE_DATABASE_URL names, else the embedded server."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from sqlalchemy import URL

from footbridge.command.administrator import embedded_address, given_address, unreached_is_told
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
    """The address of a role that may migrate. The embedded server is joined where it runs, else started."""
    if settings.database_url is not None:
        yield given_address(settings.database_url)
        return
    with reach_server(settings.state) as server:
        yield embedded_address(server)
