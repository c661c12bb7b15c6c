"""The server that the suite runs on: one embedded cluster a test process, or the one FOOTBRIDGE_DATABASE_URL names."""

import fcntl
import itertools
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
from psycopg import sql
from sqlalchemy import URL, make_url

from footbridge.runtime.addresses import libpq_address
from footbridge.runtime.database import Database, Role
from footbridge.runtime.databases import create_database, drop_database
from footbridge.runtime.migrate import migrate
from footbridge.runtime.postgres import EmbeddedPostgres
from footbridge.runtime.server_lock import DatabaseInUse
from footbridge.runtime.settings import Settings

PREFIX = "footbridge_test"

_COPY_GRANTS = """
    select acl.grantee::regrole, string_agg(acl.privilege_type, ', ')
    from pg_database, aclexplode(datacl) acl
    where datname = %s and acl.grantee <> 0 and acl.grantee <> datdba
    group by 1
"""


@dataclass(frozen=True)
class Copy:
    """One database: its superuser's address, every login role's, and the product's own doors to it."""

    name: str
    administrator: URL
    addresses: Mapping[Role, URL]
    database: Database

    def connect(self, role: Role | None = None) -> "psycopg.Connection[tuple[object, ...]]":
        """A plain autocommit connection of a login role, or of the superuser."""
        address = self.administrator if role is None else self.addresses[role]
        return psycopg.connect(libpq_address(address), autocommit=True)


@dataclass
class Server:
    """Makes databases on one server and drops them; `label` keeps the names of two test processes apart."""

    administrator: URL
    state: Path
    label: str
    _number: Iterator[int] = field(default_factory=itertools.count)

    @property
    def settings(self) -> Settings:
        return Settings(state=self.state, port=8000, origin="http://127.0.0.1", database_url=None, role_urls={})

    def new_name(self) -> str:
        return f"{PREFIX}_{self.label}_{next(self._number)}"

    def migrated(self) -> Copy:
        """A new database that the product's migrations have been run on, as on a first start."""
        name = self.new_name()
        create_database(self._url, name)
        administrator = self.administrator.set(database=name)
        with _one_at_a_time(self.state / "roles.lock"):
            addresses = migrate(administrator, self.settings)
        return Copy(name, administrator, addresses, Database(addresses))

    def copy_of(self, template: Copy) -> Copy:
        """As the template is now; nobody may be connected to it."""
        name = self.new_name()
        create_database(self._url, name, template=template.name)
        self._copy_grants(template.name, name)
        addresses = {role: address.set(database=name) for role, address in template.addresses.items()}
        return Copy(name, self.administrator.set(database=name), addresses, Database(addresses))

    def drop(self, name: str) -> None:
        drop_database(self._url, name)

    def drop_left_over(self) -> None:
        """What an earlier run of this process's label left behind when it was killed."""
        with psycopg.connect(self._url, autocommit=True) as connection:
            found = connection.execute(
                "select datname from pg_database where starts_with(datname, %s)", (f"{PREFIX}_{self.label}_",)
            ).fetchall()
        for (name,) in found:
            self.drop(name)

    @property
    def _url(self) -> str:
        return libpq_address(self.administrator)

    def _copy_grants(self, template: str, name: str) -> None:
        """CREATE DATABASE copies all but the grants on the database itself."""
        with psycopg.connect(self._url, autocommit=True) as connection:
            connection.execute(sql.SQL("revoke all on database {} from public").format(sql.Identifier(name)))
            for grantee, rights in connection.execute(_COPY_GRANTS, (template,)).fetchall():
                statement = sql.SQL("grant {} on database {} to {}")
                connection.execute(statement.format(sql.SQL(rights), sql.Identifier(name), sql.Identifier(grantee)))


@contextmanager
def running_server(states: Path, worker: str) -> Iterator[Server]:
    """The server that FOOTBRIDGE_DATABASE_URL names, else an embedded one over a folder of `states`."""
    given = os.environ.get("FOOTBRIDGE_DATABASE_URL")
    if given:
        # Roles belong to the server: all test processes share their passwords.
        state = states / "given-server"
        state.mkdir(parents=True, exist_ok=True)
        yield Server(make_url(given), state, f"{worker}_{os.getpid()}")
        return
    with _first_free_cluster(states, worker) as server:
        server.drop_left_over()
        yield server


@contextmanager
def _first_free_cluster(states: Path, worker: str) -> Iterator[Server]:
    """Two runs of the suite at once take a folder each; a later run finds the cluster made."""
    for number in itertools.count(1):
        state = states / (worker if number == 1 else f"{worker}-{number}")
        embedded = EmbeddedPostgres(state, durable=False)
        try:
            address = embedded.start()
        except DatabaseInUse:
            continue
        try:
            yield Server(make_url(address.url()), state, worker)
        finally:
            embedded.stop()
        return


@contextmanager
def _one_at_a_time(file: Path) -> Iterator[None]:
    with file.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
