"""A database made by the migrations is the one the tables describe, however often and wherever it is made."""

import importlib
import json
import re
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, NullPool, create_engine, text

from footbridge.runtime.database import Database, Role
from footbridge.runtime.migrate import migrate
from footbridge.runtime.schema import SCHEMAS, metadata
from footbridge.runtime.settings import Settings
from footbridge.runtime.wall import WALLS
from tests.foundation.server import Copy, Server

ROOT = Path(__file__).parents[2]

SHAPE = """
    select 'policy', c.oid::regclass || ' ' || polname, concat(polcmd, polroles::regrole[], pg_get_expr(polqual, polrelid),
        pg_get_expr(polwithcheck, polrelid)) from pg_policy join pg_class c on c.oid = polrelid
    union all select 'relation', oid::regclass::text, concat(relkind, relrowsecurity, relforcerowsecurity, relacl)
        from pg_class where relnamespace::regnamespace::text = any (%(schemas)s)
    union all select 'column', attrelid::regclass || '.' || attname, concat(atttypid::regtype, attnotnull, attacl)
        from pg_attribute join pg_class c on c.oid = attrelid
        where relnamespace::regnamespace::text = any (%(schemas)s) and attnum > 0
    union all select 'constraint', conrelid::regclass || ' ' || conname, pg_get_constraintdef(oid) from pg_constraint
        where connamespace::regnamespace::text = any (%(schemas)s)
    order by 1, 2
"""


@pytest.fixture(scope="module", autouse=True)
def every_table_is_known() -> None:
    """Each `tables.py`, and the job queue's, has put its tables into the metadata."""
    for folder in ("infra", "tenants", "services"):
        for file in (ROOT / folder / "footbridge").rglob("tables.py"):
            importlib.import_module(".".join(file.relative_to(ROOT / folder).with_suffix("").parts))
    importlib.import_module("footbridge.runtime.jobs")


@pytest.fixture
def engine(fresh_copy: Copy) -> Iterator[Engine]:
    engine = create_engine(fresh_copy.administrator.set(drivername="postgresql+psycopg"), poolclass=NullPool)
    yield engine
    engine.dispose()


def shape_of(copy: Copy) -> list[tuple[object, ...]]:
    with copy.connect() as connection:
        return connection.execute(SHAPE, {"schemas": list(SCHEMAS)}).fetchall()


def test_the_database_is_what_the_tables_say(engine: Engine) -> None:
    def is_ours(name: str | None, kind: str, parents: object) -> bool:
        return (name in SCHEMAS) if kind == "schema" else name != "schema_version"

    options = {"include_schemas": True, "include_name": is_ours, "compare_type": True, "compare_server_default": True}
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts=options)
        found = compare_metadata(context, metadata)
    assert [difference for difference in found if not only_reads_a_setting(difference)] == []


def only_reads_a_setting(difference: Any) -> bool:
    """Alembic asks the server whether two defaults are equal, and one that reads an unset setting equals nothing."""
    (what, *_, there, said), *others = difference if isinstance(difference, list) else [difference]
    return what == "modify_default" and not others and _bare(there) == _bare(said)


def _bare(default: Any) -> str:
    return re.sub(r"::\w+|[() ]", "", str(default.arg)).lower()


def test_the_database_has_the_checks_and_comments_of_the_tables(engine: Engine) -> None:
    wanted = {
        (table.fullname, str(constraint.name))
        for table in metadata.tables.values()
        for constraint in table.constraints
        if constraint.name is not None
    }
    names = text(
        "select conrelid::regclass::text, conname::text from pg_constraint where conrelid <> 0 and contype <> 'n'"
    )
    comments = text("select oid::regclass::text, obj_description(oid, 'pg_class') from pg_class where relkind = 'r'")
    with engine.connect() as connection:
        assert wanted - {(table, name) for table, name in connection.execute(names)} == set()
        found: dict[str, str | None] = dict(connection.execute(comments).all())
    assert {name: found[name] for name in metadata.tables} == {n: t.comment for n, t in metadata.tables.items()}


def test_every_table_names_its_wall() -> None:
    walls = {table.fullname: (table.comment or "").removeprefix("wall: ") for table in metadata.tables.values()}
    unknown = {name: wall for name, wall in walls.items() if wall not in WALLS and not wall.startswith("lookup by ")}
    assert unknown == {}, "say the wall in the table's comment, in a word of runtime/wall.py"


def test_every_table_stands_in_one_of_our_schemas() -> None:
    assert {table.schema for table in metadata.tables.values()} <= set(SCHEMAS)


def test_migrating_again_changes_nothing(server: Server, fresh_copy: Copy) -> None:
    before = shape_of(fresh_copy)
    assert migrate(fresh_copy.administrator, server.settings) == fresh_copy.addresses
    assert shape_of(fresh_copy) == before


async def test_a_second_database_on_a_server_whose_roles_are_there(server: Server, fresh_copy: Copy) -> None:
    second = server.migrated()
    try:
        assert shape_of(second) == shape_of(fresh_copy)
        for copy in (second, fresh_copy):
            async with copy.database.transaction(Role.TRUST) as transaction:
                assert await transaction.scalar(text("select current_database()")) == copy.name
    finally:
        await second.database.close()
        server.drop(second.name)


def test_passwords_are_kept_and_nobody_else_reads_them(server: Server, template: Copy) -> None:
    file = server.state / "passwords.json"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    kept = json.loads(file.read_text())
    assert {role: address.password for role, address in template.addresses.items()} == {
        role: kept[role.value] for role in Role
    }


async def test_a_role_whose_address_is_given_keeps_its_password(
    server: Server, fresh_copy: Copy, tmp_path: Path
) -> None:
    """A server where somebody else made the roles: what they gave us is used, and not changed."""
    given = {
        role.value: address.render_as_string(hide_password=False) for role, address in fresh_copy.addresses.items()
    }
    settings = Settings(state=tmp_path, port=8000, origin="http://127.0.0.1", database_url=None, role_urls=given)
    addresses = migrate(fresh_copy.administrator, settings)
    database = Database(addresses)
    for role in Role:
        async with database.transaction(role) as transaction:
            assert await transaction.scalar(text("select current_user")) == role.login
    await database.close()
