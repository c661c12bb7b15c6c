"""Relay by its specification: `Node`, connections over keyset pages, and cursors that lead one reader through one list.

https://relay.dev/graphql/connections.htm and https://relay.dev/graphql/objectidentification.htm
"""

import base64
import hashlib
import json
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, date, datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

import strawberry
from strawberry.types import Info

from footbridge.gateway.documents.cost_directives import weighs
from footbridge.runtime.errors import InvalidInput
from footbridge.runtime.pages import DEFAULT_PAGE, LARGEST_PAGE, Keyset, Page, PageRequest
from footbridge.tenancy.session import SchoolSession, TrustSession

LONGEST_CURSOR = 6000
"""That of a name of 1,000 bytes in which each character has to be escaped is shorter."""

NodeType = TypeVar("NodeType")


@strawberry.interface(description="What can be found again by its id.")
class Node:
    id: strawberry.ID


@strawberry.type(description="Relay's page information.")
class PageInfo:
    has_next_page: bool
    has_previous_page: bool
    start_cursor: str | None
    end_cursor: str | None


@strawberry.type
class Edge(Generic[NodeType]):
    cursor: str
    node: NodeType


@strawberry.type
class Connection(Generic[NodeType]):
    edges: list[Edge[NodeType]]
    page_info: PageInfo
    count: strawberry.Private[Callable[[], Awaitable[int]]]

    @strawberry.field
    def nodes(self) -> list[NodeType]:
        return [edge.node for edge in self.edges]

    @strawberry.field(description="Of the whole list.", directives=[weighs(20)])
    async def total_count(self) -> int:
        return await self.count()


class NoCursor(InvalidInput):
    """The same for a cursor of another list, of another person, and for no cursor at all."""

    def __init__(self) -> None:
        super().__init__("This is not a cursor of this list: take endCursor or startCursor of one of its pages.")


class Order:
    """The columns of a list's order: how a row becomes a cursor, and a cursor a place in the list."""

    def __init__(self, *columns: tuple[str, type]) -> None:
        self._columns = columns

    @classmethod
    def of(cls, keyset: Keyset) -> "Order":
        return cls(*((column.name, column.type.python_type) for column in keyset.columns))

    def cursor(self, row: Mapping[str, Any], mark: str) -> str:
        values = [_text(row[name]) for name, _ in self._columns]
        packed = json.dumps([mark, *values], ensure_ascii=False, separators=(",", ":")).encode()
        return base64.urlsafe_b64encode(packed).decode().rstrip("=")

    def place(self, cursor: str, mark: str) -> tuple[Any, ...]:
        """The row's values; raises NoCursor."""
        if len(cursor) > LONGEST_CURSOR:
            raise NoCursor
        try:
            padded = cursor + "=" * (-len(cursor) % 4)
            found, *values = json.loads(base64.urlsafe_b64decode(padded.encode()))
            if found != mark:
                raise NoCursor
            return tuple(_value(text, kind) for text, (_, kind) in zip(values, self._columns, strict=True))
        except (ValueError, TypeError, OverflowError, RecursionError):
            raise NoCursor from None

    def request(
        self, mark: str, *, first: int | None, after: str | None, last: int | None, before: str | None
    ) -> PageRequest:
        """Sizes are clamped to 100, and a page goes in one direction."""
        if first is not None and last is not None:
            raise InvalidInput("Ask for the first or for the last rows, not for both.")
        size = last if last is not None else DEFAULT_PAGE if first is None else first
        if size < 0:
            raise InvalidInput("A page has no fewer than 0 rows.")
        return PageRequest(
            size=min(size, LARGEST_PAGE),
            backward=last is not None,
            after=None if after is None else self.place(after, mark),
            before=None if before is None else self.place(before, mark),
        )


def mark_of(info: Info[Any, Any]) -> str:
    """Whose cursor it is: of this tenant, this person or token, and this field.

    It keeps a cursor from being used elsewhere by mistake or by another. It is no secret: one who makes a cursor by
    hand finds a place in a list that is open to them anyway.
    """
    return mark_for(info.context.session, info._raw_info.parent_type.name, info.field_name)


def mark_for(session: SchoolSession | TrustSession, parent: str, name: str) -> str:
    tenant = getattr(session, "school_id", None) or session.trust_id
    field = f"{parent}.{name}"
    return hashlib.sha256(f"{tenant} {session.caller.id} {field}".encode()).hexdigest()[:16]


def connected(
    order: Order, mark: str, page: Page[Any], node: Callable[[Any], Any], count: Callable[[], Awaitable[int]]
) -> Connection[Any]:
    edges = [Edge(cursor=order.cursor(row, mark), node=node(row)) for row in page.items]
    info = PageInfo(
        has_next_page=page.has_next,
        has_previous_page=page.has_previous,
        start_cursor=edges[0].cursor if edges else None,
        end_cursor=edges[-1].cursor if edges else None,
    )
    return Connection(edges=edges, page_info=info, count=count)


def _text(value: Any) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)


def _value(text: str, kind: type) -> Any:
    if not isinstance(text, str) or "\0" in text:
        raise ValueError("not a cursor")
    text.encode()  # a lone surrogate is a ValueError
    if kind is UUID:
        return UUID(text)
    if kind is datetime:
        return datetime.fromisoformat(text).astimezone(UTC)
    if kind is date:
        return date.fromisoformat(text)
    return kind(text)
