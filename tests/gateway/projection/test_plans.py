"""A document's plans: one for each shape of its variables, a few of them, and for nobody in particular."""

from dataclasses import replace
from typing import Any

import pytest

from footbridge.gateway.documents.document import MOST_PLANS
from footbridge.gateway.execution.operation import Operation
from footbridge.gateway.execution.reading import plan_for
from footbridge.gateway.projection.plan import Compiled, Ordinary, Plan
from footbridge.gateway.school.schema import school_schema
from footbridge.gateway.trust.schema import trust_schema
from footbridge.runtime.ids import new_id
from tests.gateway.differential.both_paths import differences
from tests.gateway.projection.conftest import Stage
from tests.gateway.projection.contract import QUERIES, VARIABLES, text_of
from tests.gateway.projection.reading import Reader

PAGES = """query Pages($first: Int, $after: String, $status: PartnershipStatus, $more: Boolean = false) {
  partnerships(first: $first, after: $after, status: $status) { nodes { id title @include(if: $more) } pageInfo { endCursor } } }"""
FOUND = "query Found($id: ID!) { node(id: $id) { __typename id ... on Partnership { title } ... on Activity { category } } }"


def with_variables(reader: Reader, operation: Operation, **variables: Any) -> Operation:
    """The same document, as the endpoint keeps it, with what another request sends."""
    other = reader.operation(operation.document.text, **variables)
    document = operation.document
    (node,) = document.operations
    return Operation(document, node, variables, operation.schema, operation.largest_answer, other.coerced)


def planned(reader: Reader, operation: Operation, **variables: Any) -> Plan:
    sent = with_variables(reader, operation, **variables)
    assert sent.coerced is not None
    return plan_for(sent, sent.coerced)


def test_values_make_no_plans(head: Reader) -> None:
    document = head.operation(PAGES)
    plan = planned(head, document, first=3, status="ACTIVE", after="one")
    assert planned(head, document, first=100, status="ENDED", after="another") is plan
    assert planned(head, document, after="", first=-1, status="AGREED", more=False) is plan


def test_what_is_null_and_what_is_included_makes_another_plan(head: Reader) -> None:
    document = head.operation(PAGES)
    shapes: list[dict[str, Any]] = [
        {"first": first, "after": after, "status": status, "more": more}
        for first in (None, 3) for after in (None, "c") for status in (None, "ACTIVE") for more in (False, True)
    ]  # fmt: skip
    plans = [planned(head, document, **shape) for shape in shapes]
    assert len(set(map(id, plans))) == len(shapes) <= MOST_PLANS
    assert [planned(head, document, **shape) for shape in shapes] == plans
    assert planned(head, document) is planned(head, document, first=None, after=None, status=None, more=False)


def test_a_document_keeps_a_few_plans(head: Reader) -> None:
    document = head.operation(FOUND, id="")
    first = planned(head, document, id="par_" + "0" * 32)
    assert planned(head, document, id="par_" + "1" * 32) is first
    for number in range(MOST_PLANS):
        planned(head, document, id=f"x{number:02}_")
    assert planned(head, document, id="par_" + "0" * 32) is not first


def test_another_document_has_plans_of_its_own(head: Reader) -> None:
    one, other = head.operation(PAGES), head.operation(PAGES)
    assert planned(head, one) is not planned(head, other)


async def test_a_plan_is_for_ids_of_one_kind(head: Reader) -> None:
    ids = await head.data(
        "{ partnerships(first: 1) { nodes { id organisation { id } } } activities(first: 1) { nodes { id } } }"
    )
    partnership = ids["partnerships"]["nodes"][0]
    document = head.operation(FOUND, id="")
    kinds = {
        partnership["id"]: "Partnership", partnership["organisation"]["id"]: "Organisation",
        ids["activities"]["nodes"][0]["id"]: "Activity", "attendance": "Measure",
    }  # fmt: skip
    for _ in range(2):
        for identifier, kind in kinds.items():
            answer = await head.compiled(with_variables(head, document, id=identifier))
            assert answer.content["data"]["node"]["__typename"] == kind
            assert answer.content["data"]["node"]["id"] == identifier
            other = identifier.split("_")[0] + "_" + "7" * 32
            if kind != "Measure":
                missing = await head.compiled(with_variables(head, document, id=other))
                assert missing.content == {"data": {"node": None}}


MALFORMED = ("par_", "par_" + "G" * 32, "par_" + "0" * 31, "par_\u0001'; drop table x")


@pytest.mark.parametrize("malformed", MALFORMED)
async def test_a_malformed_id_makes_no_plan_for_those_that_are_well_formed(head: Reader, malformed: str) -> None:
    """Or one bad request would make a document slow for everybody."""
    document = head.operation(FOUND, id="")
    bad = await head.compiled(with_variables(head, document, id=malformed))
    assert bad.content == {"data": {"node": None}}
    (root,) = planned(head, document, id="par_" + "0" * 32).roots
    assert isinstance(root, Compiled)
    (root,) = planned(head, document, id="attendance").roots
    assert isinstance(root, Ordinary)


@pytest.mark.parametrize("side", ["school", "trust"])
async def test_a_plan_that_is_kept_answers_everybody_with_their_own(stage: Stage, side: str) -> None:
    """One document for all, as the endpoint keeps it; each answer is that of a path without plans."""
    schema = {"school": school_schema, "trust": trust_schema}[side]
    readers = stage.everybody[side]
    first = next(iter(readers.values()))
    for _, name in (each for each in QUERIES if each[0] == side):
        variables = VARIABLES.get(name, {})
        document, plans, bodies = first.operation(text_of(side, name), **variables), set(), set()
        for reader in [*readers.values(), *readers.values()]:
            sent = with_variables(reader, document, **variables)
            assert sent.schema is schema
            compiled = await reader.compiled(sent)
            ordinary = await reader.paths.answer(reader.caller, sent, compiled=False)
            assert differences(compiled, ordinary) == [], name
            plans.add(id(planned(reader, document, **variables)))
            bodies.add(compiled.body)
        assert len(plans) == 1
        assert len(bodies) > 1 or name in {"Measures", "Release"}, name


async def test_cursors_of_one_plan_are_their_readers_own(stage: Stage) -> None:
    """Two people of one school, who may read the same."""
    head = stage.everybody["school"]["head"]
    colleague = Reader(head.paths, replace(head.caller, id=new_id()))
    document = head.operation(PAGES)
    mine, theirs = [
        (await reader.compiled(with_variables(head, document, first=2))).content["data"]["partnerships"]
        for reader in (head, colleague)
    ]
    assert mine["nodes"] == theirs["nodes"]
    assert mine["pageInfo"] != theirs["pageInfo"]
    cursor = mine["pageInfo"]["endCursor"]
    kept = await head.compiled(with_variables(head, document, first=2, after=cursor))
    refused = await colleague.compiled(with_variables(head, document, first=2, after=cursor))
    assert len(kept.content["data"]["partnerships"]["nodes"]) == 2
    assert refused.content["data"] is None
    assert [error["extensions"]["code"] for error in refused.errors] != []
