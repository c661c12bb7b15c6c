"""GET: queries only, by documentId with a session, of one's own with a token; the trust's answers carry an ETag."""

import json
from typing import Any

import httpx
import pytest

from footbridge.command.person import operation_file
from footbridge.gateway.documents.document import document_id
from footbridge.tenancy.permission import Scope
from tests.foundation.people import World
from tests.gateway.client import Client, school_path, trust_path
from tests.gateway.conftest import GiveToken, SignIn


def id_of(side: str, operation: str) -> str:
    return document_id(operation_file(side, operation).read_text(encoding="utf-8"))


async def get(client: Client, path: str, *, headers: dict[str, str] | None = None, **parameters: Any) -> httpx.Response:
    return await client.http.get(path, params=parameters, headers=headers or {})


def code_of(response: httpx.Response) -> str:
    code: str = response.json()["errors"][0]["extensions"]["code"]
    return code


async def test_a_session_asks_by_documents_id_as_by_post(sign_in: SignIn, world: World) -> None:
    head, path = await sign_in(world.schools[0].head), school_path(world.schools[0].urn)
    variables = json.dumps({"period": "2024-25"})
    by_get = await get(head, path, documentId=id_of("school", "SchoolCalendar"), variables=variables)
    by_post = await head.send(path, "SchoolCalendar", period="2024-25")
    assert by_get.status_code == 200, by_get.text
    assert by_get.json() == by_post.json()
    assert by_get.headers["cache-control"] == "no-store"


async def test_a_session_sends_no_query_of_its_own(sign_in: SignIn, world: World) -> None:
    head = await sign_in(world.schools[0].head)
    response = await get(head, school_path(world.schools[0].urn), query="{ school { name } }")
    assert (response.status_code, code_of(response)) == (403, "DOCUMENT_NOT_TRUSTED")


async def test_a_token_sends_its_own_query(give_token: GiveToken, world: World) -> None:
    client = await give_token(world.schools[0].head, Scope.READ, Scope.ADHOC)
    response = await get(client, school_path(world.schools[0].urn), query="{ school { urn } }")
    assert response.json() == {"data": {"school": {"urn": world.schools[0].urn}}}


async def test_a_mutation_is_not_got(give_token: GiveToken, sign_in: SignIn, world: World) -> None:
    path = school_path(world.schools[0].urn)
    client = await give_token(world.schools[0].head, *Scope)
    mutation = 'mutation { addActivity(title: "T", category: SPORT, idempotencyKey: "g") { __typename } }'
    mutation = mutation.replace("SPORT", "WIDER_LIFE_SKILLS")
    own = await get(client, path, query=mutation)
    head = await sign_in(world.schools[0].head)
    variables = json.dumps({"title": "T", "category": "WIDER_LIFE_SKILLS", "idempotencyKey": "g"})
    registered = await get(head, path, documentId=id_of("school", "AddActivity"), variables=variables)
    for response in (own, registered):
        assert (response.status_code, code_of(response)) == (405, "METHOD_NOT_ALLOWED")
        assert response.headers["allow"] == "POST"


async def test_what_was_published_is_told_once(sign_in: SignIn, world: World) -> None:
    trust = world.trusts[0]
    executive, path = await sign_in(trust.executive), trust_path(trust.uid)
    asked: dict[str, Any] = {
        "documentId": id_of("trust", "Comparison"),
        "variables": json.dumps({"measureId": "persistent-absence", "period": "2024-25"}),
    }
    first = await get(executive, path, **asked)
    assert first.status_code == 200
    assert first.headers["cache-control"] == "private, no-cache"
    again = await get(executive, path, headers={"If-None-Match": first.headers["etag"]}, **asked)
    assert (again.status_code, again.content) == (304, b"")
    weak = await get(executive, path, headers={"If-None-Match": f'"other", W/{first.headers["etag"]}'}, **asked)
    assert weak.status_code == 304
    assert (await get(executive, path, headers={"If-None-Match": "*"}, **asked)).status_code == 304
    other = await get(executive, path, headers={"If-None-Match": '"other"'}, **asked)
    assert (other.status_code, other.json()) == (200, first.json())


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("query={school{urn}}&query={school{urn}}", "KEY_REPEATED"),
        ("query=%7B%20school%20%7B%20urn%20%7D%20%7D%00", "TEXT_NOT_VALID"),
        ("query=%ff%fe", "TEXT_NOT_VALID"),
        ("query={school{urn}}&variables=[1]", "NOT_AN_OBJECT"),
        ('query={school{urn}}&variables={"a":1,"a":2}', "KEY_REPEATED"),
        ("query={school{urn}}&variables={", "NOT_JSON"),
    ],
)
async def test_what_stands_in_the_address_is_read_as_strictly_as_a_body(
    query: str, code: str, give_token: GiveToken, world: World
) -> None:
    client = await give_token(world.schools[0].head, Scope.READ, Scope.ADHOC)
    response = await client.http.get(f"{school_path(world.schools[0].urn)}?{query}")
    assert (response.status_code, code_of(response)) == (400, code)
