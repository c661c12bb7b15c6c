"""Statements of Core as the driver takes them."""

import pytest
from sqlalchemy import Column, MetaData, Table, Text, Uuid, bindparam, insert, select, text, update
from sqlalchemy.dialects.postgresql import JSONB

from footbridge.runtime.database import Database, Role
from footbridge.runtime.ids import new_id
from footbridge.runtime.statement import Prepared, compiled_for_many, question
from footbridge.tenancy.tables import trust

NEW = ("id", "uid", "name", "sort_name")
ADD = Prepared(insert(trust), *NEW)


def values(uid: str) -> dict[str, object]:
    return {"id": new_id(), "uid": uid, "name": "Alder", "sort_name": "alder"}


def test_one_shape_is_one_text_with_its_own_values() -> None:
    asked = [question(select(trust.c.id).where(trust.c.uid == uid, trust.c.name.in_(["a", uid]))) for uid in "xy"]
    assert asked[0].sql == asked[1].sql
    assert [list(each.arguments) for each in asked] == [["x", "a", "x"], ["y", "a", "y"]]


def test_parameters_are_found_by_name() -> None:
    query = select(trust.c.id).where(trust.c.uid == bindparam("wanted"))
    assert list(question(query.params(wanted="1")).arguments) == ["1"]
    assert list(question(query, {"wanted": "2"}).arguments) == ["2"]


def test_a_prepared_statement_wants_each_of_its_values() -> None:
    with pytest.raises(KeyError, match="sort_name"):
        ADD(id=new_id(), uid="1", name="Alder")


def test_a_text_that_depends_on_its_values_is_not_prepared() -> None:
    with pytest.raises(ValueError, match="cannot be prepared"):
        Prepared(select(trust.c.id).where(trust.c.uid.in_(bindparam("any", expanding=True))))


def test_json_is_written_as_text() -> None:
    table = Table("notes", MetaData(), Column("id", Uuid), Column("note", JSONB))
    assert Prepared(insert(table), "note")(note={"a": 1}).arguments == ['{"a": 1}']


def test_a_default_that_python_would_make_is_refused() -> None:
    table = Table("notes", MetaData(), Column("id", Uuid, default=new_id), Column("note", Text))
    with pytest.raises(TypeError, match="the server's"):
        question(insert(table).values(note="x"))
    with pytest.raises(TypeError, match="the server's"):
        compiled_for_many(insert(table), [{"note": "x"}])


async def test_rows_have_columns_by_place_name_and_attribute(fresh_database: Database) -> None:
    async with fresh_database.transaction(Role.REGISTER) as transaction:
        assert await transaction.run(ADD(**values("1"))) == 1
        assert await transaction.run(insert(trust), [values("2"), values("3")]) == 2
        assert await transaction.run(update(trust).values(name="Birch")) == 3
        row = await transaction.first(select(trust.c.uid, trust.c.name).order_by(trust.c.uid))
        assert (row[0], row["uid"], row.uid, tuple(row)) == ("1", "1", "1", ("1", "Birch"))
        with pytest.raises(AttributeError):
            _ = row.postcode
        assert await transaction.first(text("select 1 where false")) is None
        assert await transaction.scalar(text("select 1 where false")) is None
