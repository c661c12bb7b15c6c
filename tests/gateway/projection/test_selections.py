"""What of a document is selected: by CollectFields of the specification, in the order in which it is asked."""

from typing import Any

import pytest

from tests.gateway.projection.reading import Reader

FEW = "first: 2"


async def first_partnership(head: Reader, selection: str, **variables: Any) -> Any:
    declared = "($yes: Boolean!, $no: Boolean!) " if variables else ""
    found = await head.data(f"query Asked {declared}{{ partnerships(first: 1) {{ nodes {selection} }} }}", **variables)
    (node,) = found["partnerships"]["nodes"]
    return node


async def test_fields_of_one_name_are_merged_where_the_first_of_them_stands(head: Reader) -> None:
    text = """
      query { partnerships(first: 2) { nodes { title organisation { kind } ...One ... on Partnership { id organisation { id } } status title } } }
      fragment One on Partnership { status organisation { name ...Two } outcomes { indicator } }
      fragment Two on Organisation { kind identifier name }
    """
    found = await head.data(text)
    for node in found["partnerships"]["nodes"]:
        assert list(node) == ["title", "organisation", "status", "outcomes", "id"]
        assert list(node["organisation"]) == ["kind", "name", "identifier", "id"]


async def test_merged_lists_and_pages_hold_what_all_of_them_ask(head: Reader) -> None:
    text = """
      query {
        partnerships(first: 2) { nodes { title } }
        ...Page
        partnerships(first: 2) { edges { node { id } } totalCount nodes { outcomes { id } } }
      }
      fragment Page on Query { partnerships(first: 2) { pageInfo { hasNextPage } edges { cursor node { title } } nodes { outcomes { indicator } id } } }
    """
    page = (await head.data(text))["partnerships"]
    assert list(page) == ["nodes", "pageInfo", "edges", "totalCount"]
    assert [list(node) for node in page["nodes"]] == [["title", "outcomes", "id"]] * 2
    assert [list(edge) for edge in page["edges"]] == [["cursor", "node"]] * 2
    assert [list(edge["node"]) for edge in page["edges"]] == [["title", "id"]] * 2
    assert any(list(outcome) == ["indicator", "id"] for node in page["nodes"] for outcome in node["outcomes"])


async def test_merged_values_of_python_hold_what_all_of_them_ask(executive: Reader) -> None:
    text = """
      query { comparison(measureId: "persistent-absence", period: "2025-26") { measure { name } total { rate } ...More measure { id } } }
      fragment More on Comparison { period { code } measure { unit name } total { numerator rate } cells { context { roll } state context { phase } } }
    """
    found = (await executive.data(text))["comparison"]
    assert list(found) == ["measure", "total", "period", "cells"]
    assert list(found["measure"]) == ["name", "unit", "id"]
    assert list(found["total"]) == ["rate", "numerator"]
    assert list(found["cells"][0]["context"]) == ["roll", "phase"]


async def test_one_connection_under_several_names_has_pages_of_its_own(head: Reader) -> None:
    text = """query ($two: Int = 2, $status: PartnershipStatus, $after: String) {
      all: partnerships(first: $two) { nodes { id } pageInfo { endCursor hasNextPage } }
      last: partnerships(last: 3) { nodes { id } pageInfo { startCursor hasPreviousPage } }
      active: partnerships(status: ACTIVE) { totalCount nodes { status } }
      anyStatus: partnerships(status: $status) { totalCount }
      next: partnerships(first: 2, after: $after) { nodes { id } }
      none: partnerships(first: 0) { totalCount nodes { id } edges { cursor } pageInfo { hasNextPage startCursor } }
    }"""
    found = await head.data(text)
    assert [len(found[name]["nodes"]) for name in ("all", "last", "none")] == [2, 3, 0]
    assert found["anyStatus"]["totalCount"] == found["none"]["totalCount"] > found["active"]["totalCount"] > 0
    assert {node["status"] for node in found["active"]["nodes"]} == {"ACTIVE"}
    after = found["all"]["pageInfo"]["endCursor"]
    later = await head.data(text, after=after, status="ACTIVE", two=3)
    assert later["next"]["nodes"][0] == later["all"]["nodes"][2]
    assert later["anyStatus"]["totalCount"] == found["active"]["totalCount"]


async def test_one_connection_of_a_row_under_several_names(head: Reader) -> None:
    text = """query ($n: Int!) { activities(first: 4) { nodes {
      newest: sessions(first: 1) { nodes { heldOn } } oldest: sessions(last: $n) { nodes { heldOn } pageInfo { hasPreviousPage } }
      sessions { totalCount } again: sessions(first: $n) { totalCount edges { node { heldOn activity { sessions(first: $n) { totalCount } } } } }
    } } }"""
    nodes = (await head.data(text, n=2))["activities"]["nodes"]
    full = [node for node in nodes if node["sessions"]["totalCount"] > 2]
    assert full
    for node in full:
        assert node["newest"]["nodes"][0]["heldOn"] >= node["oldest"]["nodes"][0]["heldOn"]
        assert node["again"]["edges"][0]["node"]["activity"]["sessions"]["totalCount"] == node["sessions"]["totalCount"]


IN, OUT = "@include(if: $yes)", "@include(if: $no)"
DIRECTIVES = {
    "a field": ("{ id title %s }", ["id", "title"], "id"),
    "a field with fields": ("{ id organisation %s { name } }", ["id", "organisation"], "id"),
    "a list": ("{ outcomes %s { id } id }", ["outcomes", "id"], "id"),
    "a connection": ("{ activities(first: 1) %s { totalCount } id }", ["activities", "id"], "id"),
    "an embedded object": ("{ venue %s { name } id }", ["venue", "id"], "id"),
    "an inline fragment": ("{ id ... on Partnership %s { title } }", ["id", "title"], "id"),
    "an inline fragment on the interface": ("{ status ... on Node %s { id } }", ["status", "id"], "status"),
    "an inline fragment of no type": ("{ id ... %s { title status } }", ["id", "title", "status"], "id"),
    "a fragment": ("{ id ...Titled %s }", ["id", "title"], "id"),
    "within a fragment that is there": ("{ id ... %s { title ... %s { status } } }", ["id", "title", "status"], "id"),
}
SAID = {
    "@include(if: true)": True, "@include(if: $yes)": True, "@skip(if: false)": True, "@skip(if: $no)": True,
    "@include(if: false)": False, "@include(if: $no)": False, "@skip(if: true)": False, "@skip(if: $yes)": False,
    "@include(if: $yes) @skip(if: $no)": True, "@skip(if: $no) @include(if: $yes)": True,
    "@include(if: $yes) @skip(if: $yes)": False, "@include(if: $no) @skip(if: $no)": False,
    "@skip(if: true) @include(if: $no)": False,
}  # fmt: skip


@pytest.mark.parametrize("said", SAID)
@pytest.mark.parametrize("place", DIRECTIVES)
async def test_what_is_left_out_is_not_there(head: Reader, place: str, said: str) -> None:
    """The query’s root and its page have parts that are left out too."""
    selection, names, kept = DIRECTIVES[place]
    asked = selection.replace("%s", said)
    fragment = "fragment Titled on Partnership { title }" if "Titled" in asked else ""
    text = f"query ($yes: Boolean!, $no: Boolean!) {{ partnerships(first: 1) {{ nodes {asked} totalCount @skip(if: $yes) }} a: __typename @include(if: $no) }} {fragment}"
    found = await head.data(text, yes=True, no=False)
    (node,) = found["partnerships"]["nodes"]
    assert list(node) == (names if SAID[said] else [kept])
    assert list(found) == ["partnerships"]


@pytest.mark.parametrize(
    ("said", "is_told"),
    {
        "@include(if: false) @skip(if: $null)": True, "@skip(if: $null) @include(if: false)": True,
        "@include(if: $null) @skip(if: true)": False, "@skip(if: true) @include(if: $null)": False,
    }.items(),
)  # fmt: skip
async def test_a_condition_of_null_is_an_error_unless_skip_has_spoken(head: Reader, said: str, is_told: bool) -> None:
    for place in ("__typename %s", "partnerships { totalCount nodes { id title %s } }"):
        text = f"query ($null: Boolean = false) {{ school {{ urn }} {place.replace('%s', said)} }}"
        answer = await head.both(text, null=None)
        assert bool(answer.errors) is is_told


async def test_a_root_may_be_left_out_and_all_of_them(head: Reader) -> None:
    text = "query ($yes: Boolean!) { a: partnerships @skip(if: $yes) { totalCount } b: activities @include(if: $yes) { totalCount } }"
    assert list(await head.data(text, yes=True)) == ["b"]
    assert list(await head.data(text, yes=False)) == ["a"]
    assert (
        await head.both("query ($yes: Boolean!) { a: partnerships @skip(if: $yes) { totalCount } }", yes=True)
    ).content == {"data": {}}


async def test_an_object_of_which_all_is_left_out_is_empty(head: Reader) -> None:
    text = """query ($no: Boolean!) { partnerships(first: 2) {
      nodes { id @include(if: $no) } edges { cursor @include(if: $no) node { organisation { id @include(if: $no) } } }
      pageInfo { endCursor @include(if: $no) } } periods: school { periods { code @include(if: $no) } } }"""
    found = await head.data(text, no=False)
    assert found["partnerships"] == {"nodes": [{}, {}], "edges": [{"node": {"organisation": {}}}] * 2, "pageInfo": {}}
    assert set(map(str, found["periods"]["periods"])) == {"{}"}
    hollow = await head.data("query ($no: Boolean!) { partnerships { totalCount @include(if: $no) } }", no=False)
    assert hollow == {"partnerships": {}}


async def test_one_that_is_skipped_in_one_place_and_asked_in_another_is_there(head: Reader) -> None:
    text = """query ($no: Boolean!) { partnerships(first: 1) { nodes { ...A ...A @include(if: $no) title @include(if: $no) } } ...R @include(if: $no) ...R }
      fragment A on Partnership { id title } fragment R on Query { activities { totalCount } }"""
    found = await head.data(text, no=False)
    assert list(found["partnerships"]["nodes"][0]) == ["id", "title"]
    assert list(found) == ["partnerships", "activities"]


async def test_a_condition_may_have_a_default(head: Reader) -> None:
    text = "query ($yes: Boolean = true, $no: Boolean! = false) { a: __typename @include(if: $no) partnerships(first: 1) { nodes { id @skip(if: $no) title @include(if: $yes) } } }"
    assert list((await head.data(text))["partnerships"]["nodes"][0]) == ["id", "title"]
    assert list((await head.data(text, yes=False))["partnerships"]["nodes"][0]) == ["id"]
    assert "a" in (await head.both(text, no=True)).content["data"]
    refused = await head.both(text, yes=None)
    assert refused.errors
    assert refused.content["data"] is None


TYPENAMES = """query { root: __typename __typename school { __typename publicFacts(first: 1) { __typename nodes { __typename } } periods { __typename } calendar(period: "2025-26") { t: __typename __typename } }
  partnerships(first: 2) { t: __typename __typename pageInfo { __typename } edges { __typename node { __typename } } nodes {
    __typename organisation { __typename } outcomes { __typename } venue { __typename } youthVoice { __typename }
    activities(first: 1) { __typename nodes { __typename sessions(first: 1) { __typename nodes { __typename } } } } } }
  releases(first: 1) { nodes { __typename period { __typename } } } measures { __typename } }"""


async def test_everything_tells_its_type(head: Reader) -> None:
    answer = await head.both(TYPENAMES)
    found = answer.content["data"]
    page = found["partnerships"]
    assert (found["root"], found["__typename"], found["school"]["__typename"]) == ("Query", "Query", "School")
    assert (page["t"], page["pageInfo"]) == ("PartnershipConnection", {"__typename": "PageInfo"})
    assert page["edges"][0] == {"__typename": "PartnershipEdge", "node": {"__typename": "Partnership"}}
    assert page["nodes"][0]["organisation"] == {"__typename": "Organisation"}
    assert {type["__typename"] for type in found["measures"]} == {"Measure"}  # noqa: A001
    assert len(answer.statements) == 3


async def test_fragments_on_the_interface_and_on_its_types(head: Reader) -> None:
    ids = await head.data(
        "{ partnerships(first: 1) { nodes { id organisation { id } } } activities(first: 1) { nodes { id } } }"
    )
    node = ids["partnerships"]["nodes"][0]
    text = """query ($id: ID!, $yes: Boolean = true) {
      node(id: $id) { ...Any ... on Partnership { title organisation { ...Any ... on Node { id } } }
        ... on Organisation { name @include(if: $yes) } ...Acts ... on Node { ... on Partnership { status } k: id } ... { l: id } } }
      fragment Any on Node { __typename id ... on Activity { category } }
      fragment Acts on Activity { ...Any name: title sessions(first: 1) { totalCount } }"""
    names = {
        node["id"]: ["__typename", "id", "title", "organisation", "status", "k", "l"],
        node["organisation"]["id"]: ["__typename", "id", "name", "k", "l"],
        ids["activities"]["nodes"][0]["id"]: ["__typename", "id", "category", "name", "sessions", "k", "l"],
    }
    for identifier, expected in names.items():
        assert list((await head.data(text, id=identifier))["node"]) == expected
    inner = (await head.data(text, id=node["id"]))["node"]["organisation"]
    assert inner == {"__typename": "Organisation", "id": node["organisation"]["id"]}


async def test_fragments_on_the_interface_within_rows(executive: Reader) -> None:
    text = """{ trust { ...N schools(first: 2) { nodes { ... on Node { ...N } urn } edges { node { ...N } } } groups { ...N name } } }
      fragment N on Node { id __typename ... on School { name releases(first: 1) { nodes { ...R } } } ... on Trust { uid } }
      fragment R on Node { ... on Release { phase } id ... on School { urn } }"""
    found = (await executive.data(text))["trust"]
    assert list(found) == ["id", "__typename", "uid", "schools", "groups"]
    assert list(found["schools"]["nodes"][0]) == ["id", "__typename", "name", "releases", "urn"]
    assert list(found["groups"][0]) == ["id", "__typename", "name"]
    assert [list(release) for release in found["schools"]["nodes"][0]["releases"]["nodes"]] == [["phase", "id"]]


async def test_names_of_one_field_may_be_those_of_others(head: Reader) -> None:
    node = await first_partnership(head, "{ id: title title: id __x: status _: organisation { name: id id: name } }")
    assert list(node) == ["id", "title", "__x", "_"]
    assert node["title"].startswith("par_")
    assert node["_"]["name"].startswith("org_")
    roots = await head.data(
        "{ activities: partnerships(first: 1) { nodes: totalCount totalCount: nodes { id } } partnerships: activities { totalCount } }"
    )
    assert isinstance(roots["activities"]["nodes"], int)
    assert isinstance(roots["activities"]["totalCount"], list)


async def test_introspection_stands_beside_what_is_compiled(head: Reader) -> None:
    answer = await head.both(
        '{ a: partnerships { totalCount } __schema { queryType { name } } b: activities { totalCount } __type(name: "Node") { name } }'
    )
    assert list(answer.content["data"]) == ["a", "__schema", "b", "__type"]
    assert len(answer.statements) == 2
