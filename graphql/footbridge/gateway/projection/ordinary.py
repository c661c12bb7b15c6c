"""The ordinary path: each field resolved by graphql-core from the same declaration, many parents in one statement.

It is what the compiled read is compared with, and what runs where there is an error to tell.
"""

from collections.abc import Awaitable, Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Select, false, func, select

from footbridge.gateway.fields.relay import Connection, Order, connected, mark_of
from footbridge.gateway.projection.projected import column_values, projection_of, resolved
from footbridge.gateway.projection.rows import Rows
from footbridge.gateway.projection.session import session_values
from footbridge.gateway.projection.sources import PAGE_ARGUMENTS, Derived, Embedded, Related, Shape, Source
from footbridge.runtime.database import Transaction
from footbridge.runtime.pages import Keyset, Page, PageRequest

Query = Select[*tuple[Any, ...]]
Row = Mapping[str, Any]


def made(kind: Any, row: Row, given: Mapping[str, Any], *, rows: Rows, prefix: str = "") -> Any:
    """An object of a type; it keeps its row, and the parameters that the row was asked for with."""
    values = {name: show(row[column]) for name, (column, show) in column_values(kind, rows, prefix).items()
              if row[column] is not None}  # fmt: skip
    empty = dict.fromkeys(column_values(kind, rows, prefix))
    found = kind(**empty | values)
    found.__dict__.update(_row=row, _given=given, _rows=rows)
    return found


async def resolve(source: Source, parent: Any, info: Any, arguments: dict[str, Any]) -> Any:
    match source:
        case Embedded():
            return _embedded(source, parent)
        case Derived():
            values = [parent._row[name] for name in source.columns]
            return source.make(*values) if source.columns else source.make(**arguments)
        case Related():
            return await _related(source, parent, info, arguments)
    raise TypeError(source)


def _embedded(source: Embedded, parent: Any) -> Any:
    if parent._row[source.when] is None:
        return None
    return made(source.target, parent._row, parent._given, rows=parent._rows, prefix=source.prefix)


async def _related(source: Related, parent: Any, info: Any, arguments: dict[str, Any]) -> Any:
    asked = Asked.of(source, parent, info, arguments)
    if source.shape is Shape.PAGE:
        return await _page(asked, info, arguments)
    found = await asked.among(info, "rows", asked.load_rows)
    if source.shape is Shape.MANY:
        return [asked.made(row) for row in found]
    return asked.made(found[0]) if found else None


async def _page(asked: "Asked", info: Any, arguments: Mapping[str, Any]) -> Connection[Any]:
    order = Order.of(asked.order)
    mark = mark_of(info)
    request = order.request(mark, **{name: arguments.get(name) for name in PAGE_ARGUMENTS})

    async def load(keys: list[Any]) -> list[Page[Row]]:
        return await asked.load_pages(keys, request)

    async def total() -> int:
        return cast("int", await asked.among(info, "total", asked.load_totals))

    page = await asked.among(info, ("page", request), load)
    return connected(order, mark, page, asked.made, total)


@dataclass(frozen=True)
class Asked:
    """Rows that a field of one parent asks for; parents of the same question are answered together."""

    source: Related
    kind: Any
    rows: Rows
    query: Query
    given: Row
    key: Any
    context: Any

    @classmethod
    def of(cls, source: Related, parent: Any, info: Any, arguments: Mapping[str, Any]) -> "Asked":
        session = info.context.session
        kind = resolved(source.target)
        rows = source.rows or projection_of(kind).rows
        given = {**session_values(session), **getattr(parent, "_given", {}), **source.parameters(arguments)}
        query = rows.query.where(*source.asked(arguments).values())
        if rows.tenant:
            query = query.where(rows.column(rows.tenant) == given[rows.tenant])
        query = query.params(given)
        key = parent._row[source.parent] if source.parent else given.get("key") if source.column else None
        if source.parent and key is None:
            query = query.where(false())
        return cls(source, kind, rows, query, given, key, info.context)

    @property
    def order(self) -> Keyset:
        assert self.source.order is not None
        return self.source.order

    @property
    def transaction(self) -> Transaction:
        found: Transaction = self.context.session.transaction
        return found

    def made(self, row: Row) -> Any:
        reads = projection_of(self.kind).reads
        if reads is not None:
            columns = [row[name] for name in reads.columns]
            self.context.note(repr(columns), reads.make(*columns))
        return made(self.kind, row, self.given, rows=self.rows)

    async def among(self, info: Any, what: Hashable, load: Callable[[list[Any]], Awaitable[Sequence[Any]]]) -> Any:
        question = (self.source, what, self.key is None, repr(sorted(self.given.items())))
        return await info.context.loaders.get(question, load).load(self.key)

    async def load_rows(self, keys: list[Any]) -> list[list[Row]]:
        query = self._of(keys)
        if self.source.order is not None:
            query = query.order_by(*self.source.order.order())
        found: dict[Any, list[Row]] = {key: [] for key in keys}
        for row in await self.transaction.all(query):
            found[None if self.key is None else row[self.source.column]].append(row)
        return list(found.values())

    async def load_pages(self, keys: list[Any], request: PageRequest) -> list[Page[Row]]:
        if self.key is None:
            return [await self.order.page(self.transaction, self.query, request, self._row)]
        parent = self.rows.column(self.source.column or "")
        pages = await self.order.pages(self.transaction, self.query, parent, keys, request, self._row)
        return [pages[key] for key in keys]

    async def load_totals(self, keys: list[Any]) -> list[int]:
        counted = self._of(keys).subquery()
        if self.key is None:
            return [await self.transaction.scalar(select(func.count()).select_from(counted))]
        key = counted.c[self.source.column or ""]
        totals = dict(map(tuple, await self.transaction.all(select(key, func.count()).group_by(key))))
        return [totals.get(key, 0) for key in keys]

    def _of(self, keys: list[Any]) -> Query:
        if self.key is None:
            return self.query
        return self.query.where(self.rows.column(self.source.column or "").in_(keys))

    def _row(self, *values: Any) -> Row:
        return dict(zip(self.rows.names, values, strict=True))


async def tell(source: Related, info: Any, key: UUID) -> Any:
    """The thing with this id, as it is now."""
    return await resolve(source, None, info, {"key": key})
