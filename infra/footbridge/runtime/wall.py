"""Builds the wall around a table from its comment: forced row-level security, policies and grants.

Every migration that adds a table ends with `raise_wall(op, "schema.table")`. A table without is refused by the
isolation matrix. The words of the comments are explained here, once.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

OWNER = "footbridge_owner"
SCHOOL = "school_id = current_setting('footbridge.school_id')::uuid"
TRUST = "trust_id = current_setting('footbridge.trust_id')::uuid"
BOTH = f"{SCHOOL} and {TRUST}"
READERS_OF_PUBLIC = "footbridge_school, footbridge_trust, footbridge_release, footbridge_directory"


def raise_wall(op: Any, table: str) -> None:
    """Enable and force row-level security on `schema.table` and give each role what its wall allows."""
    oid = f"'{table}'::regclass"
    read = op.get_bind().exec_driver_sql
    comment: str = read(f"select obj_description({oid}, 'pg_class')").scalar()
    columns = read(f"select attname from pg_attribute where attrelid = {oid} and attnum > 0 and not attisdropped")
    for statement in (*_everywhere(table), *_allowed(table, comment, [name for (name,) in columns])):
        op.execute(statement)


def _everywhere(table: str) -> Iterator[str]:
    yield f"alter table {table} enable row level security"
    yield f"alter table {table} force row level security"
    # Under FORCE the owner too sees nothing without this: backfills and new foreign keys would be silently wrong.
    yield f"create policy owner_all on {table} to {OWNER} using (true) with check (true)"
    yield f"create policy backup_reads on {table} for select to footbridge_backup using (true)"
    yield f"grant select on {table} to footbridge_backup"


def _allowed(table: str, comment: str, columns: Sequence[str]) -> Iterator[str]:
    kind = comment.removeprefix("wall: ")
    if kind.startswith("lookup by "):
        return _lookup(table, kind.removeprefix("lookup by "), columns)
    return WALLS[kind](table)


def _grant(table: str, role: str, rights: str, using: str, check: str | None = None) -> Iterator[str]:
    """The grant and one policy for each right. `using` guards what is read; `check` what is written.

    A row is changed by one who may write it both as it was and as it will be: nobody takes over another's.
    """
    yield f"grant {rights} on {table} to {role}"
    for right in rights.split(", "):
        guards = {
            "select": f"using ({using})",
            "insert": f"with check ({check or using})",
            "update": f"using ({check or using}) with check ({check or using})",
            "delete": f"using ({check or using})",
        }
        name = f"{role.split(',', maxsplit=1)[0].removeprefix('footbridge_')}_{right}s"
        yield f"create policy {name} on {table} for {right} to {role} {guards[right]}"


def _public(table: str) -> Iterator[str]:
    """Public facts: read by all who work for a tenant, written from the command line only."""
    yield from _grant(table, READERS_OF_PUBLIC, "select", "true")
    yield from _grant(table, "footbridge_register", "select, insert, update", "true")


def _school(table: str) -> Iterator[str]:
    """The school's own record."""
    yield from _grant(table, "footbridge_school", "select, insert, update, delete", SCHOOL)


def _release(table: str) -> Iterator[str]:
    """Signed and exact, on its way out: the school writes, the publisher only reads."""
    yield from _grant(table, "footbridge_school", "select, insert, update", SCHOOL, BOTH)
    yield from _grant(table, "footbridge_release", "select", TRUST)


def _published(table: str) -> Iterator[str]:
    """What left a school: written by the publisher for one school at a time, read by trust and school."""
    yield from _grant(table, "footbridge_release", "select, insert, update, delete", TRUST, BOTH)
    yield from _grant(table, "footbridge_trust", "select", TRUST)
    yield from _grant(table, "footbridge_school", "select", SCHOOL)


def _published_trust(table: str) -> Iterator[str]:
    """Totals and the version: of the trust as a whole."""
    yield from _grant(table, "footbridge_release", "select, insert, update, delete", TRUST)
    yield from _grant(table, "footbridge_trust", "select", TRUST)


def _published_sibling(table: str) -> Iterator[str]:
    """Where a school stands among its siblings: that school's own row, and nobody else's business."""
    yield from _grant(table, "footbridge_release", "select, insert, update, delete", TRUST, BOTH)
    yield from _grant(table, "footbridge_school", "select", SCHOOL)


def _ledger(table: str) -> Iterator[str]:
    """Every cell that was ever shown: added to, never changed."""
    yield from _grant(table, "footbridge_release", "select, insert", TRUST, BOTH)


def _delegation(table: str) -> Iterator[str]:
    """Written by the trust about what it read, read by the school it was about."""
    yield from _grant(table, "footbridge_trust", "select, insert", TRUST)
    yield from _grant(table, "footbridge_school", "select", BOTH)


def _directory(table: str) -> Iterator[str]:
    """People, posts and issuers of one trust."""
    yield from _grant(table, "footbridge_directory", "select, insert, update", TRUST)


def _lookup(table: str, key: str, columns: Sequence[str]) -> Iterator[str]:
    """Read before a tenant is known, by one who holds the key; written for one tenant, whose it stays."""
    holds_key = f"{key} = current_setting('footbridge.lookup_key')"
    changeable = ", ".join(column for column in columns if column not in {key, "trust_id", "school_id"})
    yield f"grant select, insert, update ({changeable}), delete on {table} to footbridge_directory"
    guards = {
        "select": f"using ({holds_key})",
        "insert": f"with check ({holds_key} and {TRUST})",
        "update": f"using ({holds_key}) with check ({holds_key} and {TRUST})",
        "delete": f"using ({holds_key})",
    }
    for right, guard in guards.items():
        yield f"create policy directory_{right}s on {table} for {right} to footbridge_directory {guard}"


def _jobs(table: str) -> Iterator[str]:
    """Tenants add five columns; whose job it is the table fills in from the setting, and stays so in every hand."""
    given = "message_id, queue_name, state, message, available_at"
    for role, guard in (("school", BOTH), ("release", BOTH), ("trust", f"{TRUST} and school_id is null")):
        yield f"grant insert ({given}) on {table} to footbridge_{role}"
        yield (
            f"create policy {role}_inserts on {table} for insert to footbridge_{role} "
            f"with check ({guard} and state = 'queued')"
        )
    progress = "queue_name, state, message, available_at, worker_id, consumed_at, mtime"
    yield f"grant select, insert ({given}), update ({progress}), delete on {table} to footbridge_worker"
    yield f"create policy worker_works on {table} to footbridge_worker using (true) with check (true)"


def _worker(table: str) -> Iterator[str]:
    yield from _grant(table, "footbridge_worker", "select, insert, update, delete", "true")


def _audit(table: str) -> Iterator[str]:
    """Everybody adds events of the own tenant and the clock is the table's; only the sealer reads."""
    columns = "id, trust_id, school_id, actor_kind, actor_id, action, subject_id, details"
    guards = {
        "school": BOTH,
        "release": BOTH,
        "trust": f"{TRUST} and school_id is null",
        "directory": f"{TRUST} and school_id is null",
        "register": "trust_id is null and school_id is null",
    }
    for role, guard in guards.items():
        yield f"grant insert ({columns}) on {table} to footbridge_{role}"
        yield f"create policy {role}_inserts on {table} for insert to footbridge_{role} with check ({guard})"
    yield from _grant(table, "footbridge_sealer", "select", "true")


def _seal(table: str) -> Iterator[str]:
    yield from _grant(table, "footbridge_sealer", "select, insert", "true")


def _owner(table: str) -> Iterator[str]:
    """The migrations' own bookkeeping: nobody else's, but in every dump."""
    return iter(())


WALLS: dict[str, Callable[[str], Iterator[str]]] = {
    "public": _public,
    "school": _school,
    "release": _release,
    "published": _published,
    "published trust": _published_trust,
    "published sibling": _published_sibling,
    "ledger": _ledger,
    "delegation": _delegation,
    "directory": _directory,
    "jobs": _jobs,
    "worker": _worker,
    "audit": _audit,
    "seal": _seal,
    "owner": _owner,
}

USERS = {
    "register": "school, trust, release, directory, register",
    "directory": "directory",
    "school": "school",
    "release": "school, release",
    "published": "school, trust, release",
    "delegation": "school, trust",
    "jobs": "school, trust, release, worker",
    "audit": "school, trust, release, directory, register, sealer",
}


def open_schemas(op: Any) -> None:
    """Create the schemas and let into each only the roles that have something there."""
    for schema, users in USERS.items():
        op.execute(f"create schema if not exists {schema}")
        roles = ", ".join(f"footbridge_{user.strip()}" for user in [*users.split(","), "backup"])
        op.execute(f"grant usage on schema {schema} to {roles}")
    op.execute("alter default privileges revoke execute on functions from public")
