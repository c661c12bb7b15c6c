"""`/me` tells a person, or a program, everything it needs before its first query."""

from footbridge.tenancy.permission import Permission, Scope
from tests.foundation.people import World
from tests.gateway.client import ORIGIN, Client, school_path, trust_path
from tests.gateway.conftest import GiveToken, SignIn


async def test_a_person_sees_posts_with_endpoints_and_rights(sign_in: SignIn, world: World) -> None:
    school = world.schools[0]
    response = await (await sign_in(school.governor)).http.get("/me")
    (post,) = response.json()["data"]["posts"]
    assert response.json()["data"]["name"] == school.governor.name
    assert post["endpoint"] == ORIGIN + school_path(school.urn)
    assert post["rights"] == [Permission.READ_OWN_RELEASES.value]
    assert post["acting"] is True


async def test_an_executive_sees_the_trusts_endpoint(sign_in: SignIn, world: World) -> None:
    trust = world.trusts[0]
    (post,) = (await (await sign_in(trust.executive)).http.get("/me")).json()["data"]["posts"]
    assert post["endpoint"] == ORIGIN + trust_path(trust.uid)


async def test_a_program_sees_its_place_and_its_scopes(give_token: GiveToken, world: World) -> None:
    school = world.schools[1]
    client = await give_token(school.head, Scope.READ, Scope.ADHOC)
    token = (await client.http.get("/me")).json()["data"]["token"]
    assert token["endpoint"] == ORIGIN + school_path(school.urn)
    assert token["scopes"] == ["adhoc", "read"]
    assert Permission.SIGN_RELEASE.value not in token["rights"]


async def test_nobody_is_told_to_sign_in(nobody: Client) -> None:
    response = await nobody.http.get("/me")
    assert (response.status_code, response.json()["errors"][0]["extensions"]["code"]) == (401, "NOT_SIGNED_IN")
    wrong = await nobody.http.get("/me", headers={"Authorization": "Bearer fbt_wrong"})
    assert (wrong.status_code, wrong.json()["errors"][0]["extensions"]["code"]) == (401, "TOKEN_NOT_VALID")
    foreign = await nobody.http.get("/me", headers={"Origin": "https://elsewhere.example"})
    assert foreign.status_code == 403
