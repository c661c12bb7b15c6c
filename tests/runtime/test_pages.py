"""Keyset pages against a plain sort in Python: equal keys, both directions, rows that come in between."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Integer, Select, Text, Uuid, column, select, values

from footbridge.runtime.database import Database, Role
from footbridge.runtime.ids import new_id
from footbridge.runtime.pages import Keyset, Page, PageRequest

Row = tuple[str, int, UUID, UUID]  # two that sort, the id, the parent
Key = tuple[str, int, UUID]

FEW = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
PARENTS = [UUID(int=number) for number in (1, 2, 3)]

ids = st.uuids()
keys = st.tuples(st.sampled_from(["a", "b", "ä", "Z", ""]), st.integers(-1, 2), ids)
rows = st.builds(lambda key, parent: (*key, parent), keys, st.sampled_from(PARENTS))
several = st.lists(rows, min_size=1, max_size=12, unique_by=lambda row: row[2])


def table_of(content: Sequence[Row]) -> Any:
    columns = (
        column("word", Text(collation="C")),
        column("number", Integer),
        column("id", Uuid),
        column("parent", Uuid),
    )
    return values(*columns, name="content").data(list(content))


def keyset_of(table: Any, descending: bool) -> Keyset:
    return Keyset((table.c.word.collate("C"), table.c.number, table.c.id), descending=descending)


def selected(table: Any) -> Select[*tuple[Any, ...]]:
    return select(table.c.word, table.c.number, table.c.id, table.c.parent)


def a_row(*parts: Any) -> Row:
    return parts


async def page_of(database: Database, content: Sequence[Row], request: PageRequest, descending: bool) -> Page[Row]:
    table = table_of(content)
    async with database.transaction(Role.TRUST, trust_id=new_id(), read_only=True) as transaction:
        return await keyset_of(table, descending).page(transaction, selected(table), request, a_row)


def key_of(row: Row) -> tuple[bytes, int, UUID]:
    return row[0].encode(), row[1], row[2]


def expected(content: Sequence[Row], request: PageRequest, descending: bool) -> Page[Row]:
    ordered = sorted(content, key=key_of, reverse=descending)

    def follows(row: Row, other: Any) -> bool:
        return key_of(row) < key_of(other) if descending else key_of(row) > key_of(other)

    def precedes(row: Row, other: Any) -> bool:
        return row[:3] != other and not follows(row, other)

    window = [row for row in ordered if request.after is None or follows(row, request.after)]
    window = [row for row in window if request.before is None or precedes(row, request.before)]
    cut = len(window) > request.size
    if request.backward:
        kept = window[len(window) - min(request.size, len(window)) :]
        return Page(kept, has_next=request.before is not None, has_previous=cut)
    return Page(window[: request.size], has_next=cut, has_previous=request.after is not None)


@st.composite
def asked(draw: st.DrawFn, content: Sequence[Row]) -> PageRequest:
    """Next to rows that are there, and next to some that have gone."""
    ends = st.none() | st.sampled_from([row[:3] for row in content]) | keys
    return PageRequest(draw(st.integers(0, 13)), draw(st.booleans()), draw(ends), draw(ends))


@FEW
@given(data=st.data(), content=several, descending=st.booleans())
async def test_a_page_is_what_a_plain_sort_would_give(
    shared_database: Database, data: st.DataObject, content: list[Row], descending: bool
) -> None:
    request = data.draw(asked(content))
    page = await page_of(shared_database, content, request, descending)
    wanted = expected(content, request, descending)
    assert (list(page.items), page.has_next, page.has_previous) == (
        list(wanted.items), wanted.has_next, wanted.has_previous,
    )  # fmt: skip


@FEW
@given(data=st.data(), content=several, descending=st.booleans())
async def test_pages_of_many_parents_are_each_parents_page(
    shared_database: Database, data: st.DataObject, content: list[Row], descending: bool
) -> None:
    request = data.draw(asked(content))
    table = table_of(content)
    keyset = keyset_of(table, descending)
    async with shared_database.transaction(Role.TRUST, trust_id=new_id(), read_only=True) as transaction:
        pages = await keyset.pages(transaction, selected(table), table.c.parent, PARENTS, request, a_row)
        alone = {
            parent: await keyset.page(transaction, selected(table).where(table.c.parent == parent), request, a_row)
            for parent in PARENTS
        }
    assert {parent: (list(p.items), p.has_next, p.has_previous) for parent, p in pages.items()} == {
        parent: (list(p.items), p.has_next, p.has_previous) for parent, p in alone.items()
    }


@FEW
@given(
    content=several,
    arriving=st.lists(rows, max_size=12, unique_by=lambda row: row[2]),
    size=st.integers(1, 4),
    descending=st.booleans(),
    backward=st.booleans(),
)
async def test_a_walk_loses_and_repeats_nothing_while_rows_come_in(
    shared_database: Database, content: list[Row], arriving: list[Row], size: int, descending: bool, backward: bool
) -> None:
    there, seen, cursor = list(content), list[Row](), None
    coming = [row for row in arriving if row[2] not in {known[2] for known in content}]
    while True:
        ends = {"before": cursor} if backward else {"after": cursor}
        page = await page_of(shared_database, there, PageRequest(size, backward, **ends), descending)
        seen = [*page.items, *seen] if backward else [*seen, *page.items]
        if not (page.has_previous if backward else page.has_next):
            break
        cursor = page.items[0 if backward else -1][:3]
        there += [coming.pop()] if coming else []
    assert len({row[2] for row in seen}) == len(seen)
    assert {row[2] for row in content} <= {row[2] for row in seen}
    assert seen == sorted(seen, key=key_of, reverse=descending)


@pytest.mark.parametrize("backward", [False, True])
async def test_a_page_of_none_still_tells_whether_there_is_more(shared_database: Database, backward: bool) -> None:
    content: list[Row] = [("a", 1, new_id(), PARENTS[0])]
    page = await page_of(shared_database, content, PageRequest(0, backward), descending=False)
    assert (list(page.items), page.has_previous if backward else page.has_next) == ([], True)
