"""The login roles on the server, made by a role with CREATEROLE, and who may connect to the database."""

from collections.abc import Mapping

import psycopg
from psycopg import sql
from sqlalchemy import URL

from footbridge.runtime.addresses import ServerUnsuitable, libpq_address, role_addresses
from footbridge.runtime.database import Role
from footbridge.runtime.settings import Settings

OWNER = "footbridge_owner"


def make_roles(administrator: URL, settings: Settings) -> Mapping[Role, URL]:
    """The address of every login role, each of which can log in from here on."""
    addresses = role_addresses(administrator, settings)
    ensure_roles(administrator, addresses, settings)
    return addresses


def ensure_roles(administrator: URL, addresses: Mapping[Role, URL], settings: Settings) -> None:
    """Roles belong to the server, not to the database; passwords given by address are not ours to change."""
    with psycopg.connect(libpq_address(administrator), autocommit=True) as connection:
        if connection.info.server_version < 150000:
            raise ServerUnsuitable("PostgreSQL 15 or later is needed.")
        # One at a time: two migrations on one server would both find a role missing.
        connection.execute("SELECT pg_advisory_lock(hashtext('footbridge roles'))")
        existing = {name for (name,) in connection.execute("SELECT rolname FROM pg_roles").fetchall()}
        if OWNER not in existing:
            connection.execute(sql.SQL("CREATE ROLE {} NOLOGIN").format(sql.Identifier(OWNER)))
            connection.execute(sql.SQL("GRANT {} TO CURRENT_USER").format(sql.Identifier(OWNER)))
        for role in Role:
            if role.value in settings.role_urls and role.login in existing:
                continue
            verb = "ALTER" if role.login in existing else "CREATE"
            connection.execute(
                sql.SQL("{} ROLE {} LOGIN NOINHERIT PASSWORD {}").format(
                    sql.SQL(verb), sql.Identifier(role.login), sql.Literal(addresses[role].password)
                )
            )
        _close_database(connection)


def _close_database(connection: "psycopg.Connection[tuple[object, ...]]") -> None:
    """Nobody connects or makes anything but by a grant."""
    name = sql.Identifier(connection.info.dbname)
    connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(name))
    logins = sql.SQL(", ").join(sql.Identifier(role.login) for role in Role)
    connection.execute(sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(name, logins))
    connection.execute(sql.SQL("GRANT CONNECT, CREATE ON DATABASE {} TO {}").format(name, sql.Identifier(OWNER)))
