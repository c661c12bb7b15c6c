"""The people of the benchmark sign in: a session each, as the sign-in leaves it behind."""

from collections.abc import Mapping
from datetime import timedelta

from sqlalchemy import select

from footbridge.directory.lookup import open_lookup
from footbridge.directory.one_time_secret import hash_of, new_secret
from footbridge.directory.records import SessionRow
from footbridge.directory.tables import post
from footbridge.runtime.clock import now
from footbridge.runtime.database import Database, Role
from footbridge.tenancy.caller import Caller

from .database import Built
from .operations import Operation
from .tenants import PEOPLE

Cookies = Mapping[Operation, str]


async def sign_in(built: Built) -> Cookies:
    """The cookie for each operation, of the person who does it."""
    database = Database(built.addresses)
    try:
        return {
            operation: await _open_session(database, caller)
            for operation, caller in zip(Operation, PEOPLE, strict=True)
        }  # fmt: skip
    finally:
        await database.close()


async def _open_session(database: Database, caller: Caller) -> str:
    async with database.transaction(Role.DIRECTORY, trust_id=caller.trust_id) as transaction:
        post_id = await transaction.scalar(select(post.c.id).where(post.c.person_id == caller.id))
    secret = new_secret()
    session = SessionRow(caller.trust_id, caller.id, post_id, now() + timedelta(hours=4), None)
    async with open_lookup(database, hash_of(secret)) as lookup:
        await lookup.enter(caller.trust_id)
        await lookup.add_session(hash_of(secret), session)
    return secret
