"""A null where the schema promises a value bubbles up as the specification says, and is told as graphql-core tells it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest
from sqlalchemy import update

from footbridge.engagement.records import Space
from footbridge.engagement.service import add_activity
from footbridge.gateway.fields.scalars import Prefix
from footbridge.partnerships.records import Elements, NewOutcome, Status, Venue
from footbridge.partnerships.service import add_elements, add_organisation, add_partnership
from footbridge.partnerships.tables import partnership
from footbridge.tenancy.session import SchoolSession, open_school
from tests.gateway.projection.conftest import Stage
from tests.gateway.projection.promises import schema
from tests.gateway.projection.reading import Reader
from tests.publication.sharing import school_of


@dataclass(frozen=True)
class Things:
    """Of a school with two partnerships: of one everything is said, of the other what has to be."""

    reader: Reader
    ids: Mapping[str, str]


@pytest.fixture(scope="module")
async def things(stage: Stage) -> Things:
    caller = stage.population.trust.heads[2]
    async with open_school(stage.database, caller, school_id=school_of(caller)) as school:
        ids = {name: await _partnership(school, name, full=name == "full") for name in ("full", "bare")}
        own = await add_activity(school, title="of none", category="sport and physical")
    async with open_school(stage.database, caller, school_id=school_of(caller)) as school:
        last = Elements(outcomes=(NewOutcome("without a baseline", "i", date(2026, 7, 3)),))  # told after the others
        await add_elements(school, ids["bare"], last)
    found = {name: Prefix.PARTNERSHIP.id_of(identifier) for name, identifier in ids.items()}
    return Things(stage.reader(schema, caller), found | {"activity": Prefix.ACTIVITY.id_of(own.id)})


async def _partnership(school: SchoolSession, name: str, *, full: bool) -> UUID:
    identifier = f"GB-CHC-{name}" if full else None
    organisation = await add_organisation(school, name=name, kind="charity", identifier=identifier)
    outcomes = tuple(NewOutcome(f"{name} {each}", "i", date(2026, 7, each), Decimal(each)) for each in (1, 2))
    made = await add_partnership(
        school, organisation_id=organisation.id, title=name, need_school="n", status=Status.AGREED,
        need_partner="a need of two words" if full else None, starts_on=date(2025, 9, 1) if full else None,
        elements=Elements(outcomes=outcomes, venue=Venue("Hall", Space.OURS, "near" if full else None)),
    )  # fmt: skip
    for number in range(2):
        await add_activity(school, title=f"{name} {number}", category="sport and physical", partnership_id=made.id)
    return made.id


EVERYTHING = """{
  id title needPartner startsOn echo maybeEcho words maybeWords said { text } maybeSaid { text } maybe
  organisation { name identifier } outcomes { baseline description } venue { name space reason }
  activities { totalCount nodes { title partnership { title echo } } edges { node { title } } }
}"""


async def test_where_all_is_there_one_statement_tells_it(things: Things) -> None:
    found = await things.reader.data(f'{{ partnership(id: "{things.ids["full"]}") {EVERYTHING} }}')
    assert found["partnership"]["words"] == ["a", "need", "of", "two", "words"]
    found = await things.reader.data(f'{{ titled(title: "full") {EVERYTHING} promised(title: "full") {EVERYTHING} }}')
    assert found["titled"] == found["promised"]


MISSING: dict[str, tuple[str, str, list[str | int]]] = {
    "a column": ("needPartner", "Partnership.needPartner", []),
    "a day": ("startsOn", "Partnership.startsOn", []),
    "a column of a row above": ("organisation { name identifier }", "Organisation.identifier", ["identifier"]),
    "a row of a list": ("outcomes { baseline }", "Outcome.baseline", [2, "baseline"]),
    "what Python makes": ("echo", "Partnership.echo", []),
    "a field of what Python makes": ("said { text }", "Said.text", ["text"]),
}


@pytest.mark.parametrize("case", MISSING)
async def test_a_null_takes_the_nearest_thing_that_may_be_null(things: Things, case: str) -> None:
    asked, coordinate, below = MISSING[case]
    answer = await things.reader.both(f'{{ partnership(id: "{things.ids["bare"]}") {{ title {asked} }} }}')
    assert answer.content["data"] == {"partnership": None}
    (error,) = answer.errors
    assert error["path"] == ["partnership", asked.split(" ")[0], *below]
    assert error["message"] == f"Cannot return null for non-nullable field {coordinate}."
    assert error["locations"]


@pytest.mark.parametrize("case", MISSING)
async def test_of_a_root_that_may_not_be_null_nothing_is_left(things: Things, case: str) -> None:
    asked, _, below = MISSING[case]
    answer = await things.reader.both(f'{{ good: text(text: "t") promised(title: "bare") {{ title {asked} }} }}')
    assert answer.content["data"] is None
    assert [error["path"] for error in answer.errors] == [["promised", asked.split(" ")[0], *below]]


@pytest.mark.parametrize("case", MISSING)
@pytest.mark.parametrize(
    ("page", "way"),
    [
        ("partnerships {{ nodes {{ title {} }} }}", ["nodes", 0]),
        ("partnerships {{ edges {{ cursor node {{ {} }} }} }}", ["edges", 0, "node"]),
        ("partnerships {{ totalCount pageInfo {{ endCursor }} renamed: nodes {{ {} }} }}", ["renamed", 0]),
        ("everyPartnership {{ {} }}", [0]),
    ],
    ids=["nodes", "edges", "nodes under another name", "a list"],
)
async def test_in_a_list_it_takes_all_of_it(things: Things, case: str, page: str, way: list[str | int]) -> None:
    """The partnership that lacks something is the first by its title."""
    asked, _, below = MISSING[case]
    answer = await things.reader.both("{ " + page.format(asked) + " }")
    assert answer.content["data"] is None
    assert [error["path"][1:] for error in answer.errors] == [[*way, asked.split(" ")[0], *below]]


@pytest.mark.parametrize("case", MISSING)
async def test_a_row_beyond_the_page_takes_nothing(things: Things, case: str) -> None:
    """It is read, to know whether there are more, and must not count."""
    asked = MISSING[case][0]
    found = await things.reader.data(f"{{ partnerships(last: 1) {{ nodes {{ title {asked} }} }} }}")
    assert [node["title"] for node in found["partnerships"]["nodes"]] == ["full"]


async def test_what_was_left_out_takes_nothing(things: Things) -> None:
    text = """query ($no: Boolean!, $yes: Boolean!, $id: ID!) {
      partnership(id: $id) { title needPartner @include(if: $no) ... @skip(if: $yes) { echo } startsOn @skip(if: true) }
    }"""
    found = await things.reader.data(text, no=False, yes=True, id=things.ids["bare"])
    assert found["partnership"] == {"title": "bare"}


async def test_an_embedded_object_is_what_may_be_null(things: Things) -> None:
    answer = await things.reader.both(
        '{ titled(title: "bare") { title venue { name reason } maybe maybeEcho maybeWords } }'
    )
    assert answer.content["data"]["titled"] == {
        "title": "bare", "venue": None, "maybe": None, "maybeEcho": None, "maybeWords": [],
    }  # fmt: skip
    assert [error["path"] for error in answer.errors] == [["titled", "venue", "reason"]]


async def test_what_python_makes_may_be_null_where_the_schema_says_so(things: Things) -> None:
    answer = await things.reader.both('{ titled(title: "bare") { maybeSaid { text } title } }')
    assert answer.content["data"] == {"titled": {"maybeSaid": None, "title": "bare"}}
    assert [error["path"] for error in answer.errors] == [["titled", "maybeSaid", "text"]]


async def test_a_row_above_that_is_not_there_bubbles(things: Things) -> None:
    text = f'{{ activity(id: "{things.ids["activity"]}") {{ title partnership {{ title }} }} activities {{ totalCount }} }}'
    answer = await things.reader.both(text)
    assert answer.content["data"]["activity"] is None
    assert answer.content["data"]["activities"]["totalCount"] >= 5
    assert [error["path"] for error in answer.errors] == [["activity", "partnership"]]


async def test_a_row_above_is_missed_only_where_it_is_not_there(things: Things) -> None:
    """The others of the list, which are looked up together, have theirs."""
    answer = await things.reader.both("{ activities { nodes { title partnership { title } } } }")
    titles = (await things.reader.data("{ activities { nodes { title } } }"))["activities"]["nodes"]
    place = [node["title"] for node in titles].index("of none")
    assert [error["path"] for error in answer.errors] == [["activities", "nodes", place, "partnership"]]
    whole = await things.reader.data("{ activities(first: 4) { nodes { title partnership { title } } } }")
    assert all(node["title"].startswith(node["partnership"]["title"]) for node in whole["activities"]["nodes"])


async def test_a_root_that_is_not_there_bubbles_or_is_null(things: Things) -> None:
    assert (await things.reader.data('{ titled(title: "none") { title } }')) == {"titled": None}
    answer = await things.reader.both('{ promised(title: "none") { title } }')
    assert answer.content["data"] is None
    assert [error["path"] for error in answer.errors] == [["promised"]]


async def test_only_the_root_that_has_the_null_is_null(things: Things) -> None:
    """The others keep their places and their values; each error is told."""
    text = """query ($id: ID!) {
      a: titled(title: "bare") { needPartner } b: titled(title: "full") { needPartner }
      c: titled(title: "bare") { title startsOn } d: partnerships { totalCount } e: maybeText
      f: node(id: $id) { id ... on Partnership { echo } }
    }"""
    answer = await things.reader.both(text, id=things.ids["bare"])
    assert list(answer.content["data"]) == ["a", "b", "c", "d", "e", "f"]
    assert {name: value is None for name, value in answer.content["data"].items()} == {
        "a": True, "b": False, "c": True, "d": False, "e": True, "f": True,
    }  # fmt: skip
    assert sorted(error["path"][0] for error in answer.errors) == ["a", "c", "f"]


async def test_a_computed_root_that_may_not_be_null_bubbles(things: Things) -> None:
    answer = await things.reader.both('{ text titled(title: "full") { title } }')
    assert answer.content["data"] is None
    assert [error["path"] for error in answer.errors] == [["text"]]
    refused = await things.reader.both('{ maybeText(text: "refused") titled(title: "full") { title } }')
    assert refused.content["data"] == {"maybeText": None, "titled": {"title": "full"}}
    assert [error["extensions"]["code"] for error in refused.errors] == ["INVALID_INPUT"]


async def test_a_null_within_a_list_that_python_makes(stage: Stage, things: Things) -> None:
    caller = things.reader.caller
    async with open_school(stage.database, caller, school_id=school_of(caller)) as school:
        await _partnership(school, "words", full=True)
        change = update(partnership).where(partnership.c.title == "words").values(need_partner="some nothing more")
        assert await school.transaction.run(change) == 1
    found = await things.reader.data('{ titled(title: "words") { maybeWords } }')
    assert found["titled"]["maybeWords"] == ["some", None, "more"]
    answer = await things.reader.both('{ titled(title: "words") { words } }')
    assert answer.content["data"] == {"titled": None}
    assert [error["path"] for error in answer.errors] == [["titled", "words", 1]]


@pytest.mark.parametrize(
    "asked",
    ["counted { nodes { status } }", "counted { edges { node { status } } }", "everyCounted { status }",
     "uncertain { nodes { status } }"],
)  # fmt: skip
async def test_a_state_that_the_schema_does_not_know_is_told(things: Things, asked: str) -> None:
    """Neither is it null, nor does its row vanish from the list."""
    answer = await things.reader.both("{ " + asked + " }")
    assert answer.content["data"] is None
    assert answer.errors


async def test_a_state_that_is_not_there_is_null(things: Things) -> None:
    found = await things.reader.data("{ reasoned(first: 1) { nodes { title reason } } }")
    assert found["reasoned"]["nodes"] == [{"title": "bare", "reason": None}]
