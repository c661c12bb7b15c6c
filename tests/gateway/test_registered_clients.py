"""A registered client's pages run its own documents with a person's session; nobody else's page reads anything."""

from typing import Any

import httpx
import pytest

from footbridge.command.person import operation_file
from footbridge.gateway.documents.document import document_id
from footbridge.runtime.clock import today
from footbridge.runtime.database import Database
from footbridge.tenancy.client import ClientDocument, Side
from footbridge.tenancy.client_registration import register_client, revoke_client
from footbridge.tenancy.permission import Scope
from footbridge.tenancy.session import open_register
from tests.foundation.people import World
from tests.foundation.world_register import client_document
from tests.gateway.client import ORIGIN, Client, school_path, trust_path
from tests.gateway.conftest import GiveToken, SignIn

PAGE = "https://board.example"
URN = client_document(Side.SCHOOL, "Urn", "{ school { urn } }")
ADD_TEXT = (
    'mutation Add($key: ID!) { addActivity(title: "From the board", category: WIDER_LIFE_SKILLS, '
    "idempotencyKey: $key) { __typename } }"
)


@pytest.fixture
async def board(world_database: Database) -> str:
    """A client called Board, at `PAGE`."""
    add = ClientDocument(Side.SCHOOL, document_id(ADD_TEXT), "Add", ADD_TEXT, 9)
    async with open_register(world_database) as register:
        await register_client(
            register, name="Board", owner="The board's makers", origins=[PAGE], redirect_addresses=[f"{PAGE}/signed-in"],
            review_on=today().replace(year=today().year + 1, day=1), documents=[URN, add], own_origin=ORIGIN,
        )  # fmt: skip
    return PAGE


@pytest.fixture
async def head(sign_in: SignIn, world: World) -> Client:
    return await sign_in(world.schools[0].head)


@pytest.fixture
def path(world: World) -> str:
    return school_path(world.schools[0].urn)


def of_the_board(site: str = "same-site") -> dict[str, str]:
    return {"Origin": PAGE, "Sec-Fetch-Site": site}


def code_of(response: httpx.Response) -> str:
    code: str = response.json()["errors"][0]["extensions"]["code"]
    return code


async def test_it_runs_its_own_documents_and_may_read_the_answer(
    head: Client, path: str, board: str, world: World
) -> None:
    response = await head.post(path, {"documentId": URN.document_id}, **of_the_board())
    assert response.json() == {"data": {"school": {"urn": world.schools[0].urn}}}
    assert response.headers["access-control-allow-origin"] == board
    assert response.headers["access-control-allow-credentials"] == "true"
    assert "Origin" in response.headers["vary"]


async def test_it_runs_nothing_else_and_may_read_why(head: Client, path: str, board: str) -> None:
    ours = document_id(operation_file("school", "School").read_text(encoding="utf-8"))
    foreign = await head.post(path, {"documentId": ours}, **of_the_board())
    own = await head.post(path, {"query": "{ school { urn } }"}, **of_the_board())
    assert [(each.status_code, code_of(each)) for each in (foreign, own)] == [
        (404, "DOCUMENT_UNKNOWN"), (403, "DOCUMENT_NOT_TRUSTED"),
    ]  # fmt: skip
    assert foreign.headers["access-control-allow-origin"] == board


async def test_our_own_pages_do_not_run_its_documents(head: Client, path: str, board: str) -> None:
    response = await head.post(path, {"documentId": URN.document_id})
    assert (response.status_code, code_of(response)) == (404, "DOCUMENT_UNKNOWN")


async def test_its_documents_stay_on_their_side(sign_in: SignIn, world: World, board: str) -> None:
    executive = await sign_in(world.trusts[0].executive)
    response = await executive.post(trust_path(world.trusts[0].uid), {"documentId": URN.document_id}, **of_the_board())
    assert code_of(response) == "DOCUMENT_UNKNOWN"


async def test_it_changes_something_only_from_the_same_site(head: Client, path: str, board: str) -> None:
    content = {"documentId": document_id(ADD_TEXT), "variables": {"key": "board"}}
    elsewhere = await head.post(path, content, **of_the_board("cross-site"))
    assert (elsewhere.status_code, code_of(elsewhere)) == (403, "CROSS_SITE")
    here = await head.post(path, content, **of_the_board())
    assert here.json() == {"data": {"addActivity": {"__typename": "Activity"}}}


async def test_once_revoked_it_runs_nothing_from_the_next_request_on(
    head: Client, path: str, board: str, world_database: Database
) -> None:
    content: dict[str, Any] = {"documentId": URN.document_id}
    assert (await head.post(path, content, **of_the_board())).status_code == 200
    async with open_register(world_database) as register:
        await revoke_client(register, name="Board")
    response = await head.post(path, content, **of_the_board())
    assert (response.status_code, code_of(response)) == (403, "CROSS_SITE")
    assert "access-control-allow-origin" not in response.headers


async def test_its_pages_may_ask_before_they_send(nobody: Client, path: str, board: str) -> None:
    for address in (path, "/me"):
        response = await nobody.http.options(
            address, headers={"Origin": board, "Access-Control-Request-Method": "POST"}
        )
        assert response.status_code == 204
        assert response.headers["access-control-allow-origin"] == board
        assert response.headers["access-control-allow-headers"] == "Authorization, Content-Type, If-None-Match"


@pytest.mark.parametrize("origin", ["https://elsewhere.example", "null", "https://board.example.evil.example", ""])
async def test_no_other_page_is_let_in(origin: str, nobody: Client, path: str, board: str) -> None:
    for address in (path, "/me"):
        response = await nobody.http.options(address, headers={"Origin": origin})
        assert (response.status_code, code_of(response)) == (403, "CROSS_SITE")
        assert "access-control-allow-origin" not in response.headers


async def test_a_session_says_where_its_change_comes_from(head: Client, path: str) -> None:
    """A cookie alone proves nothing: any page may have caused it to be sent."""
    add = document_id(operation_file("school", "AddActivity").read_text(encoding="utf-8"))
    variables = {"title": "T", "category": "WIDER_LIFE_SKILLS", "idempotencyKey": "where"}
    cookie = {"Cookie": f"footbridge_session={head.http.cookies['footbridge_session']}"}
    async with httpx.AsyncClient(transport=head.http._transport, base_url=ORIGIN, headers=cookie) as bare:
        response = await bare.post(path, json={"documentId": add, "variables": variables})
    assert (response.status_code, code_of(response)) == (403, "ORIGIN_MISSING")


async def test_our_own_pages_need_not_ask_before_they_send(nobody: Client, path: str) -> None:
    for headers in ({}, {"Origin": ORIGIN}):
        response = await nobody.http.options(path, headers=headers)
        assert (response.status_code, response.headers["allow"]) == (204, "GET, HEAD, OPTIONS, POST")
        assert "access-control-allow-origin" not in response.headers


async def test_a_person_chooses_a_post_on_the_boards_page_and_signs_out_there(
    sign_in: SignIn, world: World, board: str
) -> None:
    person = await sign_in(world.schools[1].deputy)
    (post,) = (await person.http.get("/me")).json()["data"]["posts"]
    form = {"post": post["id"], "return_to": f"{PAGE}/signed-in"}
    chosen = await person.http.post("/act-as", data=form, headers=of_the_board())
    assert (chosen.status_code, chosen.headers["location"]) == (303, f"{PAGE}/signed-in")
    nowhere = await person.http.post("/act-as", data=form | {"return_to": f"{PAGE}/else"}, headers=of_the_board())
    assert nowhere.headers["location"] == "/"
    for headers in (of_the_board("cross-site"), {"Origin": "https://elsewhere.example"}):
        assert (await person.http.post("/act-as", data=form, headers=headers)).status_code == 403
        assert (await person.http.post("/sign-out", headers=headers)).status_code == 403
    await person.http.post("/sign-out", headers=of_the_board())
    assert (await person.http.get("/me")).status_code == 401


async def test_a_program_with_a_token_needs_no_origin(give_token: GiveToken, world: World, path: str) -> None:
    client = await give_token(world.schools[0].head, Scope.READ, Scope.WRITE)
    variables = {"title": "By a program", "category": "WIDER_LIFE_SKILLS"}
    assert (await client.run(path, "AddActivity", **variables))["__typename"] == "Activity"
