"""The fixtures themselves: copies are apart from each other, and the world has a row in every table."""

from sqlalchemy import func, select

from footbridge.runtime.database import Role
from footbridge.tenancy.tables import school
from tests.foundation.people import World
from tests.foundation.server import Copy

NOT_FILLED = {"register.schema_version", "jobs.worker", "jobs.result", "audit.seal"}  # by nobody's use case


async def test_two_copies_of_the_world_share_ids_and_nothing_else(
    world: World, world_copy: Copy, fresh_world_copy: Copy
) -> None:
    with fresh_world_copy.connect() as connection:
        connection.execute("delete from published.sibling_view")
        here = connection.execute("select count(*) from published.sibling_view").fetchone()
    with world_copy.connect() as connection:
        there = connection.execute("select count(*) from published.sibling_view").fetchone()
    assert here == (0,)
    assert there != (0,)
    assert world_copy.name != fresh_world_copy.name


async def test_a_school_of_the_world_is_where_its_people_are(world: World, world_copy: Copy) -> None:
    async with world_copy.database.transaction(Role.TRUST, trust_id=world.trusts[0].id) as transaction:
        assert await transaction.scalar(select(func.count()).select_from(school)) == len(world.schools)
    assert {person.school_id for person in (s.head for s in world.schools)} == {s.id for s in world.schools}


def test_the_world_has_a_row_in_every_table(world_copy: Copy) -> None:
    with world_copy.connect() as connection:
        tables = connection.execute(
            "select table_schema || '.' || table_name from information_schema.tables "
            "where table_schema not in ('pg_catalog', 'information_schema') and table_type = 'BASE TABLE'"
        ).fetchall()
        counts = {name: connection.execute(f"select count(*) from {name}").fetchone() for (name,) in tables}
    empty = {name for name, count in counts.items() if count == (0,)}
    assert empty <= NOT_FILLED, "fill these in tests/foundation/world*.py, through the product's use cases"
