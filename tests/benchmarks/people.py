"""The people of the benchmark sign in: a session each, as the sign-in leaves it behind; a program gets its token."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select

from footbridge.directory.lookup import open_lookup
from footbridge.directory.one_time_secret import hash_of, new_secret
from footbridge.directory.records import SessionRow
from footbridge.directory.tables import post
from footbridge.directory.tokens import create_token
from footbridge.runtime.clock import now
from footbridge.runtime.database import Database, Role
from footbridge.tenancy.caller import Caller
from footbridge.tenancy.permission import Scope

from .database import Built
from .operations import Operation
from .tenants import PEOPLE, READING
from .term import HEAD

LASTS = timedelta(hours=4)


@dataclass(frozen=True)
class SignedIn:
    """The cookie for each operation, of the person who does it; a head's; and a token of the school that is read."""

    cookies: Mapping[Operation, str]
    head: str
    token: str


async def sign_in(built: Built) -> SignedIn:
    database = Database(built.addresses)
    try:
        cookies = {
            operation: await _open_session(database, caller)
            for operation, caller in zip(Operation, PEOPLE, strict=True)
        }  # fmt: skip
        return SignedIn(cookies, await _open_session(database, HEAD), await _make_token(database))
    finally:
        await database.close()


async def _make_token(database: Database) -> str:
    token = await create_token(
        database, trust_id=UUID(READING.trust.id), school_id=UUID(READING.id), name="Benchmark",
        scopes={Scope.READ, Scope.ADHOC}, expires_in=LASTS,
    )  # fmt: skip
    return token.secret


async def _open_session(database: Database, caller: Caller) -> str:
    async with database.transaction(Role.DIRECTORY, trust_id=caller.trust_id) as transaction:
        post_id = await transaction.scalar(select(post.c.id).where(post.c.person_id == caller.id))
    secret = new_secret()
    session = SessionRow(caller.trust_id, caller.id, post_id, now() + LASTS, None)
    async with open_lookup(database, hash_of(secret)) as lookup:
        await lookup.enter(caller.trust_id)
        await lookup.add_session(hash_of(secret), session)
    return secret
