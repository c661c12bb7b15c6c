"""What a request says, and what is stored, never stands in a statement's text; both come through whole."""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    NameNode,
    OperationDefinitionNode,
    Visitor,
    parse,
    visit,
)
from sqlalchemy import update

from footbridge.gateway.documents.document import LONGEST_DOCUMENT
from footbridge.gateway.fields.scalars import Prefix
from footbridge.gateway.http.answers import DocumentRefused
from footbridge.gateway.projection.plan import Compiled, make_plan
from footbridge.gateway.school.schema import school_schema
from footbridge.partnerships.service import add_organisation, add_partnership
from footbridge.partnerships.tables import partnership
from footbridge.tenancy.session import open_school
from tests.gateway.differential.both_paths import Answer
from tests.gateway.projection.conftest import Stage
from tests.gateway.projection.promises import schema
from tests.gateway.projection.reading import Reader
from tests.publication.sharing import school_of

NEEDLE = "qzneedleqz"
ODD = {
    "a single quote": f"{NEEDLE}' or '1'='1",
    "a double quote": f'{NEEDLE}" or "1"="1',
    "backslashes": f"{NEEDLE}\\' \\\\ \\n \\u0041",
    "a parameter": f"$1 {NEEDLE} $2 $99 ${{1}}",
    "a named parameter": f":school_id {NEEDLE} %s %(key)s {{0}}",
    "a statement": f"'; drop table school.partnership; -- {NEEDLE}",
    "a dollar quote": f"$$ {NEEDLE} $tag$ E'\\x41'",
    "a comment": f"/* {NEEDLE} */ -- {NEEDLE}",
    "control characters": f"{NEEDLE}\t\n\r\b\f\u001f\u007f\u0085",
    "marks": f"\x01{NEEDLE}\x02\x010:[1]\x01",
    "separators and a surrogate pair": f"{NEEDLE}\u2028\u2029\ufeff😀",
    "JSON": f'{{"{NEEDLE}": [1, "]}}"]}}',
    "nothing": "",
    "an id’s beginning": f"par_{NEEDLE}",
    "very long": NEEDLE + "é'\\" * 3_000,
}


@dataclass(frozen=True)
class Title:
    """A partnership of this title, whose need is the same text."""

    text: str
    id: str


@pytest.fixture(scope="module")
async def stored(stage: Stage) -> Mapping[str, Title]:
    """Of a school of its own; what the product's use cases would not take is put into the row itself."""
    caller = stage.population.trust.heads[4]
    async with open_school(stage.database, caller, school_id=school_of(caller)) as school:
        organisation = await add_organisation(school, name="Odd", kind="charity")
        titles = {}
        for name, text in ODD.items():
            added = await add_partnership(school, organisation_id=organisation.id, title=name, need_school="n")
            change = update(partnership).where(partnership.c.id == added.id)
            said = {"title": text, "need_school": text, "need_partner": text, "sort_name": f"{text[:800]} {name}"}
            assert await school.transaction.run(change.values(said)) == 1
            titles[name] = Title(text, Prefix.PARTNERSHIP.id_of(added.id))
    return titles


@pytest.fixture
def odd_head(stage: Stage) -> Reader:
    """With the schema of these tests, which filters by text."""
    return stage.reader(schema, stage.population.trust.heads[4])


def literal(text: str) -> str:
    """As a string of GraphQL, which takes JSON's escapes, but no surrogates of them."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def assert_unseen(answer: Answer) -> None:
    assert answer.statements
    for statement in answer.statements:
        assert NEEDLE not in statement
        assert "drop table" not in statement
        assert "\x01{" not in statement


@pytest.mark.parametrize("name", ODD)
async def test_a_stored_text_comes_through_as_it_is(stored: Mapping[str, Title], odd_head: Reader, name: str) -> None:
    """As a column, through Python, in a list, as a row above."""
    title = stored[name]
    text = """query ($id: ID!) { partnership(id: $id) { title needSchool echo echoSchool maybe maybeEcho }
      node(id: $id) { ... on Partnership { said { text } maybeSaid { text } title } } }"""
    answer = await odd_head.both(text, id=title.id)
    assert len(answer.statements) == 2
    found = answer.content["data"]
    assert set(found["partnership"].values()) == {title.text}
    assert found["node"] == {"said": {"text": title.text}, "maybeSaid": {"text": title.text}, "title": title.text}
    assert_unseen(answer)


async def test_every_character_comes_through_as_it_is(
    stage: Stage, stored: Mapping[str, Title], odd_head: Reader
) -> None:
    every = "".join(chr(code) for code in range(1, 0x10000) if not 0xD800 <= code < 0xE000) + "😀\U0010ffff"
    caller = odd_head.caller
    async with open_school(stage.database, caller, school_id=school_of(caller)) as school:
        change = update(partnership).where(partnership.c.title == stored["JSON"].text).values(need_partner=every)
        assert await school.transaction.run(change) == 1
    answer = await odd_head.both(
        "query ($id: ID!) { partnership(id: $id) { maybe echo said { text } } }", id=stored["JSON"].id
    )
    assert len(answer.statements) == 1
    assert answer.content["data"]["partnership"] == {"maybe": every, "echo": every, "said": {"text": every}}


@pytest.mark.parametrize("way", ["variable", "literal"])
@pytest.mark.parametrize("name", ODD)
async def test_a_filter_by_text_finds_it_and_stands_in_no_statement(
    stored: Mapping[str, Title], odd_head: Reader, name: str, way: str
) -> None:
    title = stored[name]
    text = "{ partnerships(title: $t) { totalCount nodes { title } } titled(title: $t) { title } maybeText(text: $t) }"
    if way == "variable":
        answer = await odd_head.both(f"query ($t: String!) {text}", t=title.text)
    else:
        answer = await odd_head.both(text.replace("$t", literal(title.text)))
    assert answer.content["data"] == {
        "partnerships": {"totalCount": 1, "nodes": [{"title": title.text}]},
        "titled": {"title": title.text}, "maybeText": title.text,
    }  # fmt: skip
    assert len(answer.statements) == 2
    assert_unseen(answer)


ASKED = {
    "an id": "partnership(id: %s) { id }",
    "an id of any kind": "node(id: %s) { id }",
    "a cursor": "partnerships(first: 1, after: %s) { totalCount }",
    "a cursor below": "activities { nodes { sessions(last: 1, before: %s) { totalCount } } }",
    "a period": "school { calendar(period: %s) { id } }",
    "a day": "sessions(fromOn: %s) { totalCount }",
    "a measure": 'siblingStanding(measureId: %s, period: "2025-26") { standing }',
}
ASKED_BY_TRUST = {
    "a URN": "school(urn: %s) { id }",
    "a measure": 'comparison(measureId: %s, period: "2025-26") { coverage }',
    "measures": 'comparisons(measureIds: [%s, "attendance"], period: "2025-26") { coverage }',
    "a period": 'comparison(measureId: "attendance", period: %s) { coverage }',
    "a group": 'comparison(measureId: "attendance", period: "2025-26", groupId: %s) { coverage }',
}
KINDS = {
    "a cursor": "String!",
    "a cursor below": "String!",
    "a period": "String!",
    "a day": "Date!",
    "a URN": "String!",
}


@pytest.mark.parametrize("place", ASKED)
async def test_no_argument_of_a_school_stands_in_a_statement(head: Reader, place: str) -> None:
    await ask_everything_odd(head, place, ASKED[place])


@pytest.mark.parametrize("place", ASKED_BY_TRUST)
async def test_no_argument_of_a_trust_stands_in_a_statement(executive: Reader, place: str) -> None:
    await ask_everything_odd(executive, place, ASKED_BY_TRUST[place])


async def ask_everything_odd(reader: Reader, place: str, asked: str) -> None:
    for text in ODD.values():
        answers = []
        try:
            kind = KINDS.get(place, "ID!")
            answers.append(
                await reader.both(
                    f"query ($said: {kind}) {{ {asked.replace('%s', '$said')} a: __typename }}", said=text
                )
            )
            answers.append(await reader.both(f"{{ {asked.replace('%s', literal(text))} }}"))
        except DocumentRefused:
            assert place == "a day"
        for answer in answers:
            for statement in answer.statements:
                assert NEEDLE not in statement
                assert "drop table" not in statement


@pytest.mark.parametrize("name", [name for name in ODD if name != "very long"])
async def test_a_cursor_of_odd_text_is_a_place_in_the_list(
    stored: Mapping[str, Title], odd_head: Reader, name: str
) -> None:
    """The cursor of the row itself, and one made by hand of the same text."""
    page = "edges { cursor node { id } }"
    whole = (await odd_head.data(f"{{ partnerships(first: 100) {{ {page} }} }}"))["partnerships"]["edges"]
    place = [edge["node"]["id"] for edge in whole].index(stored[name].id)
    cursor = whole[place]["cursor"]
    text = f"query ($c: String!) {{ after: partnerships(first: 100, after: $c) {{ {page} }} before: partnerships(last: 100, before: $c) {{ {page} }} }}"
    answer = await odd_head.both(text, c=cursor)
    assert answer.content["data"] == {"after": {"edges": whole[place + 1 :]}, "before": {"edges": whole[:place]}}
    assert_unseen(answer)
    mark, _, identifier = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    made = base64.urlsafe_b64encode(json.dumps([mark, ODD[name], identifier]).encode()).decode()
    forged = await odd_head.both(text, c=made)
    assert not forged.errors
    assert_unseen(forged)


async def test_a_lone_surrogate_is_refused(odd_head: Reader) -> None:
    """In a document; and in a cursor, which holds JSON of its own."""
    with pytest.raises(DocumentRefused):
        odd_head.operation('{ titled(title: "\\ud800") { id } }')
    mark = (await odd_head.data("{ partnerships(first: 1) { pageInfo { endCursor } } }"))["partnerships"]["pageInfo"][
        "endCursor"
    ]
    found, *_ = json.loads(base64.urlsafe_b64decode(mark + "=" * (-len(mark) % 4)))
    for text in ("\ud800", "\udfff\ud800", "a\udc00", "\0"):
        made = base64.urlsafe_b64encode(json.dumps([found, text, "0" * 32]).encode()).decode()
        answer = await odd_head.both("query ($c: String!) { partnerships(after: $c) { totalCount } }", c=made)
        assert answer.content["data"] is None
        assert not answer.statements


def test_a_literal_of_nul_and_one_without_end_are_refused(odd_head: Reader) -> None:
    for text in ("\\u0000", "a" * LONGEST_DOCUMENT):
        with pytest.raises(DocumentRefused):
            odd_head.operation(f'{{ titled(title: "{text}") {{ id }} }}')


BAD_KEYS = ("a'b", 'a"b', "a b", "$1", "a\x01", "a\x02", "a,b", "ä", "", "1a", "a'; drop table x; --")
KEYED = {
    "an object": "{ partnerships { nodes { title } } }",
    "a page": "{ partnerships { totalCount } }",
    "the list of a page": "{ partnerships { nodes { title } } }",
    "an edge": "{ partnerships { edges { cursor } } }",
    "the information of a page": "{ partnerships { pageInfo { hasNextPage } } }",
    "an object within an object": "{ partnerships { nodes { organisation { name } } } }",
    "an embedded object": "{ partnerships { nodes { venue { space } } } }",
    "a list": "{ partnerships { nodes { outcomes { dueOn } } } }",
    "a name of a type": "{ partnerships { edges { __typename } } }",
}


class Renamed(Visitor):
    """The last field of a document under a response key that no parser would take."""

    def __init__(self, key: str, name: str) -> None:
        super().__init__()
        self._key, self._name = key, name

    def leave_field(self, node: FieldNode, *_: Any) -> FieldNode:
        if node.name.value != self._name:
            return node
        return FieldNode(
            name=node.name, alias=NameNode(value=self._key), arguments=node.arguments, directives=node.directives,
            selection_set=node.selection_set,
        )  # fmt: skip


@pytest.mark.parametrize("place", KEYED)
def test_a_response_key_is_a_name_or_nothing_is_compiled(place: str) -> None:
    """The parser takes names only; the compiler does not rely on it."""
    text = KEYED[place]
    name = "nodes" if place == "the list of a page" else text.replace("}", "").split()[-1]
    for key in BAD_KEYS:
        document: DocumentNode = visit(parse(text), Renamed(key, name))
        (operation,) = document.definitions
        assert isinstance(operation, OperationDefinitionNode)
        (root,) = make_plan(school_schema, operation, dict[str, FragmentDefinitionNode](), {}).roots
        assert not isinstance(root, Compiled), f"{key!r} stands in {root.sql}"
