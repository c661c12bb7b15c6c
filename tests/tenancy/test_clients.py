"""A client runs its own documents from its own origins, and nothing from the moment it is revoked."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from asyncpg import PostgresError
from sqlalchemy import insert

from footbridge.runtime.clock import today
from footbridge.runtime.database import Database, violates
from footbridge.runtime.errors import InvalidInput, NotFound
from footbridge.tenancy import tables
from footbridge.tenancy.client import Client, Side, find_client, find_registered_document, may_return_to
from footbridge.tenancy.client_address import (
    OriginUnsuitable,
    RedirectAddressUnsuitable,
    read_origin,
    read_redirect_address,
)
from footbridge.tenancy.client_registration import (
    OriginTaken,
    RegisteredClient,
    list_clients,
    register_client,
    revoke_client,
)
from footbridge.tenancy.enrolment import Change
from footbridge.tenancy.session import open_register
from tests.foundation.server import Copy
from tests.foundation.world_register import client_document

ORIGIN = "https://dashboard.trust.example"
SIGNED_IN = f"{ORIGIN}/signed-in"
SCHOOL = client_document(Side.SCHOOL, "School", "{ school { name } }", cost=2)
PERIODS = client_document(Side.SCHOOL, "Periods", "{ school { periods { code } } }", cost=12)
TRUST = client_document(Side.TRUST, "Trust", "{ trust { name } }", cost=2)
DASHBOARD: dict[str, Any] = {
    "name": "Dashboard",
    "owner": "Wend Valley Trust",
    "origins": [ORIGIN],
    "redirect_addresses": [SIGNED_IN],
    "review_on": today() + timedelta(days=365),
    "documents": [SCHOOL, TRUST],
    "own_origin": "https://footbridge.example",
}


async def add(database: Database, **changes: Any) -> RegisteredClient:
    async with open_register(database) as register:
        return await register_client(register, **DASHBOARD | changes)


async def revoke(database: Database, name: str = "Dashboard") -> Client:
    async with open_register(database) as register:
        return await revoke_client(register, name=name)


def stored(copy: Copy, tables: Sequence[str] = ("client", "client_origin", "client_document")) -> list[object]:
    """Every row with its place: one that was written anew is another."""
    with copy.connect() as connection:
        return [
            connection.execute(f"select xmin, ctid, * from register.{table} order by ctid".encode()).fetchall()
            for table in tables
        ]


def actions(copy: Copy) -> list[object]:
    with copy.connect() as connection:
        found = connection.execute("select action, details from audit.event order by occurred_at").fetchall()
        return [tuple(row) for row in found]


async def test_a_client_is_found_by_its_origin_with_all_that_was_registered(fresh_database: Database) -> None:
    other = "http://127.0.0.1:5173"
    added = await add(fresh_database, origins=[ORIGIN, other])
    assert added.change is Change.CREATED
    assert added.client == Client(
        added.client.id, "Dashboard", "Wend Valley Trust", DASHBOARD["review_on"], (other, ORIGIN), (SIGNED_IN,), None
    )
    assert await find_client(fresh_database, ORIGIN) == added.client
    assert await find_client(fresh_database, other) == added.client


@pytest.mark.parametrize(
    "origin",
    ["", "null", "*", f"{ORIGIN}/", ORIGIN.upper(), f"{ORIGIN}:443", "https://trust.example", f"{ORIGIN}.evil.example"],
)
async def test_no_other_origin_is_a_client(fresh_database: Database, origin: str) -> None:
    await add(fresh_database)
    assert await find_client(fresh_database, origin) is None
    assert await find_registered_document(fresh_database, origin, Side.SCHOOL, SCHOOL.document_id) is None


async def test_a_client_runs_its_own_documents_on_their_own_side_only(fresh_database: Database) -> None:
    await add(fresh_database)
    other = "https://other.example"
    await add(fresh_database, name="Other", origins=[other], redirect_addresses=[], documents=[PERIODS])
    for origin, document in ((ORIGIN, SCHOOL), (ORIGIN, TRUST), (other, PERIODS)):
        found = await find_registered_document(fresh_database, origin, document.side, document.document_id)
        assert found == document.text
    for origin, side, document in (
        (ORIGIN, Side.TRUST, SCHOOL),
        (ORIGIN, Side.SCHOOL, TRUST),
        (ORIGIN, Side.SCHOOL, PERIODS),
        (other, Side.SCHOOL, SCHOOL),
    ):
        assert await find_registered_document(fresh_database, origin, side, document.document_id) is None


@pytest.mark.parametrize("document_id", ["", "sha256:", SCHOOL.document_id.upper(), "\x00", "\ud800", SCHOOL.text])
async def test_what_is_no_document_id_runs_nothing(fresh_database: Database, document_id: str) -> None:
    await add(fresh_database)
    assert await find_registered_document(fresh_database, ORIGIN, Side.SCHOOL, document_id) is None


async def test_adding_a_client_twice_changes_nothing(fresh_database: Database, fresh_copy: Copy) -> None:
    first = await add(fresh_database)
    before = stored(fresh_copy)
    again = await add(fresh_database, origins=[ORIGIN.upper(), f"{ORIGIN}:443"], documents=[TRUST, SCHOOL])
    assert again == RegisteredClient(first.client, Change.UNCHANGED)
    assert stored(fresh_copy) == before
    assert actions(fresh_copy) == [("tenancy.register_client", {"documents": 2, "withdrawn": 0})]


async def test_adding_under_the_same_name_replaces_what_is_registered(
    fresh_database: Database, fresh_copy: Copy
) -> None:
    first = await add(fresh_database)
    moved = "https://new.trust.example"
    again = await add(
        fresh_database, name="DASHBOARD", owner="Another", origins=[moved], redirect_addresses=[], documents=[PERIODS]
    )
    assert (again.change, again.withdrawn) == (Change.UPDATED, 2)
    assert again.client == replace(
        first.client, name="DASHBOARD", owner="Another", origins=(moved,), redirect_addresses=()
    )
    assert await find_client(fresh_database, ORIGIN) is None
    assert await find_client(fresh_database, moved) == again.client
    assert await find_registered_document(fresh_database, moved, Side.SCHOOL, SCHOOL.document_id) is None
    assert await find_registered_document(fresh_database, moved, Side.SCHOOL, PERIODS.document_id) == PERIODS.text
    assert not await may_return_to(fresh_database, SIGNED_IN)
    assert actions(fresh_copy)[1:] == [("tenancy.change_client", {"documents": 1, "withdrawn": 2})]


async def test_what_was_withdrawn_may_be_registered_again(fresh_database: Database) -> None:
    await add(fresh_database)
    await add(fresh_database, documents=[TRUST])
    assert (await add(fresh_database)).change is Change.UPDATED
    assert await find_registered_document(fresh_database, ORIGIN, Side.SCHOOL, SCHOOL.document_id) == SCHOOL.text


async def test_a_document_that_costs_more_now_is_kept_with_its_cost(fresh_database: Database, fresh_copy: Copy) -> None:
    await add(fresh_database)
    assert (await add(fresh_database, documents=[SCHOOL, replace(TRUST, cost=7)])).change is Change.UPDATED
    with fresh_copy.connect() as connection:
        costs = connection.execute("select side, cost from register.client_document order by 1").fetchall()
    assert costs == [("school", 2), ("trust", 7)]


async def test_revoking_holds_at_once_and_twice_is_once(fresh_database: Database, fresh_copy: Copy) -> None:
    client = (await add(fresh_database)).client
    revoked = await revoke(fresh_database, " dashboard")
    assert revoked.revoked_at is not None
    assert (revoked.id, revoked.origins) == (client.id, ())
    assert await find_client(fresh_database, ORIGIN) is None
    assert await find_registered_document(fresh_database, ORIGIN, Side.SCHOOL, SCHOOL.document_id) is None
    assert not await may_return_to(fresh_database, SIGNED_IN)
    assert await revoke(fresh_database) == revoked
    assert actions(fresh_copy)[1:] == [("tenancy.revoke_client", {})]


async def test_revoking_holds_even_where_its_origins_were_left_standing(
    fresh_database: Database, fresh_copy: Copy
) -> None:
    """Each of the two marks is enough."""
    await add(fresh_database)
    with fresh_copy.connect() as connection:
        connection.execute("update register.client set revoked_at = now()")
    assert await find_client(fresh_database, ORIGIN) is None
    assert await find_registered_document(fresh_database, ORIGIN, Side.SCHOOL, SCHOOL.document_id) is None


async def test_a_revoked_client_is_registered_anew_under_its_id(fresh_database: Database) -> None:
    first = await add(fresh_database)
    await revoke(fresh_database)
    assert await add(fresh_database) == RegisteredClient(first.client, Change.UPDATED)
    assert await find_client(fresh_database, ORIGIN) == first.client


async def test_revoking_what_never_was_is_told(fresh_database: Database) -> None:
    with pytest.raises(NotFound, match="“Nobody”"):
        await revoke(fresh_database, "Nobody")


async def test_an_origin_belongs_to_one_client_until_that_is_revoked(
    fresh_database: Database, fresh_copy: Copy
) -> None:
    await add(fresh_database)
    before = stored(fresh_copy)
    with pytest.raises(OriginTaken, match="“Dashboard”"):
        await add(fresh_database, name="Other", origins=["https://other.example", ORIGIN])
    assert stored(fresh_copy) == before
    await revoke(fresh_database)
    other = await add(fresh_database, name="Other")
    assert await find_client(fresh_database, ORIGIN) == other.client
    with pytest.raises(OriginTaken, match="“Other”"):
        await add(fresh_database)


async def test_the_database_itself_gives_an_origin_to_one_client(fresh_database: Database) -> None:
    await add(fresh_database)
    other = await add(fresh_database, name="Other", origins=["https://other.example"], redirect_addresses=[])
    again = insert(tables.client_origin).values(client_id=other.client.id, origin=ORIGIN)
    with pytest.raises(PostgresError) as refused:
        async with open_register(fresh_database) as register:
            await register.transaction.run(again)
    assert violates(refused.value, "client_origin_one_client_idx")


async def test_of_two_who_want_one_origin_at_once_one_gets_it(fresh_database: Database) -> None:
    wanted = [add(fresh_database, name=name) for name in ("One", "Two")]
    came = await asyncio.gather(*wanted, return_exceptions=True)
    assert {type(each) for each in came} == {RegisteredClient, OriginTaken}


async def test_one_name_added_twice_at_once_is_one_client(fresh_database: Database) -> None:
    first, second = await asyncio.gather(add(fresh_database), add(fresh_database))
    assert first.client == second.client
    assert {first.change, second.change} == {Change.CREATED, Change.UNCHANGED}


async def test_those_whose_review_is_due_are_told(fresh_database: Database) -> None:
    day = DASHBOARD["review_on"]
    await add(fresh_database)
    await add(fresh_database, name="Calendar", origins=["https://other.example"], redirect_addresses=[])
    await revoke(fresh_database)
    async with open_register(fresh_database) as register:
        calendar, dashboard = await list_clients(register)
    assert [calendar.name, dashboard.name] == ["Calendar", "Dashboard"]
    assert (calendar.is_due(day - timedelta(days=1)), calendar.is_due(day)) == (False, True)
    assert not dashboard.is_due(day), "nobody reviews what is revoked"


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"name": " "}, "name is empty"),
        ({"name": "Dash\nboard"}, "on one line"),
        ({"owner": ""}, "owner is empty"),
        ({"owner": "A\x1b[2J"}, "on one line"),
        ({"owner": "a" * 201}, "longer"),
        ({"origins": []}, "at least one origin"),
        ({"origins": ["https://footbridge.example"]}, "Footbridge itself"),
        ({"origins": ["http://dashboard.trust.example"]}, "https://"),
        ({"redirect_addresses": ["https://evil.example/"]}, "not among"),
        ({"review_on": today()}, "future"),
        ({"review_on": date(2020, 1, 1)}, "future"),
        ({"documents": []}, "at least one operation"),
        ({"documents": [replace(SCHOOL, text="# \0")]}, "NUL"),
    ],
)
async def test_what_cannot_be_a_client_is_refused_and_nothing_is_written(
    shared_database: Database, shared_copy: Copy, changes: dict[str, Any], reason: str
) -> None:
    with pytest.raises(InvalidInput, match=reason):
        await add(shared_database, **changes)
    assert stored(shared_copy) == [[], [], []]
    assert actions(shared_copy) == []


@pytest.mark.parametrize(
    ("text", "origin"),
    [
        ("https://Dashboard.Trust.Example", "https://dashboard.trust.example"),
        ("HTTPS://a.example:443", "https://a.example"),
        ("https://a.example:8443", "https://a.example:8443"),
        ("http://localhost:5173", "http://localhost:5173"),
        ("http://127.0.0.1:80", "http://127.0.0.1"),
        ("http://[0:0::1]:3000", "http://[::1]:3000"),
        ("https://xn--bcher-kva.example", "https://xn--bcher-kva.example"),
    ],
)
def test_an_origin_is_read_as_browsers_send_it(text: str, origin: str) -> None:
    assert read_origin(text) == origin


@pytest.mark.parametrize(
    "text",
    [
        *("", "null", "*", "https://", "https://*", "https://*.trust.example", "a.example", "//a.example"),
        *("https://a.example/", "https://a.example/path", "https://a.example?x", "https://a.example#x"),
        *("http://a.example", "http://10.0.0.1", "http://127.0.0.1.evil.example", "http://localhost.evil.example"),
        *("ftp://a.example", "file:///etc", "javascript://a.example", "chrome-extension://abcdef"),
        *("https://user@a.example", "https://a:b@a.example", "https://a.example:0", "https://a.example:99999"),
        *("https://a.example:", "https://a.example:8443:1", "https://a.example.", "https://-a.example", "https://a..b"),
        *("https://bücher.example", "https://a.example ", " https://a.example", "https://a.example\n"),
        *("https://a.example\x00", "https://[::1", "https://[::g]", "https://[1.2.3.4]", "https://a.example\\@b"),
        "https://" + "a." * 2000 + "example",
    ],
)
def test_what_is_no_origin_is_refused(text: str) -> None:
    with pytest.raises(OriginUnsuitable):
        read_origin(text)


@pytest.mark.parametrize(
    ("text", "address"),
    [
        (SIGNED_IN, SIGNED_IN),
        (ORIGIN, ORIGIN),
        (f"{ORIGIN}?from=footbridge", f"{ORIGIN}?from=footbridge"),
        ("https://Dashboard.trust.example:443/Signed/In?a=%2F&b", f"{ORIGIN}/Signed/In?a=%2F&b"),
    ],
)
def test_an_address_under_an_origin_is_kept(text: str, address: str) -> None:
    assert read_redirect_address(text, [ORIGIN]) == address


@pytest.mark.parametrize(
    "text",
    [
        *("", "/signed-in", "//dashboard.trust.example/", "https:///x", "javascript:alert(1)"),
        *(f"{SIGNED_IN}#top", f"{ORIGIN}#", f"{ORIGIN}/a b", f"{ORIGIN}/\t", f"{ORIGIN}\\evil.example", f"{ORIGIN}/é"),
        *("http://dashboard.trust.example/", f"{ORIGIN}:8443/", f"{ORIGIN}.evil.example/", f"{ORIGIN}@evil.example/"),
        *("https://evil.example/", f"https://evil.example/{ORIGIN}", f"{ORIGIN}/\x00", f"{ORIGIN}/\ud800"),
        f"{ORIGIN}/" + "a" * 2000,
    ],
)
def test_what_is_not_under_an_origin_is_no_address_to_return_to(text: str) -> None:
    with pytest.raises(RedirectAddressUnsuitable):
        read_redirect_address(text, [ORIGIN])


@pytest.mark.parametrize(
    "address",
    [
        *("", "/", ORIGIN, f"{ORIGIN}/", f"{SIGNED_IN}/", f"{SIGNED_IN}?a", f"{SIGNED_IN}#a", SIGNED_IN.upper()),
        *(f"{SIGNED_IN}\x00", f"{SIGNED_IN}\ud800", f"{SIGNED_IN}\n", "https://evil.example/", "%", SIGNED_IN * 100),
    ],
)
async def test_a_sign_in_returns_to_the_very_address_and_no_other(world_database: Database, address: str) -> None:
    async with open_register(world_database) as register:
        await register_client(register, **DASHBOARD)
    assert await may_return_to(world_database, SIGNED_IN)
    assert not await may_return_to(world_database, address)
