"""Cursors and page sizes."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from footbridge.gateway.relay import Order
from footbridge.runtime.errors import InvalidInput
from footbridge.runtime.pages import DEFAULT_PAGE, LARGEST_PAGE


@dataclass(frozen=True)
class Row:
    name: str
    day: date
    at: datetime
    id: UUID


ORDER = Order("rows", ("name", str), ("day", date), ("at", datetime), ("id", UUID))
rows = st.builds(
    Row,
    st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])),
    st.dates(),
    st.datetimes(timezones=st.just(UTC)),
    st.uuids(),
)


@given(rows)
def test_a_cursor_leads_back_to_its_row(row: Row) -> None:
    assert ORDER.place(ORDER.cursor(row)) == (row.name, row.day, row.at, row.id)


@given(st.text())
def test_what_is_no_cursor_is_refused_and_nothing_else_happens(text: str) -> None:
    with pytest.raises(InvalidInput):
        ORDER.place(text)


@given(rows)
def test_the_cursor_of_another_list_is_refused(row: Row) -> None:
    other = Order("others", ("name", str), ("day", date), ("at", datetime), ("id", UUID))
    with pytest.raises(InvalidInput):
        other.place(ORDER.cursor(row))


def test_pages_are_clamped_and_go_in_one_direction() -> None:
    assert ORDER.request(1000, None, None, None).size == LARGEST_PAGE
    assert ORDER.request(None, None, None, None).size == DEFAULT_PAGE
    assert ORDER.request(None, None, 7, None).backward
    with pytest.raises(InvalidInput):
        ORDER.request(1, None, 1, None)
    with pytest.raises(InvalidInput):
        ORDER.request(-1, None, None, None)
