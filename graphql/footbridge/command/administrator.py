"""The address of a role that may migrate: as FOOTBRIDGE_DATABASE_URL gives it, or on the embedded server."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress

import psycopg
from psycopg import errors
from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from footbridge.runtime.addresses import libpq_address
from footbridge.runtime.databases import create_database
from footbridge.runtime.errors import FootbridgeError
from footbridge.runtime.server_address import ServerAddress
from footbridge.runtime.settings import SettingInvalid

DATABASE = "footbridge"


class DatabaseNotReached(FootbridgeError):
    code = "DATABASE_NOT_REACHED"

    def __init__(self, address: URL, reason: str) -> None:
        super().__init__(f"The database at {address.render_as_string(hide_password=True)} was not reached: {reason}")


def given_address(text: str) -> URL:
    try:
        address = make_url(text)
    except ArgumentError:
        raise SettingInvalid("FOOTBRIDGE_DATABASE_URL is not the address of a database.") from None
    if not address.drivername.startswith("postgres"):
        raise SettingInvalid(f"FOOTBRIDGE_DATABASE_URL names {address.drivername}; PostgreSQL was expected.")
    return address


def embedded_address(server: ServerAddress) -> URL:
    """Footbridge's database on the embedded server, made if it is missing."""
    with suppress(errors.DuplicateDatabase):
        create_database(server.url(), DATABASE)
    return make_url(libpq_address(make_url(server.url(DATABASE))))


@contextmanager
def unreached_is_told(address: URL) -> Iterator[None]:
    """Raises DatabaseNotReached, which names the server and not its password."""
    try:
        yield
    except psycopg.OperationalError as refused:
        raise DatabaseNotReached(address, str(refused).strip()) from refused
