"""The benchmark's server: the product's embedded PostgreSQL with the data set in it, built once and kept in build/."""

import hashlib
import json
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql
from sqlalchemy import URL

from footbridge.command.administrator import embedded_address
from footbridge.runtime.addresses import libpq_address
from footbridge.runtime.database import Role
from footbridge.runtime.databases import drop_database
from footbridge.runtime.migrate import migrate
from footbridge.runtime.postgres import EmbeddedPostgres
from footbridge.runtime.settings import Settings
from footbridge.tenancy.caller import Caller

from . import catalogue, data_set, tenants
from .data_set import SEED, Rows
from .screen import say
from .tenants import LOGGING, PEOPLE
from .term import HEAD, put_back

BATCH = 10_000
TOLD = "select shobj_description(oid, 'pg_database') from pg_database where datname = current_database()"
ISSUER = tenants.id_of(99, 0)
# What a run adds. The ids of the data set's own sessions are their numbers but for the time.
LEFT_BEHIND = (
    ("school.session", f"school_id = '{LOGGING.id}' and id::text not like '%-7009-8000-00000%'"),
    *((table, "true") for table in ("school.idempotency_key", "jobs.queue", "audit.event", "delegation.access_record")),
    ("directory.sign_in_session", "true"),
    ("directory.token", "true"),
)


@dataclass(frozen=True)
class Built:
    """The running server: its superuser's address, each login role's, and its first process."""

    administrator: URL
    addresses: Mapping[Role, URL]
    pid: int

    def sizes(self) -> dict[str, int]:
        """Rows by table, as they were counted when they were built."""
        with self.connect() as connection:
            told = connection.execute(TOLD).fetchone()
        assert told is not None
        return dict(json.loads(str(told[0]))["rows"])

    def connect(self) -> "psycopg.Connection[tuple[object, ...]]":
        return psycopg.connect(libpq_address(self.administrator), autocommit=True)

    def clear(self) -> None:
        """As it was built: without what the last run, even a killed one, has added."""
        with self.connect() as connection:
            put_back(connection)
            for table, which in LEFT_BEHIND:
                connection.execute(f"delete from {table} where {which}")
                connection.execute(f"vacuum (analyze) {table}")

    def enter_people(self) -> None:
        """Those that are missing."""
        with self.connect() as connection:
            for number, caller in enumerate((*PEOPLE, HEAD)):
                _enter(connection, number, caller)


@contextmanager
def built_database(state: Path) -> Iterator[Built]:
    """Not durable: a commit that waits for the disk would hide what the servers themselves cost."""
    embedded = EmbeddedPostgres(state, durable=False)
    server = embedded.start()
    try:
        administrator = embedded_address(server)
        stamp = _stamp_of(administrator)
        if stamp != _stamp():
            drop_database(server.url(), str(administrator.database))
            administrator = embedded_address(server)
        settings = Settings(state=state, port=8000, origin="http://127.0.0.1", database_url=None, role_urls={})
        built = Built(administrator, migrate(administrator, settings), embedded.child.pid)
        if stamp != _stamp():
            _fill(built)
        built.clear()
        built.enter_people()
        yield built
    finally:
        embedded.stop()


def _stamp() -> str:
    """Changes with whatever decides what is in the data set; migrations bring the same rows to their newest shape."""
    sources = [Path(str(module.__file__)).read_bytes() for module in (catalogue, data_set, tenants)]
    told = [str(SEED), *(measure.id for measure in catalogue.compared())]
    return hashlib.sha256(b"\0".join([*sources, *(text.encode() for text in told)])).hexdigest()[:16]


def _stamp_of(administrator: URL) -> str | None:
    """None of a database that holds nothing, or not all of it."""
    with psycopg.connect(libpq_address(administrator), autocommit=True) as connection:
        told = connection.execute(TOLD).fetchone()
        return None if told is None or told[0] is None else str(json.loads(str(told[0]))["stamp"])


def _fill(built: Built) -> None:
    say("Building the data set (once; it stays in build/) …")
    begun, counts = time.monotonic(), {}
    with built.connect() as connection:
        # Foreign keys hold by construction; checking each of four million rows would take minutes.
        connection.execute("set session_replication_role = replica")
        for rows in data_set.data_set(catalogue.compared()):
            counts[rows.table] = _copy(connection, rows)
        connection.execute("alter system set autovacuum = off")  # nothing of its own while others are measured
        connection.execute("select pg_reload_conf()")
        connection.execute("vacuum (analyze)")
        told = json.dumps({"stamp": _stamp(), "rows": counts})
        connection.execute(
            sql.SQL("comment on database {} is {}").format(sql.Identifier("footbridge"), sql.Literal(told))
        )
    say(f"{sum(counts.values()):,} rows in {time.monotonic() - begun:.0f} s")


def _copy(connection: "psycopg.Connection[tuple[object, ...]]", rows: Rows) -> int:
    count, batch = 0, list[str]()
    statement = sql.SQL("copy {} ({}) from stdin").format(
        sql.SQL(rows.table), sql.SQL(rows.columns)  # literals of this folder
    )  # fmt: skip
    with connection.cursor().copy(statement) as copy:
        for line in rows.lines:
            batch.append(line)
            if len(batch) == BATCH:
                copy.write("\n".join(batch) + "\n")
                count += len(batch)
                batch.clear()
        copy.write("".join(f"{line}\n" for line in batch))
    return count + len(batch)


def _enter(connection: "psycopg.Connection[tuple[object, ...]]", number: int, caller: Caller) -> None:
    connection.execute(
        "insert into directory.issuer (trust_id, id, issuer_url, client_id) values (%s, %s, %s, %s)"
        " on conflict do nothing",
        (caller.trust_id, ISSUER, "https://directory.example", "footbridge"),
    )
    connection.execute(
        "insert into directory.person (trust_id, id, issuer_id, subject, name) values (%s, %s, %s, %s, %s)"
        " on conflict do nothing",
        (caller.trust_id, caller.id, ISSUER, caller.id.hex, caller.name),
    )
    connection.execute(
        "insert into directory.post (trust_id, id, person_id, role, school_id, from_on)"
        " values (%s, %s, %s, %s, %s, '2022-09-01') on conflict do nothing",
        (caller.trust_id, tenants.id_of(98, number), caller.id, caller.role, caller.school_id),
    )
