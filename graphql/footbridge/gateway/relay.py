"""Relay connections over keyset pages, with cursors that say where in the order a row stands."""

import base64
import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

import strawberry

from footbridge.runtime.errors import InvalidInput
from footbridge.runtime.pages import DEFAULT_PAGE, LARGEST_PAGE, Page, PageRequest

Node = TypeVar("Node")
Row = TypeVar("Row")


@strawberry.type(description="Relay's page information.")
class PageInfo:
    has_next_page: bool
    has_previous_page: bool
    start_cursor: str | None
    end_cursor: str | None


@strawberry.type
class Edge(Generic[Node]):
    cursor: str
    node: Node


@strawberry.type
class Connection(Generic[Node]):
    edges: list[Edge[Node]]
    page_info: PageInfo

    @strawberry.field
    def nodes(self) -> list[Node]:
        return [edge.node for edge in self.edges]


class Order:
    """The columns of one list's order: how a row becomes a cursor, and a cursor a place in the list."""

    def __init__(self, name: str, *columns: tuple[str, type]) -> None:
        self._name = name
        self._columns = columns

    def cursor(self, row: Any) -> str:
        values = [_text(getattr(row, name)) for name, _ in self._columns]
        packed = json.dumps([self._name, *values], separators=(",", ":")).encode()
        return base64.urlsafe_b64encode(packed).decode().rstrip("=")

    def place(self, cursor: str) -> tuple[Any, ...]:
        """The row's values; InvalidInput for the cursor of another list, or for no cursor at all."""
        try:
            padded = cursor + "=" * (-len(cursor) % 4)
            name, *values = json.loads(base64.urlsafe_b64decode(padded.encode()))
            if name != self._name:
                raise InvalidInput("This cursor belongs to another list.")
            return tuple(_value(text, kind) for text, (_, kind) in zip(values, self._columns, strict=True))
        except (ValueError, TypeError, OverflowError, RecursionError):
            raise InvalidInput("This is not a cursor: take endCursor or startCursor of a page.") from None

    def request(self, first: int | None, after: str | None, last: int | None, before: str | None) -> PageRequest:
        """Relay's arguments; sizes are clamped to 100, and a page goes in one direction."""
        if first is not None and last is not None:
            raise InvalidInput("Ask for the first or for the last rows, not for both.")
        size = last if last is not None else DEFAULT_PAGE if first is None else first
        if size < 0:
            raise InvalidInput("A page has no fewer than 0 rows.")
        return PageRequest(
            size=min(size, LARGEST_PAGE),
            backward=last is not None,
            after=None if after is None else self.place(after),
            before=None if before is None else self.place(before),
        )

    def connection(self, page: Page[Row], node: Callable[[Row], Node]) -> Connection[Node]:
        edges = [Edge(cursor=self.cursor(row), node=node(row)) for row in page.items]
        info = PageInfo(
            has_next_page=page.has_next,
            has_previous_page=page.has_previous,
            start_cursor=edges[0].cursor if edges else None,
            end_cursor=edges[-1].cursor if edges else None,
        )
        return Connection(edges=edges, page_info=info)


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
