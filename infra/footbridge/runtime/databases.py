"""Databases on a server: made from a template, and dropped."""

import psycopg
from psycopg import sql


def create_database(server_url: str, name: str, *, template: str = "template0") -> None:
    """Makes the database as a copy of `template`, to which nobody may be connected.

    `server_url` is a libpq URL of a role with CREATEDB, for any database but the template.
    """
    statement = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
    _execute(server_url, statement.format(sql.Identifier(name), sql.Identifier(template)))


def drop_database(server_url: str, name: str) -> None:
    """Drops the database if it is there, and ends the connections to it."""
    _execute(server_url, sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def _execute(server_url: str, statement: sql.Composed) -> None:
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(statement)
