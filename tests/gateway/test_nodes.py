"""`node(id)` finds everything that has an id, and nothing that is another's."""

from typing import Any

import pytest
from graphql import GraphQLInterfaceType, GraphQLObjectType

from footbridge.gateway.school.schema import school_schema
from footbridge.gateway.trust.schema import trust_schema
from footbridge.runtime.ids import new_id
from footbridge.tenancy.permission import Scope
from tests.foundation.people import World
from tests.gateway.client import Client, school_path, trust_path
from tests.gateway.conftest import GiveToken

AT_SCHOOL = """{
  school { __typename id calendar(period: "2024-25") { __typename id } }
  measures { __typename id }
  partnerships(first: 3) { nodes { __typename id
    organisation { __typename id } outcomes { __typename id } roles { __typename id } benefits { __typename id } } }
  activities(first: 5) { nodes { __typename id sessions(first: 3) { nodes { __typename id
    participation { __typename id } yearGroups { __typename id } } } } }
  observations(first: 3) { nodes { __typename id } }
  releases(first: 3) { nodes { __typename id } }
  accessRecords(first: 3) { nodes { __typename id } }
}"""
AT_TRUST = """{
  trust { __typename id groups { __typename id } schools(first: 3) { nodes { __typename id
    releases(first: 3) { nodes { __typename id } } } } }
  measures { __typename id }
}"""
NODE = "query Q($id: ID!) { node(id: $id) { __typename id } }"


def ids_in(answer: Any) -> dict[str, str]:
    """Type → an id of that type."""
    found: dict[str, str] = {}
    if isinstance(answer, dict):
        if "id" in answer:
            found[answer["__typename"]] = answer["id"]
        for inner in answer.values():
            found |= ids_in(inner)
    if isinstance(answer, list):
        for inner in answer:
            found |= ids_in(inner)
    return found


@pytest.fixture(params=["school", "trust"])
async def place(request: pytest.FixtureRequest, give_token: GiveToken, world: World) -> tuple[Client, str, str, Any]:
    """A program, its endpoint, a document that shows something of each type, and the schema."""
    scopes = (Scope.READ, Scope.ADHOC)
    if request.param == "school":
        client = await give_token(world.schools[0].head, *scopes)
        return client, school_path(world.schools[0].urn), AT_SCHOOL, school_schema._schema
    client = await give_token(world.trusts[0].executive, *scopes)
    return client, trust_path(world.trusts[0].uid), AT_TRUST, trust_schema._schema


async def ask(client: Client, path: str, query: str, **variables: Any) -> Any:
    return (await client.post(path, {"query": query, "variables": variables})).json()


async def test_whatever_has_an_id_is_found_by_it(place: tuple[Client, str, str, Any]) -> None:
    client, path, document, schema = place
    shown = ids_in((await ask(client, path, document))["data"])
    interface = schema.type_map["Node"]
    assert isinstance(interface, GraphQLInterfaceType)
    assert shown.keys() == {kind.name for kind in schema.get_possible_types(interface)}
    for kind, identifier in shown.items():
        found = await ask(client, path, NODE, id=identifier)
        assert found == {"data": {"node": {"__typename": kind, "id": identifier}}}


def test_every_type_with_an_id_is_a_node() -> None:
    for schema in (school_schema._schema, trust_schema._schema):
        for kind in schema.type_map.values():
            if isinstance(kind, GraphQLObjectType) and "id" in kind.fields:
                assert [each.name for each in kind.interfaces] == ["Node"], kind.name


async def test_what_is_not_here_is_not_found_whoever_else_has_it(
    place: tuple[Client, str, str, Any], give_token: GiveToken, world: World
) -> None:
    client, path, document, _ = place
    if path.startswith("/schools"):
        other, elsewhere = await give_token(world.schools[1].head, Scope.READ, Scope.ADHOC), world.schools[1].urn
        foreign = ids_in((await ask(other, school_path(elsewhere), document))["data"])
    else:
        other = await give_token(world.trusts[1].executive, Scope.READ, Scope.ADHOC)
        foreign = ids_in((await ask(other, trust_path(world.trusts[1].uid), document))["data"])
    shared = {"Measure", "CalendarEntry"} if path.startswith("/schools") else {"Measure"}  # the trust's own calendar
    for kind, identifier in foreign.items():
        if kind not in shared:
            missing = f"{identifier.partition('_')[0]}_{new_id().hex}"
            answers = [await ask(client, path, NODE, id=each) for each in (identifier, missing)]
            assert answers == [{"data": {"node": None}}] * 2, kind


@pytest.mark.parametrize("text", ["", "nonsense", "par_", "par_XYZ", "zzz_" + "0" * 32, "par_" + "0" * 33])
async def test_what_is_no_id_is_not_found(text: str, place: tuple[Client, str, str, Any]) -> None:
    client, path, _, _ = place
    assert await ask(client, path, NODE, id=text) == {"data": {"node": None}}
