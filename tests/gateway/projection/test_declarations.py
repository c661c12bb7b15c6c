"""A type's declaration: what is wrong in it is told with the field's name, and a field more is one line."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
import strawberry
from graphql import OperationDefinitionNode, parse
from sqlalchemy import select

from footbridge.gateway.fields.scalars import Prefix
from footbridge.gateway.projection.declare import (
    column,
    connection,
    derived,
    embedded,
    found_by_id,
    to_one,
)
from footbridge.gateway.projection.declared import DeclarationWrong, require_declared
from footbridge.gateway.projection.ordinary import made
from footbridge.gateway.projection.plan import make_plan
from footbridge.gateway.projection.projected import projected
from footbridge.gateway.projection.rows import Rows
from footbridge.gateway.school import partnerships
from footbridge.partnerships import tables
from footbridge.partnerships.repository import BY_NAME
from tests.gateway.projection.conftest import Stage


def over(kind: Any) -> strawberry.Schema:
    """A schema whose one root is a connection of this type."""
    return strawberry.Schema(strawberry.type(type("Query", (), {"things": connection(kind, BY_NAME)})))


def planned(kind: Any, text: str) -> Any:
    (operation,) = parse(text).definitions
    assert isinstance(operation, OperationDefinitionNode)
    return make_plan(over(kind), operation, {}, {})


def with_column_that_is_not_there() -> Any:
    @projected(tables.partnership, Prefix.PARTNERSHIP)
    class Thing:
        id: strawberry.ID
        wrong_name: str

    return Thing


def with_renamed_column_that_is_not_there() -> Any:
    @projected(tables.partnership, Prefix.PARTNERSHIP)
    class Thing:
        id: strawberry.ID
        wrong_name: str = column("not_there")

    return Thing


def with_column_that_the_select_leaves_out() -> Any:
    @projected(Rows(select(tables.partnership.c.id, tables.partnership.c.sort_name)), Prefix.PARTNERSHIP)
    class Thing:
        id: strawberry.ID
        wrong_name: str = column("title")

    return Thing


def with_type_that_no_rule_covers() -> Any:
    @projected(tables.partnership, Prefix.PARTNERSHIP)
    class Thing:
        id: strawberry.ID
        wrong_name: int = column("title")

    return Thing


def with_key_without_prefix() -> Any:
    @projected(tables.partnership, Prefix.PARTNERSHIP)
    class Thing:
        id: strawberry.ID
        wrong_name: strawberry.ID = column("organisation_id")

    return Thing


def with_embedded_column_that_is_not_there() -> Any:
    @strawberry.type
    class Part:
        wrong_name: str

    @projected(tables.partnership, Prefix.PARTNERSHIP)
    class Thing:
        id: strawberry.ID
        part = embedded(Part, "venue_", when="venue_name")

    return Thing


WRONG: dict[str, tuple[Callable[[], Any], str, str]] = {
    "a column that is not there": (with_column_that_is_not_there, "wrongName", "Thing.wrong_name"),
    "another name of none": (with_renamed_column_that_is_not_there, "wrongName", "Thing.wrong_name"),
    "a column that the SELECT leaves out": (with_column_that_the_select_leaves_out, "wrongName", "Thing.wrong_name"),
    "a type that no rule covers": (with_type_that_no_rule_covers, "wrongName", "Thing.wrong_name"),
    "a key without prefix": (with_key_without_prefix, "wrongName", "Thing.wrong_name"),
    "a column of an embedded object": (with_embedded_column_that_is_not_there, "part { wrongName }", "Part.wrong_name"),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_column_is_told_with_its_field(case: str) -> None:
    make, asked, named = WRONG[case]
    with pytest.raises(TypeError, match=rf"{named}: "):
        planned(make(), f"{{ things {{ nodes {{ {asked} }} }} }}")


@pytest.mark.parametrize("case", [case for case in WRONG if "embedded" not in case])
def test_the_ordinary_path_tells_it_too(case: str) -> None:
    kind = WRONG[case][0]()
    with pytest.raises(TypeError, match=r"Thing\.wrong_name: "):
        made(kind, {}, {}, rows=kind.__projection__.rows)


@pytest.mark.parametrize("case", WRONG)
def test_the_contract_is_not_written_with_a_wrong_column(case: str) -> None:
    make, _, named = WRONG[case]
    with pytest.raises(DeclarationWrong, match=rf"^{named}: "):
        require_declared(over(make()))


def with_value_that_may_be_missing() -> Any:
    @projected(tables.partnership, Prefix.PARTNERSHIP)
    class Thing:
        id: strawberry.ID
        wrong_name: str = column("need_partner")

    return Thing


def with_parent_that_is_not_there() -> Any:
    @projected(tables.partnership, Prefix.PARTNERSHIP)
    class Thing:
        id: strawberry.ID
        wrong_name = to_one(partnerships.Organisation, "organiser_id")

    return Thing


def with_children_that_do_not_know_it() -> Any:
    @projected(tables.partnership, Prefix.PARTNERSHIP)
    class Thing:
        id: strawberry.ID
        wrong_name = connection(partnerships.Organisation, BY_NAME, "partnership_id")

    return Thing


def with_function_of_a_column_that_is_not_there() -> Any:
    @projected(tables.partnership, Prefix.PARTNERSHIP)
    class Thing:
        id: strawberry.ID
        wrong_name = derived(str, str, "title", "subtitle")

    return Thing


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (with_value_that_may_be_missing, "the column need_partner may be null, and the field promises a value"),
        (with_parent_that_is_not_there, "its rows have no column organiser_id"),
        (with_children_that_do_not_know_it, "the rows of Organisation have no column partnership_id"),
        (with_function_of_a_column_that_is_not_there, "its rows have no column subtitle"),
    ],
)
def test_nor_with_a_promise_or_a_relation_that_the_rows_do_not_keep(make: Callable[[], Any], told: str) -> None:
    with pytest.raises(DeclarationWrong) as wrong:
        require_declared(over(make()))
    assert wrong.value.message == f"Thing.wrong_name: {told}"


def test_the_message_says_what_to_look_at() -> None:
    with pytest.raises(TypeError) as told:
        planned(with_renamed_column_that_is_not_there(), "{ things { nodes { wrongName } } }")
    assert "not_there" in str(told.value)
    with pytest.raises(TypeError) as told:
        planned(with_type_that_no_rule_covers(), "{ things { nodes { wrongName } } }")
    assert "title" in str(told.value)
    assert "int" in str(told.value)


@projected(tables.partnership, Prefix.PARTNERSHIP)
class Partnership(partnerships.Partnership):
    """The product's type with one field more: the line below."""

    created_at: datetime


@strawberry.type
class Query:
    partnership = found_by_id(Partnership)
    partnerships = connection(Partnership, BY_NAME)


def test_a_field_more_is_one_line() -> None:
    printed = strawberry.Schema(Query).as_str()
    whole = printed.split("type Partnership implements Node {")[1].split("\n}")[0]
    assert "  createdAt: DateTime!" in whole
    theirs = {line for line in whole.splitlines() if line.startswith("  ") and not line.strip().startswith('"')}
    product = strawberry.Schema(partnerships.PartnershipQuery).as_str()
    ours = product.split("type Partnership implements Node {")[1].split("\n}")[0]
    assert theirs - set(ours.splitlines()) == {"  createdAt: DateTime!"}


async def test_both_paths_answer_the_new_field(stage: Stage) -> None:
    reader = stage.reader(strawberry.Schema(Query))
    text = "{ partnerships(first: 3) { nodes { id createdAt title organisation { name } } } }"
    nodes = (await reader.data(text))["partnerships"]["nodes"]
    assert len(nodes) == 3
    assert all(datetime.fromisoformat(node["createdAt"]).tzinfo for node in nodes)
    found = await reader.data("query ($id: ID!) { partnership(id: $id) { createdAt } }", id=nodes[0]["id"])
    assert found["partnership"]["createdAt"] == nodes[0]["createdAt"]
