"""Nothing is changed by another site's page: not by a form, not by a script, not by any content type or method."""

import json
import uuid
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import product
from typing import Any

import httpx
import pytest

from footbridge.command.person import operation_file
from footbridge.gateway.documents.document import document_id
from footbridge.runtime.clock import today
from footbridge.tenancy.client import ClientDocument, Side
from footbridge.tenancy.client_registration import register_client, revoke_client
from footbridge.tenancy.permission import Scope
from footbridge.tenancy.session import open_register
from tests.foundation.people import World, WorldSchool
from tests.foundation.server import Copy
from tests.gateway.client import ORIGIN, school_path, trust_path
from tests.gateway.conftest import GiveToken, open_session

CONTENT_TYPES = (
    "text/plain", "text/plain;charset=UTF-8", "application/x-www-form-urlencoded", "multipart/form-data; boundary=b",
    "multipart/mixed; boundary=b", "application/graphql", "text/json", "application/csp-report",
    "application/reports+json", "application/json+x, text/plain", "text/ping", "",
)  # fmt: skip
METHODS = ("GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS")
FOREIGN = (
    "https://elsewhere.example", "null", "http://127.0.0.1", "http://127.0.0.1:8001", "https://127.0.0.1:8000",
    "http://localhost:8000", "http://127.0.0.1:8000.elsewhere.example", "http://elsewhere.example#127.0.0.1:8000",
    "http://127.0.0.1:8000@elsewhere.example", "http://127.0.0.1:8000/", "http://127.0.0.1:8000 https://elsewhere.example",
    "HTTP://127.0.0.1:8000", "file://", "chrome-extension://abcdefgh", "http://[::1]:8000", "",
)  # fmt: skip
SITES = (None, "same-origin", "same-site", "cross-site", "none", "nonsense")
REGISTERED = "https://dashboard.example"


@dataclass(frozen=True)
class Browser:
    """A head's, with their session; it sends what a page made it send."""

    http: httpx.AsyncClient
    school: WorldSchool

    async def send(self, method: str, content: bytes, **headers: str) -> httpx.Response:
        return await self.http.request(method, school_path(self.school.urn), content=content, headers=headers)


@pytest.fixture(scope="module")
async def browser(world_copy: Copy, world: World, transport: httpx.ASGITransport) -> AsyncIterator[Browser]:
    school = world.schools[0]
    cookies = {"footbridge_session": await open_session(world_copy.database, school.head)}
    async with httpx.AsyncClient(transport=transport, base_url=ORIGIN, cookies=cookies) as http:
        yield Browser(http, school)


@pytest.fixture(autouse=True)
def unchanged(world_copy: Copy, request: pytest.FixtureRequest) -> Iterator[None]:
    """Nothing of any school is new after a test, but for one that is meant to change something."""
    before = rows_of(world_copy)
    yield
    if "changes" not in request.fixturenames:
        assert rows_of(world_copy) == before


@pytest.fixture
def changes() -> None:
    """For a test that is meant to change something."""


def rows_of(copy: Copy) -> list[Any]:
    with copy.connect() as connection:
        organisations = connection.execute("select id from school.organisation order by id").fetchall()
        kept = connection.execute("select count(*) from school.idempotency_key").fetchall()
    return [*organisations, *kept]


def change() -> bytes:
    """The registered operation that adds an organisation."""
    text = operation_file("school", "AddOrganisation").read_text(encoding="utf-8")
    variables = {"name": f"Forged {uuid.uuid4().hex}", "kind": "CHARITY", "idempotencyKey": uuid.uuid4().hex}
    return json.dumps({"documentId": document_id(text), "variables": variables}).encode()


def query() -> bytes:
    text = operation_file("school", "School").read_text(encoding="utf-8")
    return json.dumps({"documentId": document_id(text), "variables": {}}).encode()


def code_of(response: httpx.Response) -> str:
    code: str = response.json()["errors"][0]["extensions"]["code"]
    return code


def from_page(origin: str | None, site: str | None) -> dict[str, str]:
    told = {"Origin": origin, "Sec-Fetch-Site": site}
    return {"Content-Type": "application/json"} | {name: value for name, value in told.items() if value is not None}


@pytest.mark.parametrize("site", ["same-origin", None])
async def test_our_own_page_changes_something(browser: Browser, changes: None, site: str | None) -> None:
    response = await browser.send("POST", change(), **from_page(ORIGIN, site))
    assert response.status_code == 200
    assert response.json()["data"]["addOrganisation"]["__typename"] == "Organisation"


def test_there_are_twelve_content_types() -> None:
    assert len(set(CONTENT_TYPES)) == 12


@pytest.mark.parametrize("content_type", CONTENT_TYPES)
@pytest.mark.parametrize("method", ["POST", *METHODS])
async def test_no_content_type_but_json_changes_anything(browser: Browser, content_type: str, method: str) -> None:
    """Those that a form, an image, a beacon or a report can send without asking first, and what resembles JSON."""
    headers = from_page(ORIGIN, "same-origin") | {"Content-Type": content_type}
    response = await browser.send(method, change(), **headers)
    assert is_no_answer(response)
    if method == "POST":
        assert (response.status_code, code_of(response)) == (415, "UNSUPPORTED_MEDIA_TYPE")


@pytest.mark.parametrize("method", METHODS)
async def test_no_method_but_post_changes_anything(browser: Browser, method: str) -> None:
    response = await browser.send(method, change(), **from_page(ORIGIN, "same-origin"))
    assert is_no_answer(response)


@pytest.mark.parametrize("method", METHODS)
async def test_an_address_changes_nothing(browser: Browser, method: str) -> None:
    content = json.loads(change())
    parameters = {"documentId": content["documentId"], "variables": json.dumps(content["variables"])}
    for headers in ({}, from_page(ORIGIN, "same-origin"), from_page(None, "cross-site")):
        response = await browser.http.request(
            method, school_path(browser.school.urn), params=parameters, headers=headers
        )
        assert is_no_answer(response)


@pytest.mark.parametrize(
    ("origin", "site"),
    [
        *product((*FOREIGN, None), SITES),
        *((ORIGIN, site) for site in SITES if site not in {None, "same-origin"}),
    ],
)
async def test_no_page_but_our_own_changes_anything(browser: Browser, origin: str | None, site: str | None) -> None:
    response = await browser.send("POST", change(), **from_page(origin, site))
    says_nothing = origin is None and site in {None, "same-origin", "none"}
    assert (response.status_code, code_of(response)) == (403, "ORIGIN_MISSING" if says_nothing else "CROSS_SITE")
    assert "access-control-allow-origin" not in response.headers


def is_no_answer(response: httpx.Response) -> bool:
    """A refusal, or what an OPTIONS says of the endpoint and of nothing else."""
    return response.status_code >= 400 or (response.status_code, response.content) == (204, b"")


@pytest.mark.parametrize(("origin", "site"), list(product(FOREIGN, SITES)))
async def test_no_foreign_page_reads_anything(browser: Browser, origin: str, site: str | None) -> None:
    response = await browser.send("POST", query(), **from_page(origin, site))
    assert (response.status_code, code_of(response)) == (403, "CROSS_SITE")
    assert "access-control-allow-origin" not in response.headers


@pytest.mark.parametrize("origin", FOREIGN)
async def test_a_foreign_page_is_told_nothing_when_it_asks_first(browser: Browser, origin: str) -> None:
    asks = {"Origin": origin, "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type"}
    response = await browser.http.options(school_path(browser.school.urn), headers=asks)
    assert response.status_code >= 400
    assert not [name for name in response.headers if name.startswith("access-control-")]


async def test_a_foreign_page_with_somebodys_token_changes_nothing(give_token: GiveToken, world: World) -> None:
    school = world.schools[0]
    client = await give_token(school.head, *Scope)
    response = await client.http.post(
        school_path(school.urn), content=change(), headers=from_page("https://elsewhere.example", "cross-site")
    )
    assert (response.status_code, code_of(response)) == (403, "CROSS_SITE")


@pytest.fixture(scope="module")
async def registered(world_copy: Copy) -> None:
    """A dashboard of somebody else's, which may ask for the school and nothing else."""
    text = operation_file("school", "School").read_text(encoding="utf-8")
    async with open_register(world_copy.database) as register:
        await register_client(
            register, name="Dashboard", owner="Somebody else", origins=[REGISTERED], redirect_addresses=[],
            review_on=today() + timedelta(days=90), own_origin=ORIGIN,
            documents=[ClientDocument(Side.SCHOOL, document_id(text), "School", text, 1)],
        )  # fmt: skip


async def test_a_registered_clients_page_may_read_the_answer(browser: Browser, registered: None) -> None:
    response = await browser.send("POST", query(), **from_page(REGISTERED, "cross-site"))
    assert response.status_code == 200
    assert response.headers["access-control-allow-origin"] == REGISTERED
    assert "Origin" in response.headers["vary"]


async def test_a_registered_clients_page_is_answered_when_it_asks_first(browser: Browser, registered: None) -> None:
    asks = {"Origin": REGISTERED, "Access-Control-Request-Method": "POST"}
    response = await browser.http.options(school_path(browser.school.urn), headers=asks)
    assert response.status_code == 204
    assert response.headers["access-control-allow-origin"] == REGISTERED
    assert "*" not in "".join(value for name, value in response.headers.items() if name.startswith("access-control-"))


async def test_a_registered_clients_page_changes_nothing_from_another_site(browser: Browser, registered: None) -> None:
    response = await browser.send("POST", change(), **from_page(REGISTERED, "cross-site"))
    assert response.status_code in {403, 404}
    assert code_of(response) in {"CROSS_SITE", "DOCUMENT_UNKNOWN"}


@pytest.mark.parametrize(
    "origin",
    ["http://dashboard.example", "https://dashboard.example:444", "https://a.dashboard.example", "https://dashboard.example.", "https://DASHBOARD.example", f"{REGISTERED}/"],
)  # fmt: skip
async def test_what_resembles_a_registered_client_is_none(browser: Browser, registered: None, origin: str) -> None:
    response = await browser.send("POST", query(), **from_page(origin, "cross-site"))
    assert (response.status_code, code_of(response)) == (403, "CROSS_SITE")


async def test_a_trusts_endpoint_refuses_a_foreign_page_too(world_copy: Copy, transport: Any, world: World) -> None:
    trust = world.trusts[0]
    cookies = {"footbridge_session": await open_session(world_copy.database, trust.executive)}
    text = operation_file("trust", "Trust").read_text(encoding="utf-8")
    content = json.dumps({"documentId": document_id(text)}).encode()
    async with httpx.AsyncClient(transport=transport, base_url=ORIGIN, cookies=cookies) as http:
        for origin in FOREIGN:
            response = await http.post(trust_path(trust.uid), content=content, headers=from_page(origin, None))
            assert (response.status_code, code_of(response)) == (403, "CROSS_SITE")


async def test_a_revoked_clients_page_is_any_other(browser: Browser, registered: None, world_copy: Copy) -> None:
    """The last test here: it is not registered again."""
    async with open_register(world_copy.database) as register:
        await revoke_client(register, name="Dashboard")
    response = await browser.send("POST", query(), **from_page(REGISTERED, "cross-site"))
    assert (response.status_code, code_of(response)) == (403, "CROSS_SITE")
    assert "access-control-allow-origin" not in response.headers
