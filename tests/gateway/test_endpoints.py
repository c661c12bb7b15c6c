"""Who may send what to which endpoint; and that a foreign tenant looks like a missing one."""

from typing import Any

import httpx
import pytest

from footbridge.command.person import operation_file, operation_names
from footbridge.gateway.documents.document import document_id
from footbridge.runtime.database import Database
from footbridge.runtime.errors import InvalidInput
from footbridge.tenancy.permission import Scope
from tests.foundation.people import World
from tests.gateway.client import Client, school_path, trust_path
from tests.gateway.conftest import GiveToken, SignIn

MISSING = "999999"


def seen(response: httpx.Response) -> tuple[int, Any, list[str]]:
    return response.status_code, response.json(), sorted(response.headers)


async def test_nobody_is_told_to_sign_in_wherever_they_knock(nobody: Client, world: World) -> None:
    paths = [school_path(world.schools[0].urn), school_path(MISSING), trust_path(world.trusts[0].uid), trust_path("x")]
    answers = [seen(await nobody.send(path, "Measures")) for path in paths]
    assert answers[0][0] == 401
    assert all(answer == answers[0] for answer in answers)


@pytest.mark.parametrize("role", ["head", "deputy", "community_lead", "governor"])
async def test_another_school_looks_like_a_missing_one_to_everybody_of_a_school(
    sign_in: SignIn, world: World, role: str
) -> None:
    client = await sign_in(getattr(world.schools[0], role))
    missing = seen(await client.send(school_path(MISSING), "School"))
    assert missing[0] == 404
    for other in world.schools[1:]:
        assert seen(await client.send(school_path(other.urn), "School")) == missing
    for trust in world.trusts:
        assert seen(await client.send(trust_path(trust.uid), "Trust")) == missing
    assert (await client.run(school_path(world.schools[0].urn), "School"))["urn"] == world.schools[0].urn


async def test_an_executive_reaches_the_own_trust_and_nothing_else(sign_in: SignIn, world: World) -> None:
    client = await sign_in(world.trusts[0].executive)
    missing = seen(await client.send(trust_path("missing"), "Trust"))
    assert missing[0] == 404
    assert seen(await client.send(trust_path(world.trusts[1].uid), "Trust")) == missing
    for school in world.schools:
        for operation in operation_names("school"):
            assert seen(await client.send(school_path(school.urn), operation)) == missing
    assert (await client.run(trust_path(world.trusts[0].uid), "Trust"))["uid"] == world.trusts[0].uid


async def test_no_answer_about_a_school_carries_another_tenants_word(sign_in: SignIn, world: World) -> None:
    for school in world.schools:
        client = await sign_in(school.head)
        path = school_path(school.urn)
        texts = [
            (await client.send(path, "Partnerships", first=100)).text,
            (await client.send(path, "Sessions", first=100)).text,
            (await client.send(path, "Activities", first=100, sessions=100)).text,
            (await client.send(path, "Observations", first=100)).text,
            (await client.send(path, "Releases", first=100)).text,
            (await client.send(path, "AccessRecords", first=100)).text,
            (await client.send(path, "PublicationPreview", period="2024-25")).text,
        ]
        trust = next(trust for trust in world.trusts if trust.id == school.trust_id)
        foreign = world.words - {school.word, trust.word}
        together = "".join(texts)
        assert school.word in together
        assert not [word for word in foreign if word in together]


async def test_a_cookie_session_runs_registered_operations_only(sign_in: SignIn, world: World) -> None:
    client = await sign_in(world.schools[0].head)
    path = school_path(world.schools[0].urn)
    own = await client.post(path, {"query": "{ school { urn } }"})
    assert (own.status_code, own.json()["errors"][0]["extensions"]["code"]) == (403, "DOCUMENT_NOT_TRUSTED")
    unknown = await client.post(path, {"documentId": "sha256:" + "0" * 64})
    assert (unknown.status_code, unknown.json()["errors"][0]["extensions"]["code"]) == (404, "DOCUMENT_UNKNOWN")


async def test_the_trusts_operations_cannot_be_run_at_a_school(sign_in: SignIn, world: World) -> None:
    client = await sign_in(world.trusts[0].executive)
    for operation in set(operation_names("school")) - set(operation_names("trust")):
        response = await client.http.post(
            trust_path(world.trusts[0].uid), json={"documentId": _school_document(operation), "variables": {}}
        )
        assert response.status_code == 404, operation


def _school_document(operation: str) -> str:

    return document_id(operation_file("school", operation).read_text(encoding="utf-8"))


async def test_a_token_does_what_its_scopes_say(give_token: GiveToken, world: World) -> None:
    school = world.schools[0]
    path = school_path(school.urn)
    reader = await give_token(school.head, Scope.READ)
    assert (await reader.send(path, "School")).status_code == 200
    assert (await reader.send(path, "AddOrganisation", name="A", kind="CHARITY")).status_code == 403
    assert (await reader.post(path, {"query": "{ school { urn } }"})).status_code == 403
    with pytest.raises(InvalidInput):
        await give_token(school.head, Scope.WRITE)  # what it changes is answered: it would read without the scope
    own = await give_token(school.head, Scope.READ, Scope.ADHOC)
    assert (await own.post(path, {"query": "{ school { urn } }"})).json() == {"data": {"school": {"urn": school.urn}}}
    assert (await own.post(path, {"query": "{ __schema { queryType { name } } }"})).status_code == 403
    introspects = await give_token(school.head, Scope.READ, Scope.ADHOC, Scope.INTROSPECT)
    assert (await introspects.post(path, {"query": "{ __schema { queryType { name } } }"})).status_code == 200


async def test_a_token_never_signs(give_token: GiveToken, world: World) -> None:
    school = world.schools[0]
    client = await give_token(school.head, Scope.READ, Scope.WRITE)
    refused = await client.run(
        school_path(school.urn), "SignRelease", releaseId="rel_" + "0" * 32, previewHash="0" * 64
    )
    assert refused["code"] == "NOT_PERMITTED"


async def test_a_token_of_one_school_opens_no_other(give_token: GiveToken, world: World) -> None:
    client = await give_token(world.schools[0].head, Scope.READ)
    for path in (school_path(world.schools[1].urn), trust_path(world.trusts[0].uid)):
        assert (await client.send(path, "Measures")).status_code == 404


@pytest.mark.parametrize("authorization", ["Bearer nonsense", "Bearer fbt_" + "x" * 43, "Basic abc", "Bearer", ""])
async def test_what_is_no_token_is_nobody(nobody: Client, world: World, authorization: str) -> None:
    response = await nobody.http.post(
        school_path(world.schools[0].urn), json={"documentId": "x"}, headers={"Authorization": authorization}
    )
    assert response.status_code == 401


async def test_requests_from_other_sites_are_not_taken(sign_in: SignIn, world: World) -> None:
    client = await sign_in(world.schools[0].head)
    path = school_path(world.schools[0].urn)
    for headers in ({"Origin": "https://elsewhere.example"}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "null"}):
        response = await client.http.post(path, json={"documentId": "x"}, headers=headers)
        assert (response.status_code, response.json()["errors"][0]["extensions"]["code"]) == (403, "CROSS_SITE")


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""])
async def test_only_json_is_taken(sign_in: SignIn, world: World, content_type: str) -> None:
    client = await sign_in(world.schools[0].head)
    response = await client.http.post(
        school_path(world.schools[0].urn), content=b"{}", headers={"Content-Type": content_type}
    )
    assert response.status_code == 415


@pytest.mark.parametrize(
    "body", [b"", b"null", b"7", b"[]", b"{", b"\xff", b'{"query": 7}', b'{"variables": []}', b'"x"']
)
async def test_a_body_that_is_no_request_is_a_clear_400(sign_in: SignIn, world: World, body: bytes) -> None:
    client = await sign_in(world.schools[0].head)
    response = await client.http.post(
        school_path(world.schools[0].urn), content=body, headers={"Content-Type": "application/json"}
    )
    assert 400 <= response.status_code < 500
    assert response.json()["errors"][0]["extensions"]["code"]


async def test_a_body_has_a_limit(sign_in: SignIn, world: World) -> None:
    client = await sign_in(world.schools[0].head)
    response = await client.http.post(
        school_path(world.schools[0].urn), content=b" " * 300_000, headers={"Content-Type": "application/json"}
    )
    assert response.status_code == 413


async def test_one_mutation_field_a_document(give_token: GiveToken, world: World) -> None:
    client = await give_token(world.schools[0].head, Scope.READ, Scope.WRITE, Scope.ADHOC)
    field = '{n}: addOrganisation(name: "Two {n}", kind: CHARITY, idempotencyKey: "{n}") {{ __typename }}'
    query = "mutation { " + field.format(n="a") + field.format(n="b") + " }"
    response = await client.post(school_path(world.schools[0].urn), {"query": query})
    assert (response.status_code, response.json()["errors"][0]["extensions"]["code"]) == (400, "ONE_MUTATION")


async def test_health_tells_the_truth(nobody: Client, world_database: Database) -> None:
    assert (await nobody.http.get("/healthz")).json() == {"alive": True}
    assert (await nobody.http.get("/readyz")).json() == {"ready": True, "closed": []}


async def test_answers_are_not_stored(sign_in: SignIn, world: World) -> None:
    client = await sign_in(world.schools[0].head)
    response = await client.send(school_path(world.schools[0].urn), "School")
    assert response.headers["cache-control"] == "no-store"


async def test_my_page_says_who_i_am_and_where_my_endpoint_is(sign_in: SignIn, nobody: Client, world: World) -> None:
    school = world.schools[0]
    client = await sign_in(school.head)
    page = (await client.http.get("/")).text
    assert school.head.name in page
    assert school_path(school.urn) in page
    me = (await client.http.get("/me")).json()["data"]
    assert [post["endpoint"].endswith(school_path(school.urn)) for post in me["posts"]] == [True]
    assert (await nobody.http.get("/")).headers["location"] == "/sign-in"
