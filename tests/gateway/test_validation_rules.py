"""Validation that passes nodes by finds what the specification's own finds."""

import pytest
from graphql import parse, validate
from graphql.language.ast import QUERY_DOCUMENT_KEYS
from graphql.validation.validate import query_document_keys_to_validate

from footbridge.gateway.documents.operations import load_documents
from footbridge.gateway.documents.rules import RULES
from footbridge.gateway.school.schema import school_schema
from footbridge.runtime.resources import contract_folder

SCHEMA = school_schema._schema
WRONG = [
    "{ nothing }",
    "{ school { name { first } } partnerships }",
    "{ school(first: 1, first: 2) { name } partnership { id } }",
    "query ($used: ID!, $unused: Int, $unused: Int) { partnership(id: $used) { id } node(id: $missing) { id } }",
    "query ($id: Int, $kind: Partnership) { partnership(id: $id) { id } }",
    "{ partnerships(first: 1.5, status: NONE) { nodes { id } } }",
    "{ school { a: name a: urn } }",
    "{ school @unknown { name @skip(if: true) @skip(if: true) @include } }",
    "{ school { ...Missing } } fragment Unused on School { name } fragment Unused on Int { name }",
    "{ school { ...A } } fragment A on School { ...B } fragment B on School { ...A }",
    "{ school { ... on Partnership { id } ... on Nowhere { id } } }",
    "query A { school { name } } query A { school { name } } { school { name } }",
    'mutation { addOrganisation(input: { name: "A", name: "B", more: 1 }, idempotencyKey: "k") { __typename } }',
    "subscription { anything } type Query { a: Int }",
    "{ __schema { types { fields { type { fields { type { fields { type { fields { name } } } } } } } } } }",
]


@pytest.mark.parametrize("text", WRONG)
def test_the_same_errors_are_found_as_by_a_look_at_everything(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    document = parse(text)
    found = validate(SCHEMA, document, RULES)
    for kind, keys in QUERY_DOCUMENT_KEYS.items():
        monkeypatch.setitem(query_document_keys_to_validate, kind, keys)
    own_rules = [rule.__mro__[1] for rule in RULES]
    assert found == validate(SCHEMA, document, own_rules)
    assert found


@pytest.mark.parametrize("day", ['"2026-13-01"', "20260501", '["2026-05-01"]'])
def test_what_a_scalar_says_has_the_place_of_its_value(day: str) -> None:
    (error,) = validate(SCHEMA, parse(f"{{ school {{ periods(on: {day}) {{ code }} }} }}"), RULES)
    assert [(place.line, place.column) for place in error.locations or ()] == [(1, 24)]


def test_a_list_that_is_none_has_its_place_too() -> None:
    (error,) = validate(SCHEMA, parse("{ partnership(id: [1]) { id } }"), RULES)
    assert [(place.line, place.column) for place in error.locations or ()] == [(1, 19)]


def test_nothing_is_found_in_what_is_right() -> None:
    for document in load_documents(contract_folder() / "operations" / "school", SCHEMA).values():
        assert validate(SCHEMA, document.document, RULES) == []


def test_no_rule_asks_anything_of_a_name() -> None:
    assert not [rule for rule in RULES if hasattr(rule, "enter_name") or hasattr(rule, "leave_name")]
