"""The committed table of rights says what the endpoints do: each post tries each field."""

import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLSchema,
    get_named_type,
    is_composite_type,
    is_required_argument,
    is_required_input_field,
)

from footbridge.command.contract import SIDES
from footbridge.gateway.fields.refusal import IDEMPOTENCY_KEY
from footbridge.gateway.fields.rights_table import Side, reach_of
from footbridge.tenancy.caller import Caller
from footbridge.tenancy.permission import Scope
from tests.foundation.people import World
from tests.gateway.client import Client, school_path, trust_path
from tests.gateway.conftest import GiveToken, SignIn

SAMPLES = {"Int": 1, "String": "2024-25", "ID": f"sch_{uuid.UUID(int=0).hex}", "Date": "2025-01-15", "Boolean": True}


def sample(kind: Any) -> Any:
    """A value that fits the type; nothing that is there."""
    if isinstance(kind, GraphQLNonNull):
        return sample(kind.of_type)
    if isinstance(kind, GraphQLList):
        return []
    if isinstance(kind, GraphQLEnumType):
        return next(iter(kind.values))
    if isinstance(kind, GraphQLInputObjectType):
        return {name: sample(field.type) for name, field in kind.fields.items() if is_required_input_field(field)}
    return SAMPLES[kind.name]


def documents(schema: GraphQLSchema) -> Iterator[tuple[str, str, str, dict[str, Any]]]:
    """Type, field, and a document that asks for it with the arguments it cannot do without."""
    for kind, word in ((schema.query_type, "query"), (schema.mutation_type, "mutation")):
        if kind is None:
            continue
        for name, field in kind.fields.items():
            needed = {arg: definition for arg, definition in field.args.items() if is_required_argument(definition)}
            declared = ", ".join(f"${arg}: {definition.type}" for arg, definition in needed.items())
            given = ", ".join(f"{arg}: ${arg}" for arg in needed)
            inside = " { __typename }" if is_composite_type(get_named_type(field.type)) else ""
            head = f"{word} Q({declared})" if declared else f"{word} Q"
            variables = {arg: sample(definition.type) for arg, definition in needed.items()}
            variables |= {IDEMPOTENCY_KEY: uuid.uuid4().hex} if IDEMPOTENCY_KEY in needed else {}
            text = f"{head} {{ {name}{f'({given})' if given else ''}{inside} }}"
            yield (kind.name, name, text.replace("{ __typename }", told(field)), variables)


def told(field: Any) -> str:
    """Of a mutation, why it was refused."""
    members = getattr(get_named_type(field.type), "types", ())
    return f"{{ __typename {' '.join(f'... on {m.name} {{ code }}' for m in members if 'code' in m.fields)} }}"


async def is_refused(client: Client, path: str, text: str, variables: dict[str, Any]) -> bool:
    response = await client.post(path, {"query": text, "variables": variables})
    assert response.status_code < 500
    return "NOT_PERMITTED" in response.text


async def disagreements(client: Client, path: str, side: Side, holder: str) -> list[str]:
    reach = reach_of(side, side.holders[holder])
    return [
        f"{kind}.{field}"
        for kind, field, text, variables in documents(side.schema._schema)
        if await is_refused(client, path, text, variables) != ((kind, field) not in reach)
    ]


@pytest.mark.parametrize("post", ["head", "deputy", "community_lead", "governor"])
async def test_at_a_school_each_post_may_what_the_table_says(post: str, as_if_signed_in: Any, world: World) -> None:
    caller: Caller = getattr(world.schools[0], post)
    client = await as_if_signed_in(caller)
    assert await disagreements(client, school_path(world.schools[0].urn), SIDES[0], caller.role) == []


async def test_at_a_trust_an_executive_may_what_the_table_says(as_if_signed_in: Any, world: World) -> None:
    trust = world.trusts[0]
    client = await as_if_signed_in(trust.executive)
    assert await disagreements(client, trust_path(trust.uid), SIDES[1], trust.executive.role) == []


@pytest.mark.parametrize("scopes", [(Scope.READ,), (Scope.READ, Scope.WRITE)])
async def test_a_token_may_what_the_table_says(scopes: tuple[Scope, ...], give_token: GiveToken, world: World) -> None:
    client = await give_token(world.schools[0].head, *scopes, Scope.ADHOC)
    path, holder = school_path(world.schools[0].urn), f"token: {', '.join(scopes)}"
    wrong = await disagreements(client, path, SIDES[0], holder)
    if Scope.WRITE not in scopes:  # such a token is stopped before any mutation is looked at
        wrong = [coordinate for coordinate in wrong if not coordinate.startswith("Mutation.")]
    assert wrong == []


@pytest.fixture
def as_if_signed_in(sign_in: SignIn, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A session runs registered documents only; here it may send its own, which changes none of its rights."""
    monkeypatch.setattr("footbridge.gateway.http.callers.Visitor.may_send_own_documents", True)
    return sign_in
