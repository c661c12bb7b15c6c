"""Input that nobody sends by mistake is refused with a reason: it is never a fault of ours."""

import base64
import json
import random
import uuid
from typing import Any

import httpx
import pytest

from footbridge.tenancy.permission import Scope
from tests.foundation.people import World
from tests.gateway.client import Client, school_path, trust_path
from tests.gateway.conftest import GiveToken, SignIn

LONG_AND_RANDOM = "".join(random.Random(1).choices("abcdefghijklmnopqrstuvwxyz0123456789", k=10_000))
LARGEST_INT = 2_147_483_647

ADD_ACTIVITY = """mutation Add($title: String!, $key: ID!) {
  addActivity(title: $title, category: WIDER_LIFE_SKILLS, idempotencyKey: $key) { ... on Refusal { code } }
}"""
ADD_ORGANISATION = """mutation Add($title: String!, $key: ID!) {
  addOrganisation(name: $title, kind: CHARITY, idempotencyKey: $key) {
    ... on Refusal { code } ... on Organisation { id }
  }
}"""
ADD_PARTNERSHIP = """mutation Add($input: PartnershipInput!, $key: ID!) {
  addPartnership(input: $input, idempotencyKey: $key) { ... on Refusal { code } }
}"""
RECORD_SESSION = """mutation Record($attended: Int!, $key: ID!) {
  recordSession(idempotencyKey: $key, input: {
    activityId: "act_00000000000000000000000000000000", heldOn: "2024-10-10", kind: WORKSHOP, hours: "24",
    ledBy: PUPILS, designedBy: PUPILS, space: OURS, participation: [{audience: PUPILS, attended: $attended}]
  }) { ... on Refusal { code } }
}"""


@pytest.fixture
async def program(give_token: GiveToken, world: World) -> Client:
    return await give_token(world.schools[0].head, *Scope)


@pytest.fixture
async def trusts_program(give_token: GiveToken, world: World) -> Client:
    return await give_token(world.trusts[0].executive, *Scope)


@pytest.fixture
def path(world: World) -> str:
    return school_path(world.schools[0].urn)


async def ask(client: Client, path: str, query: str, **variables: Any) -> httpx.Response:
    if "$key" in query:
        variables["key"] = uuid.uuid4().hex
    return await client.post(path, {"query": query, "variables": variables})


def code_of(response: httpx.Response) -> str:
    code: str = response.json()["errors"][0]["extensions"]["code"]
    return code


def refusal_of(response: httpx.Response) -> str:
    code: str = next(iter(response.json()["data"].values()))["code"]
    return code


async def test_a_nul_in_an_address_is_an_endpoint_that_is_not_there(program: Client, trusts_program: Client) -> None:
    at_school = await ask(program, school_path("%00"), "{ school { name } }")
    at_trust = await ask(trusts_program, trust_path("%00"), "{ trust { name } }")
    assert [(answer.status_code, code_of(answer)) for answer in (at_school, at_trust)] == [(404, "NOT_FOUND")] * 2


async def test_a_nul_in_a_variable_is_refused_wherever_it_stands(program: Client, path: str) -> None:
    simple = await ask(program, path, ADD_ACTIVITY, title="a\0b")
    nested = await ask(program, path, ADD_PARTNERSHIP, input={"elements": {"roles": [{"responsibility": "\0"}]}})
    assert [(answer.status_code, code_of(answer)) for answer in (simple, nested)] == [(400, "TEXT_NOT_VALID")] * 2


async def test_a_nul_in_a_document_is_refused(trusts_program: Client, world: World) -> None:
    response = await ask(trusts_program, trust_path(world.trusts[0].uid), '{ school(urn: "\\u0000") { id } }')
    assert (response.status_code, code_of(response)) == (400, "TEXT_NOT_VALID")


async def test_variables_nested_without_end_are_refused(program: Client, path: str) -> None:
    deep: dict[str, Any] = {}
    for _ in range(600):
        deep = {"elements": deep}
    response = await ask(program, path, ADD_PARTNERSHIP, input=deep)
    assert (response.status_code, code_of(response)) == (400, "TOO_DEEP")


async def test_a_number_that_does_not_fit_is_the_senders_mistake(program: Client, path: str) -> None:
    response = await ask(program, path, RECORD_SESSION, attended=LARGEST_INT + 1)
    assert code_of(response) == "GRAPHQL_VALIDATION_FAILED"


async def test_more_people_than_fit_at_one_session_are_refused(program: Client, path: str) -> None:
    """Their hours, summed over a year, would not fit a figure."""
    assert refusal_of(await ask(program, path, RECORD_SESSION, attended=LARGEST_INT)) == "INVALID_INPUT"


@pytest.mark.parametrize("mutation", [ADD_ACTIVITY, ADD_ORGANISATION])
@pytest.mark.parametrize("title", [LONG_AND_RANDOM, "\ufdfa" * 200], ids=["long", "long once decomposed"])
async def test_a_name_too_long_to_sort_by_is_refused(program: Client, path: str, mutation: str, title: str) -> None:
    assert refusal_of(await ask(program, path, mutation, title=title)) == "INVALID_INPUT"


async def test_a_partnerships_title_too_long_to_sort_by_is_refused(program: Client, path: str) -> None:
    organisation = await ask(program, path, ADD_ORGANISATION, title="Library of many books")
    partnership = {
        "organisationId": organisation.json()["data"]["addOrganisation"]["id"],
        "title": LONG_AND_RANDOM,
        "needSchool": "Readers",
    }
    assert refusal_of(await ask(program, path, ADD_PARTNERSHIP, input=partnership)) == "INVALID_INPUT"


@pytest.mark.parametrize("day", ["0001-01-01", "0001-09-01", "9999-12-31"])
async def test_a_day_of_no_known_year_has_no_periods(
    program: Client, trusts_program: Client, path: str, world: World, day: str
) -> None:
    at_school = await ask(program, path, "query Q($on: Date) { school { periods(on: $on) { code } } }", on=day)
    asked = "query Q($on: Date) { periods(on: $on) { code } }"
    at_trust = await ask(trusts_program, trust_path(world.trusts[0].uid), asked, on=day)
    assert [code_of(answer) for answer in (at_school, at_trust)] == ["INVALID_INPUT"] * 2


@pytest.mark.parametrize(
    ("field", "order", "place"),
    [
        ("observations", "observations", "0001-01-01T00:00:00+14:00"),
        ("releases", "releases", "9999-12-31T23:59:59-14:00"),
        ("accessRecords", "access records", "9999-12-31T23:59:59-14:00"),
        ("activities", "activities", "\ud800"),
        ("partnerships", "partnerships", "\ud800"),
    ],
)
async def test_a_cursor_made_by_hand_is_no_cursor(
    program: Client, path: str, field: str, order: str, place: str
) -> None:
    packed = json.dumps([order, place, str(uuid.uuid4())]).encode()
    query = f"query Q($after: String) {{ {field}(after: $after) {{ pageInfo {{ hasNextPage }} }} }}"
    response = await ask(program, path, query, after=base64.urlsafe_b64encode(packed).decode())
    assert code_of(response) == "INVALID_INPUT"


@pytest.mark.parametrize(
    "document",
    [
        'mutation { ...F } fragment F on Mutation { %s b: %s }',
        'mutation { ... on Mutation { %s %s } }',
        'mutation { ... on Mutation { %s } }',
        'mutation { __typename }',
    ],
)  # fmt: skip
async def test_a_mutation_does_not_hide_in_a_fragment(program: Client, path: str, document: str) -> None:
    field = 'addActivity(title: "T", category: WIDER_LIFE_SKILLS, idempotencyKey: "k") { __typename }'
    response = await ask(program, path, document.replace("%s", field))
    assert (response.status_code, code_of(response)) == (400, "ONE_MUTATION")


@pytest.mark.parametrize("origin", ["null", "http://[", "http://127.0.0.1:8000.evil.example", "evil"])
async def test_a_form_of_another_origin_is_refused(nobody: Client, origin: str) -> None:
    response = await nobody.http.post("/sign-out", headers={"Origin": origin})
    assert (response.status_code, code_of(response)) == (403, "CROSS_SITE")


async def test_a_variable_that_does_not_fit_is_named_and_nothing_of_the_schema_is(
    sign_in: SignIn, world: World, path: str
) -> None:
    head = await sign_in(world.schools[0].head)
    wrong = {"heldOn": "2026-13-01", "kind": "CLUBB", "hours": 7, "extra": 1}
    told = [
        await head.send(path, "RecordSession", input=wrong),
        await head.send(path, "AddOrganisation", kind="charity"),
    ]
    messages = {error["message"] for response in told for error in response.json()["errors"]}
    assert {response.status_code for response in told} == {400}
    assert "Variable '$input' has invalid value at .kind: it is none of the values that are allowed." in messages
    assert "Variable '$input' has invalid value: a field that is needed is missing." in messages
    assert "Variable '$name' has invalid value: a value is needed." in messages
    names = ("SessionInput", "SessionKind", "activityId", "OrganisationKind", "WORKSHOP", "CHARITY")
    assert not [name for name in names for message in messages if name in message]


async def test_a_document_and_a_documents_id_are_not_sent_together(program: Client, path: str) -> None:
    response = await program.post(path, {"documentId": "sha256:0", "query": "{ school { urn } }"})
    assert (response.status_code, code_of(response)) == (400, "DOCUMENT_AMBIGUOUS")


async def test_a_giant_cursor_is_refused_unread(program: Client, path: str) -> None:
    giant = base64.urlsafe_b64encode(b"[" + b"[]," * 2000 + b"[]]").decode()
    response = await ask(program, path, "query Q($c: String) { sessions(after: $c) { nodes { id } } }", c=giant)
    assert code_of(response) == "INVALID_INPUT"


async def test_a_number_of_twenty_digits_that_nobody_asked_for_harms_nothing(program: Client, path: str) -> None:
    response = await ask(program, path, ADD_ACTIVITY, title="Twenty digits", unused=99_999_999_999_999_999_999)
    assert response.json()["data"]["addActivity"] == {}


async def test_a_body_of_too_many_values_is_refused_unread(program: Client, path: str) -> None:
    response = await ask(program, path, ADD_ACTIVITY, title="T", unused=[[]] * 30_000)
    assert (response.status_code, code_of(response)) == (413, "BODY_TOO_LARGE")


async def test_an_argument_that_does_not_fit_tells_no_names(give_token: GiveToken, world: World, path: str) -> None:
    client = await give_token(world.schools[0].head, Scope.READ, Scope.ADHOC)
    field = 'publicationPreview(period: "2024-25", measures: [{measureId: $m}]) { hash }'
    response = await ask(client, path, f'query Q($m: ID = "x") {{ {field} }}', m=None)
    (error,) = response.json()["errors"]
    assert error["message"] == "An argument does not fit."


async def test_a_partnership_has_as_many_elements_as_its_lists_are_costed_with(program: Client, path: str) -> None:
    organisation = await ask(program, path, ADD_ORGANISATION, title="Club of many roles")
    roles = [{"side": "SCHOOL", "responsibility": f"Duty {number}"} for number in range(8)]
    partnership = {
        "organisationId": organisation.json()["data"]["addOrganisation"]["id"],
        "title": "Many roles",
        "needSchool": "Hands",
        "elements": {"roles": roles},
    }
    add = ADD_PARTNERSHIP.replace(
        "{ ... on Refusal { code } }", "{ ... on Refusal { code } ... on Partnership { id } }"
    )
    added = (await ask(program, path, add, input=partnership)).json()["data"]["addPartnership"]["id"]
    more = """mutation More($id: ID!, $elements: ElementsInput!, $key: ID!) {
      addPartnershipElements(partnershipId: $id, elements: $elements, idempotencyKey: $key) {
        ... on Refusal { code } ... on Partnership { roles { id } }
      }
    }"""
    assert refusal_of(await ask(program, path, more, id=added, elements={"roles": roles})) == "INVALID_INPUT"
    fits = await ask(program, path, more, id=added, elements={"roles": roles[:7]})
    assert len(fits.json()["data"]["addPartnershipElements"]["roles"]) == 15
