"""What an attack on the compiled reads and changes found, and what holds it off."""

import uuid
from collections.abc import Mapping
from typing import Any

import httpx
import pytest
from graphql import parse

from footbridge.gateway.documents.document import checked_document
from footbridge.gateway.projection.plan import Compiled, Ordinary, make_plan, shape_of
from footbridge.gateway.projection.statement import MOST_SELECTS
from footbridge.gateway.projection.text import Sql, Text
from footbridge.gateway.published import Answer, Noted, PublishedAnswers
from footbridge.gateway.school.schema import school_schema
from footbridge.gateway.slow import LONGEST_TOLD, _line
from footbridge.gateway.trust.schema import trust_schema
from footbridge.runtime.database import Database
from footbridge.runtime.pool import LARGEST_STATEMENT
from footbridge.tenancy.permission import Scope
from tests.foundation.people import World
from tests.gateway.client import Client, school_path
from tests.gateway.conftest import GiveToken


def doubling(levels: int) -> str:
    """Small, within the cost limit, and twice as many relations at each level."""
    fragments = ["fragment F0 on Session { id }"]
    for level in range(1, levels + 1):
        inner = f"activity {{ sessions(first: 1) {{ nodes {{ ...F{level - 1} }} }} }}"
        fragments.append(f"fragment F{level} on Session {{ a: {inner} b: {inner} }}")
    return f"{{ sessions(first: 1) {{ nodes {{ ...F{levels} }} }} }}\n" + "\n".join(fragments)


def plan_of(schema: Any, text: str, variables: Mapping[str, Any]) -> Any:
    document = checked_document(text, schema._schema, name="Attack", introspects=True, names=True)
    return make_plan(schema, document.operations[0], document.fragments, variables)


@pytest.mark.parametrize("levels", [6, 9, 11])
def test_a_document_of_very_many_relations_is_left_to_the_ordinary_path(levels: int) -> None:
    (root,) = plan_of(school_schema, doubling(levels), {}).roots
    assert isinstance(root, Ordinary)


def test_one_of_as_many_relations_as_there_may_be_is_compiled() -> None:
    aliases = " ".join(f"a{number}: organisation {{ name }}" for number in range(MOST_SELECTS - 1))
    (root,) = plan_of(school_schema, f"{{ partnerships {{ nodes {{ {aliases} }} }} }}", {}).roots
    assert isinstance(root, Compiled)
    assert len(root.sql) < LARGEST_STATEMENT


def test_a_wide_object_is_put_together_in_halves() -> None:
    text = Text(*(Sql(f"c{number}") for number in range(1000)))
    deepest = depth = 0
    for character in text.expression:
        depth += {"(": 1, ")": -1}.get(character, 0)
        deepest = max(deepest, depth)
    assert deepest <= 10
    assert text.expression.count("||") == 999


@pytest.fixture
async def writer(give_token: GiveToken, world: World) -> Client:
    return await give_token(world.schools[0].head, Scope.READ, Scope.WRITE, Scope.ADHOC)


async def send(client: Client, world: World, query: str, **variables: Any) -> httpx.Response:
    path = school_path(world.schools[0].urn)
    return await client.post(path, {"query": query, "variables": {"k": uuid.uuid4().hex} | variables})


@pytest.mark.parametrize("directive", ["@skip(if: $s)", "@include(if: $i)"])
async def test_a_mutation_that_is_left_out_is_not_carried_out(writer: Client, world: World, directive: str) -> None:
    declared = "$s: Boolean!" if "$s" in directive else "$i: Boolean!"
    add = f'addActivity(title: "Left out", category: SPORT_AND_PHYSICAL, idempotencyKey: $k) {directive}'
    query = f"mutation ($k: ID!, {declared}) {{ {add} {{ __typename }} }}"
    response = await send(writer, world, query, s=True, i=False)
    assert (response.status_code, response.json()) == (200, {"data": {}})
    listed = await send(writer, world, "{ activities(first: 100) { nodes { title } } }")
    assert "Left out" not in listed.text


ADDED = 'mutation ($k: ID!, $n: Int) { addActivity(title: "Asked", category: SPORT_AND_PHYSICAL, idempotencyKey: $k) {'


async def test_variables_inside_a_mutations_answer_count(writer: Client, world: World) -> None:
    query = f"{ADDED} ... on Activity {{ sessions(first: $n) {{ pageInfo {{ hasNextPage }} nodes {{ id }} }} }} }} }}"
    response = await send(writer, world, query, n=0)
    assert response.json()["data"]["addActivity"]["sessions"]["nodes"] == []


async def test_a_bad_argument_inside_a_mutations_answer_is_told_where_it_stands(writer: Client, world: World) -> None:
    query = f"{ADDED} ... on Activity {{ sessions(first: $n) {{ nodes {{ id }} }} }} }} }}"
    (error,) = (await send(writer, world, query, n=-1)).json()["errors"]
    assert (error["extensions"]["code"], error["path"]) == ("INVALID_INPUT", ["addActivity", "sessions"])


async def test_a_refusal_that_cannot_be_shown_is_no_fault(writer: Client, world: World) -> None:
    add = 'addActivity(title: "", category: SPORT_AND_PHYSICAL, idempotencyKey: $k)'
    shown = "... on Refusal { code @include(if: $v) }"
    response = await send(writer, world, f"mutation ($k: ID!, $v: Boolean = true) {{ {add} {{ {shown} }} }}", v=None)
    assert response.status_code < 500
    assert response.json()["errors"][0]["extensions"]["code"] == "GRAPHQL_VALIDATION_FAILED"


def test_a_condition_that_is_null_is_no_condition_that_is_true() -> None:
    node = parse("query ($v: Boolean = true) { school { urn @include(if: $v) } }").definitions[0]
    shapes = {shape_of(node, {"v": value}) for value in (True, False, None)}  # type: ignore[arg-type]
    assert len(shapes) == 3


@pytest.mark.parametrize("end", ["after", "before"])
def test_an_answer_that_was_asked_with_a_cursor_is_its_readers_own(end: str) -> None:
    query = f"query ($c: String) {{ trust {{ schools(first: 1, {end}: $c) {{ nodes {{ name }} }} }} }}"
    assert plan_of(trust_schema, query, {"c": "x"}).is_personal
    assert not plan_of(trust_schema, query, {"c": None}).is_personal


async def test_an_answer_that_is_pushed_out_while_it_is_looked_at_is_still_told(
    world: World, world_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers, known = PublishedAnswers(), Answer(b"{}", (1, 1), Noted(()))
    answers.keep("key", known)

    async def check(*_: Any, **__: Any) -> bool:
        answers._forget("key")
        return True

    monkeypatch.setattr(world_database, "check", check)
    assert await answers.find(world_database, world.trusts[0].executive, "key") is known


def test_a_line_of_the_log_has_an_end() -> None:
    assert len(_line("x" * 1_000_000)) < LONGEST_TOLD + 100
