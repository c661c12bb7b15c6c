"""Pages of a long list by keyset: stable under inserts, the same cost on every page."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from uuid import UUID

from sqlalchemy import Select, Table, func, literal, tuple_

from footbridge.runtime.database import Transaction

Item = TypeVar("Item")

LARGEST_PAGE = 100
DEFAULT_PAGE = 50


@dataclass(frozen=True)
class PageRequest:
    """`after` and `before` are the values of the order's columns in the row next to the page."""

    size: int = DEFAULT_PAGE
    backward: bool = False
    after: tuple[Any, ...] | None = None
    before: tuple[Any, ...] | None = None


@dataclass(frozen=True)
class Page(Generic[Item]):
    items: Sequence[Item]
    has_next: bool
    has_previous: bool


@dataclass(frozen=True)
class Keyset:
    """Columns of uuid, date, timestamptz, integer or text, the last one unique; all in one direction."""

    columns: tuple[Any, ...]
    descending: bool = False

    def order(self, backward: bool = False) -> list[Any]:
        descending = self.descending != backward
        return [column.desc() if descending else column.asc() for column in self.columns]

    def _beyond(self, values: tuple[Any, ...], *, later: bool) -> Any:
        own = tuple_(*self.columns)
        other = tuple_(*(literal(value, column.type) for value, column in zip(values, self.columns, strict=True)))
        return own < other if later == self.descending else own > other

    def _window(self, query: Select[*tuple[Any, ...]], request: PageRequest) -> Select[*tuple[Any, ...]]:
        if request.after is not None:
            query = query.where(self._beyond(request.after, later=True))
        if request.before is not None:
            query = query.where(self._beyond(request.before, later=False))
        return query

    async def page(
        self,
        transaction: Transaction,
        query: Select[*tuple[Any, ...]],
        request: PageRequest,
        record: Callable[..., Item],
    ) -> Page[Item]:
        """One statement; one row more than asked tells whether there is another page."""
        query = self._window(query, request).order_by(*self.order(request.backward)).limit(request.size + 1)
        return _cut(await transaction.records(query, record), request)

    async def pages(
        self,
        transaction: Transaction,
        query: Select[*tuple[Any, ...]],
        parent: Any,
        parent_ids: Sequence[UUID],
        request: PageRequest,
        record: Callable[..., Item],
    ) -> dict[UUID, Page[Item]]:
        """The same page for many parents in one statement."""
        number = func.row_number().over(partition_by=parent, order_by=self.order(request.backward))
        ranked = self._window(query.where(parent.in_(parent_ids)), request)
        inner = ranked.add_columns(parent.label("page_parent"), number.label("page_row")).subquery()
        rows = await transaction.all(
            inner.select().where(inner.c.page_row <= request.size + 1).order_by(inner.c.page_row)
        )
        found: dict[UUID, list[Item]] = {parent_id: [] for parent_id in parent_ids}
        for *values, parent_id, _ in rows:
            found[parent_id].append(record(*values))
        return {parent_id: _cut(items, request) for parent_id, items in found.items()}


def _cut(items: list[Item], request: PageRequest) -> Page[Item]:
    more = len(items) > request.size
    kept = items[: request.size]
    if request.backward:
        return Page(kept[::-1], has_next=request.before is not None, has_previous=more)
    return Page(kept, has_next=more, has_previous=request.after is not None)


def oldest(table: Table) -> Keyset:
    """As they were entered."""
    return Keyset((table.c.created_at, table.c.id))
