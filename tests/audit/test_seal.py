"""The audit log is chained: sealed once, in order, and a change afterwards is found."""

import asyncio

from sqlalchemy import func, select

from footbridge.audit.seal import find_broken_seal, seal_events
from footbridge.audit.tables import event, seal
from footbridge.runtime.database import Database, Role
from tests.foundation.larger_trust import build_trust
from tests.foundation.server import Copy
from tests.publication.sharing import share


async def seals(database: Database) -> tuple[int, int]:
    async with database.transaction(Role.SEALER) as transaction:
        events = await transaction.scalar(select(func.count()).select_from(event))
        return events, await transaction.scalar(select(func.count()).select_from(seal))


async def make_events(database: Database) -> None:
    trust = await build_trust(database, 2)
    for head in trust.heads:
        await share(database, head, 20, 100)


async def test_every_event_is_sealed_once_however_many_seal(fresh_database: Database) -> None:
    await make_events(fresh_database)
    done = await asyncio.gather(*(seal_events(fresh_database) for _ in range(4)))
    events, sealed = await seals(fresh_database)
    assert sum(done) == events == sealed > 4
    assert await find_broken_seal(fresh_database) is None
    assert await seal_events(fresh_database) == 0


async def test_a_changed_event_breaks_the_chain_where_it_was_changed(fresh_copy: Copy) -> None:
    await make_events(fresh_copy.database)
    await seal_events(fresh_copy.database)
    with fresh_copy.connect() as connection:
        connection.execute(
            "update audit.event set details = '{\"forged\": true}' "
            "where id = (select event_id from audit.seal order by position offset 2 limit 1)"
        )
        third = connection.execute("select position from audit.seal order by position offset 2 limit 1").fetchone()
    assert third is not None
    assert await find_broken_seal(fresh_copy.database) == third[0]


async def test_a_removed_event_is_missed(fresh_copy: Copy) -> None:
    await make_events(fresh_copy.database)
    await seal_events(fresh_copy.database)
    with fresh_copy.connect() as connection:
        connection.execute(
            "delete from audit.event where id = (select event_id from audit.seal order by position limit 1)"
        )
    assert await find_broken_seal(fresh_copy.database) is not None
