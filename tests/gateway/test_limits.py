"""How long, how large and how often: what goes over a limit is told so, and costs the others nothing."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text
from starlette.requests import HTTPConnection

from footbridge.directory.tokens import find_token
from footbridge.gateway.app import make_app
from footbridge.gateway.http.address_rate import address_of
from footbridge.gateway.http.answers import Media
from footbridge.gateway.http.limits import Buckets, BudgetSpent, Limits, Rate, TooOften
from footbridge.gateway.http.turns import TooManyAtOnce, Turns
from footbridge.runtime.database import Database, Role
from footbridge.tenancy.caller import Caller
from footbridge.tenancy.permission import Scope
from tests.foundation.people import World
from tests.foundation.server import Copy
from tests.gateway.client import ORIGIN, Client, school_path
from tests.gateway.conftest import OF_A_PAGE, GiveToken, open_session

WIDE = Limits().widened(1000)
ONE = Rate(per_second=0.001, burst=1)
QUERY = {"query": "{ school { urn } }"}
LARGE = {"query": "{ measures { name numerator denominator source } }"}

Limited = Callable[[Limits], httpx.AsyncClient]


@pytest.fixture
async def limited(world_database: Database) -> AsyncIterator[Limited]:
    """A client of a gateway with limits of its own."""
    opened: list[httpx.AsyncClient] = []

    def make(limits: Limits) -> httpx.AsyncClient:
        app = make_app(world_database, ORIGIN, limits)
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        opened.append(httpx.AsyncClient(transport=transport, base_url=ORIGIN, headers={"Accept": Media.GRAPHQL}))
        return opened[-1]

    yield make
    for client in opened:
        await client.aclose()


async def secret_of(give_token: GiveToken, caller: Caller) -> dict[str, str]:
    client: Client = await give_token(caller, Scope.READ, Scope.WRITE, Scope.ADHOC)
    return {"Authorization": client.http.headers["authorization"]}


def code_of(response: httpx.Response) -> str:
    code: str = response.json()["errors"][0]["extensions"]["code"]
    return code


@pytest.mark.parametrize("narrow", [replace(WIDE, address=ONE), replace(WIDE, token=ONE), replace(WIDE, tenant=ONE)])
async def test_one_who_asks_too_often_waits(
    narrow: Limits, limited: Limited, give_token: GiveToken, world: World
) -> None:
    token = await secret_of(give_token, world.schools[0].head)
    client, path = limited(narrow), school_path(world.schools[0].urn)
    assert (await client.post(path, json=QUERY, headers=token)).status_code == 200
    second = await client.post(path, json=QUERY, headers=token)
    assert (second.status_code, code_of(second)) == (429, "TOO_OFTEN")
    assert int(second.headers["retry-after"]) > 1
    assert not any(digit in second.json()["errors"][0]["message"] for digit in "0123456789")


async def test_a_person_who_asks_too_often_waits_and_the_others_do_not(
    limited: Limited, world: World, world_database: Database
) -> None:
    school = world.schools[0]
    client = limited(replace(WIDE, person=ONE))
    answers = []
    for caller in (school.head, school.head, school.deputy):
        cookie = {"Cookie": f"footbridge_session={await open_session(world_database, caller)}"}
        answers.append((await client.get("/me", headers=cookie | OF_A_PAGE)).status_code)
    assert answers == [200, 429, 200]


async def test_documents_of_ones_own_are_paid_by_what_they_ask(
    limited: Limited, give_token: GiveToken, world: World
) -> None:
    token = await secret_of(give_token, world.schools[0].head)
    client, path = limited(replace(WIDE, points=Rate(0.001, 500))), school_path(world.schools[0].urn)
    small, large = {"query": "{ __typename }"}, {"query": "{ activities(first: 100) { nodes { id title category } } }"}
    assert [(await client.post(path, json=each, headers=token)).status_code for each in (small, large, large)] == [
        200, 200, 429,
    ]  # fmt: skip
    assert (await client.post(path, json=small, headers=token)).status_code == 200


async def test_refused_documents_are_paid_too(limited: Limited, give_token: GiveToken, world: World) -> None:
    token = await secret_of(give_token, world.schools[0].head)
    client, path = limited(replace(WIDE, points=Rate(0.001, 60_000))), school_path(world.schools[0].urn)
    wrong = [(await client.post(path, json={"query": "{ wrong }"}, headers=token)).status_code for _ in range(3)]
    assert wrong == [400, 400, 429]


async def test_an_answer_too_large_is_not_sent(limited: Limited, give_token: GiveToken, world: World) -> None:
    token = await secret_of(give_token, world.schools[0].head)
    client, path = limited(replace(WIDE, largest_answer=1000)), school_path(world.schools[0].urn)
    response = await client.post(path, json=LARGE, headers=token)
    assert (response.status_code, code_of(response)) == (400, "ANSWER_TOO_LARGE")


async def test_a_change_whose_answer_is_too_large_is_not_made(
    limited: Limited, give_token: GiveToken, world: World
) -> None:
    token, path = await secret_of(give_token, world.schools[0].head), school_path(world.schools[0].urn)
    mutation = (
        'mutation { addActivity(title: "Large", category: WIDER_LIFE_SKILLS, idempotencyKey: "l") { __typename } }'
    )
    response = await limited(replace(WIDE, largest_answer=10)).post(path, json={"query": mutation}, headers=token)
    assert code_of(response) == "ANSWER_TOO_LARGE"
    found = await limited(WIDE).post(path, json={"query": "{ activities { nodes { title } } }"}, headers=token)
    assert "Large" not in found.text


async def test_a_body_that_does_not_arrive_is_given_up(limited: Limited, world: World) -> None:
    never = asyncio.Event()

    async def body() -> AsyncIterator[bytes]:
        yield b'{"query":'
        await never.wait()

    client = limited(replace(WIDE, body_seconds=0.05))
    response = await client.post(school_path(world.schools[0].urn), content=body())
    assert (response.status_code, code_of(response)) == (408, "BODY_TOO_SLOW")
    assert response.headers["connection"] == "close"


async def test_a_request_past_its_deadline_ends_and_gives_its_connection_back(
    limited: Limited, give_token: GiveToken, world: World, world_database: Database
) -> None:
    """The school's row is locked by another, so that the mutation has to wait."""
    school = world.schools[0]
    token, client = await secret_of(give_token, school.head), limited(replace(WIDE, request_seconds=0.5))
    mutation = 'mutation { removeSession(sessionId: "%s", idempotencyKey: "%s") { __typename } }'
    async with world_database.transaction(Role.SCHOOL, school_id=school.id, trust_id=school.trust_id) as other:
        await other.command("LOCK TABLE school.idempotency_key IN ROW EXCLUSIVE MODE")
        await other.run(
            text(
                "insert into school.idempotency_key (school_id, actor_id, mutation, key, fingerprint) "
                "select :school, t.id, 'removeSession', 'held', 'x' from (values (cast(:actor as uuid))) as t(id)"
            ),
            {"school": school.id, "actor": await id_of(token, world_database)},
        )
        document = {"query": mutation % (f"ses_{'0' * 32}", "held")}
        response = await client.post(school_path(school.urn), json=document, headers=token)
        assert (response.status_code, code_of(response)) == (503, "BUSY")
        assert response.headers["retry-after"] == "1"
    for _ in range(12):  # more than the pool holds
        assert (await client.post(school_path(school.urn), json=QUERY, headers=token)).status_code == 200


async def id_of(token: dict[str, str], database: Database) -> UUID:
    """The token's own, as its events name it."""
    found = await find_token(database, token["Authorization"].removeprefix("Bearer "))
    assert found is not None
    return found[0].id


async def test_a_statement_that_takes_too_long_is_no_fault_of_the_sender(
    world_copy: Copy, give_token: GiveToken, world: World
) -> None:
    """A table is locked by another, so that the statement has to wait."""
    token = await secret_of(give_token, world.schools[0].head)
    impatient = Database(world_copy.addresses, statement_seconds=0.2)
    app = make_app(impatient, ORIGIN, WIDE)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=ORIGIN, headers=token) as client:
        with world_copy.connect() as other, other.transaction():
            other.execute("lock table school.activity in access exclusive mode")
            query = {"query": "{ activities(first: 1) { nodes { id } } }"}
            response = await client.post(school_path(world.schools[0].urn), json=query)
        assert (response.status_code, code_of(response)) == (503, "BUSY")
        assert (await client.post(school_path(world.schools[0].urn), json=query)).status_code == 200
    await impatient.close()


async def test_when_all_connections_are_taken_one_is_told_to_come_again(
    world_copy: Copy, give_token: GiveToken, world: World
) -> None:
    school = world.schools[0]
    token = await secret_of(give_token, school.head)
    narrow = Database(world_copy.addresses, pool_size=1)
    app = make_app(narrow, ORIGIN, WIDE)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=ORIGIN) as client:
        async with narrow.transaction(Role.SCHOOL, school_id=school.id, trust_id=school.trust_id):
            response = await client.post(school_path(school.urn), json=QUERY, headers=token)
        assert (response.status_code, code_of(response)) == (503, "BUSY")
        assert response.headers["retry-after"] == "1"
        assert (await client.post(school_path(school.urn), json=QUERY, headers=token)).status_code == 200
    await narrow.close()


def test_a_bucket_fills_as_time_goes_by() -> None:
    now = [0.0]
    buckets, rate = Buckets(clock=lambda: now[0]), Rate(per_second=2, burst=3)
    for _ in range(3):
        buckets.take("a", rate)
    with pytest.raises(TooOften):
        buckets.take("a", rate)
    buckets.take("b", rate)
    now[0] = 0.5
    buckets.take("a", rate)
    with pytest.raises(TooOften):
        buckets.take("a", rate)
    now[0] = 100
    with pytest.raises(BudgetSpent):
        buckets.spend("a", rate, 4)
    buckets.spend("a", rate, 3)
    with pytest.raises(TooOften):
        buckets.take("a", rate)


def test_buckets_do_not_fill_the_memory() -> None:
    buckets = Buckets(most=10)
    for key in range(1000):
        buckets.take(key, Rate(1, 1))
    assert len(buckets._levels) == 10


@pytest.mark.parametrize(
    ("proxies", "told", "address"),
    [
        (1, "203.0.113.9:1000", "203.0.113.9"),
        (1, "[2001:db8:1:2:3::4]:99", "2001:db8:1:2::/64"),
        (1, "2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"),
        (1, "unknown", "9.9.9.9"),(0, "1.1.1.1", "9.9.9.9"), (1, "1.1.1.1, 2.2.2.2", "2.2.2.2"), (2, "1.1.1.1, 2.2.2.2", "1.1.1.1"), (1, "", "9.9.9.9"), (3, "1.1.1.1", "9.9.9.9")],
)  # fmt: skip
def test_an_address_is_what_our_own_proxies_say(proxies: int, told: str, address: str) -> None:
    scope = {"type": "http", "headers": [(b"x-forwarded-for", told.encode())], "client": ("9.9.9.9", 1)}
    assert address_of(HTTPConnection(scope), replace(WIDE, proxies=proxies)) == address


def test_a_proxy_may_write_a_header_of_its_own() -> None:
    headers = [(b"x-forwarded-for", b"1.1.1.1"), (b"x-forwarded-for", b"2.2.2.2")]
    scope = {"type": "http", "headers": headers, "client": ("9.9.9.9", 1)}
    assert address_of(HTTPConnection(scope), replace(WIDE, proxies=1)) == "2.2.2.2"


async def test_one_tenant_leaves_connections_to_the_others(
    world_copy: Copy, limited: Limited, give_token: GiveToken, world: World
) -> None:
    """The first school's table is locked, so that everything it asks waits."""
    busy, other = world.schools[0], world.schools[1]
    tokens = [await secret_of(give_token, school.head) for school in (busy, other)]
    client, query = limited(replace(WIDE, at_once=2, wait_seconds=0.2)), {"query": "{ activities { nodes { id } } }"}

    async def ask(number: int, content: dict[str, str]) -> httpx.Response:
        urn = (busy, other)[number].urn
        return await client.post(school_path(urn), json=content, headers=tokens[number])

    with world_copy.connect() as blocker, blocker.transaction():
        blocker.execute("lock table school.activity in access exclusive mode")
        waiting = [asyncio.ensure_future(ask(0, query)) for _ in range(2)]
        await asyncio.wait(waiting, timeout=0.3)
        refused, answered = await ask(0, QUERY), await ask(1, QUERY)
    assert (refused.status_code, code_of(refused), refused.headers["retry-after"]) == (503, "BUSY", "1")
    assert answered.status_code == 200
    assert [each.status_code for each in await asyncio.gather(*waiting)] == [200, 200]
    assert (await ask(0, QUERY)).status_code == 200


async def test_a_tenant_without_requests_takes_no_memory() -> None:
    turns = Turns(at_once=1, wait_seconds=0.01)
    async with turns.turn("a"):
        with pytest.raises(TooManyAtOnce):
            async with turns.turn("a"):
                raise AssertionError("there was a turn")
        async with turns.turn("b"):
            assert len(turns._waiting) == 2
    assert turns._waiting == {}


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({"data": {"email": "a" * 20_000}}, 413),
        ({"files": {"email": b"x"}}, 415),
        ({"data": {f"field{number}": "x" for number in range(30)}}, 400),
        ({"content": b"email=%ff", "headers": {"Content-Type": "application/x-www-form-urlencoded"}}, 400),
    ],
)
async def test_a_form_is_small_and_holds_text(form: dict[str, Any], status: int, limited: Limited) -> None:
    response = await limited(WIDE).post("/sign-in", **form)
    assert response.status_code == status
    assert code_of(response)


async def test_a_form_that_does_not_arrive_is_given_up(limited: Limited) -> None:
    never = asyncio.Event()

    async def body() -> AsyncIterator[bytes]:
        yield b"email="
        await never.wait()

    response = await limited(replace(WIDE, body_seconds=0.05)).post("/sign-in", content=body())
    assert (response.status_code, code_of(response)) == (408, "BODY_TOO_SLOW")


async def test_sign_ins_from_one_address_are_counted(limited: Limited) -> None:
    client = limited(replace(WIDE, sign_in=ONE))
    answers = [await client.post("/sign-in", data={"email": "x"}) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [400, 429]


async def test_a_page_without_a_database_is_busy_and_no_fault(
    world_copy: Copy, caplog: pytest.LogCaptureFixture
) -> None:
    narrow = Database(world_copy.addresses, pool_size=1)
    transport = httpx.ASGITransport(make_app(narrow, ORIGIN, WIDE), raise_app_exceptions=False)
    client = httpx.AsyncClient(transport=transport, base_url=ORIGIN)
    async with client, narrow.transaction(Role.DIRECTORY):
        for address in ("/", "/me"):
            response = await client.get(address, headers={"Cookie": "footbridge_session=any"})
            assert (response.status_code, code_of(response)) == (503, "BUSY"), address
    assert "unexpected error" not in caplog.text
    await narrow.close()
