"""Clients of the gateway: people with a session of the world, and programs with a token."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta

import httpx
import pytest
from sqlalchemy import select

from footbridge.directory.lookup import open_lookup
from footbridge.directory.one_time_secret import hash_of, new_secret
from footbridge.directory.records import SessionRow
from footbridge.directory.tables import post
from footbridge.directory.tokens import create_token
from footbridge.gateway.app import make_app
from footbridge.gateway.http.answers import Media
from footbridge.gateway.http.limits import Limits
from footbridge.runtime.clock import now
from footbridge.runtime.database import Database, Role
from footbridge.tenancy.caller import Caller
from footbridge.tenancy.permission import Scope
from tests.gateway.client import ORIGIN, Client

SignIn = Callable[[Caller], Awaitable[Client]]
GiveToken = Callable[..., Awaitable[Client]]

OF_A_PAGE = {"Origin": ORIGIN, "Sec-Fetch-Site": "same-origin", "Accept": Media.GRAPHQL.value}


@pytest.fixture(scope="module")
def transport(world_database: Database) -> httpx.ASGITransport:
    app = make_app(world_database, ORIGIN, Limits().widened(1000))
    return httpx.ASGITransport(app, raise_app_exceptions=False)


@pytest.fixture(scope="module")
async def nobody(transport: httpx.ASGITransport) -> AsyncIterator[Client]:
    async with httpx.AsyncClient(transport=transport, base_url=ORIGIN, headers={"Accept": Media.GRAPHQL}) as http:
        yield Client(http)


@pytest.fixture(scope="module")
async def sign_in(world_database: Database, transport: httpx.ASGITransport) -> AsyncIterator[SignIn]:
    """A session as the sign-in leaves it behind, for a person of the world in the post they hold."""
    opened: list[httpx.AsyncClient] = []

    async def make(caller: Caller) -> Client:
        secret = await open_session(world_database, caller)
        http = httpx.AsyncClient(
            transport=transport, base_url=ORIGIN, cookies={"footbridge_session": secret}, headers=OF_A_PAGE
        )
        opened.append(http)
        return Client(http, caller)

    yield make
    for http in opened:
        await http.aclose()


@pytest.fixture(scope="module")
async def give_token(world_database: Database, transport: httpx.ASGITransport) -> AsyncIterator[GiveToken]:
    opened: list[httpx.AsyncClient] = []

    async def make(caller: Caller, *scopes: Scope) -> Client:
        made = await create_token(
            world_database, trust_id=caller.trust_id, school_id=caller.school_id, name="test", scopes=scopes,
            expires_in=timedelta(days=1),
        )  # fmt: skip
        headers = {"Authorization": f"Bearer {made.secret}", "Accept": Media.GRAPHQL}
        http = httpx.AsyncClient(transport=transport, base_url=ORIGIN, headers=headers)
        opened.append(http)
        return Client(http, caller)

    yield make
    for http in opened:
        await http.aclose()


async def open_session(database: Database, caller: Caller) -> str:
    async with database.transaction(Role.DIRECTORY, trust_id=caller.trust_id) as transaction:
        post_id = await transaction.scalar(select(post.c.id).where(post.c.person_id == caller.id))
    secret = new_secret()
    session = SessionRow(caller.trust_id, caller.id, post_id, now() + timedelta(hours=1), None)
    async with open_lookup(database, hash_of(secret)) as lookup:
        await lookup.enter(caller.trust_id)
        await lookup.add_session(hash_of(secret), session)
    return secret
