"""Cursors and page sizes."""

from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from footbridge.gateway.fields.relay import Order
from footbridge.runtime.errors import InvalidInput
from footbridge.runtime.pages import DEFAULT_PAGE, LARGEST_PAGE


@dataclass(frozen=True)
class Row:
    name: str
    day: date
    at: datetime
    id: UUID


ORDER = Order(("name", str), ("day", date), ("at", datetime), ("id", UUID))
rows = st.builds(
    Row,
    st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])),
    st.dates(),
    st.datetimes(timezones=st.just(UTC)),
    st.uuids(),
)


MARK = "0123456789abcdef"
NO_PAGE: dict[str, Any] = {"first": None, "after": None, "last": None, "before": None}


@given(rows)
def test_a_cursor_leads_back_to_its_row(row: Row) -> None:
    assert ORDER.place(ORDER.cursor(asdict(row), MARK), MARK) == (row.name, row.day, row.at, row.id)


@given(st.text())
def test_what_is_no_cursor_is_refused_and_nothing_else_happens(text: str) -> None:
    with pytest.raises(InvalidInput):
        ORDER.place(text, MARK)


@given(rows)
def test_a_cursor_with_another_mark_is_refused(row: Row) -> None:
    with pytest.raises(InvalidInput):
        ORDER.place(ORDER.cursor(asdict(row), "fedcba9876543210"), MARK)


def test_pages_are_clamped_and_go_in_one_direction() -> None:
    assert ORDER.request(MARK, **NO_PAGE | {"first": 1000}).size == LARGEST_PAGE
    assert ORDER.request(MARK, **NO_PAGE).size == DEFAULT_PAGE
    assert ORDER.request(MARK, **NO_PAGE | {"last": 7}).backward
    with pytest.raises(InvalidInput):
        ORDER.request(MARK, **NO_PAGE | {"first": 1, "last": 1})
    with pytest.raises(InvalidInput):
        ORDER.request(MARK, **NO_PAGE | {"first": -1})
