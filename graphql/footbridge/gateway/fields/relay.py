"""Relay by its specification: `Node`, connections over keyset pages, and cursors that lead one reader through one list.

https://relay.dev/graphql/connections.htm and https://relay.dev/graphql/objectidentification.htm
"""

import base64
import hashlib
import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any, Generic, TypeVar, cast
from uuid import UUID

import strawberry
from strawberry.annotation import StrawberryAnnotation
from strawberry.extensions.field_extension import AsyncExtensionResolver, FieldExtension
from strawberry.types import Info
from strawberry.types.arguments import StrawberryArgument
from strawberry.types.field import StrawberryField

from footbridge.gateway.documents.cost_directives import PAGED
from footbridge.gateway.fields.rights import Requires
from footbridge.runtime.errors import InvalidInput
from footbridge.runtime.pages import DEFAULT_PAGE, LARGEST_PAGE, Page, PageRequest
from footbridge.tenancy.permission import Permission

LONGEST_CURSOR = 6000
"""That of a name of 1,000 bytes in which each character has to be escaped is shorter."""

NodeType = TypeVar("NodeType")
Resolver = Callable[..., Any]


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

    @strawberry.field
    def nodes(self) -> list[NodeType]:
        return [edge.node for edge in self.edges]


class NoCursor(InvalidInput):
    """The same for a cursor of another list, of another person, and for no cursor at all."""

    def __init__(self) -> None:
        super().__init__("This is not a cursor of this list: take endCursor or startCursor of one of its pages.")


class Order:
    """The columns of a list's order: how a row becomes a cursor, and a cursor a place in the list."""

    def __init__(self, *columns: tuple[str, type]) -> None:
        self._columns = columns

    def cursor(self, row: Any, mark: str) -> str:
        values = [_text(getattr(row, name)) for name, _ in self._columns]
        packed = json.dumps([mark, *values], separators=(",", ":")).encode()
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
    session = info.context.session
    tenant = getattr(session, "school_id", None) or session.trust_id
    field = f"{info._raw_info.parent_type.name}.{info.field_name}"
    return hashlib.sha256(f"{tenant} {session.caller.id} {field}".encode()).hexdigest()[:16]


class Pages(FieldExtension):
    """Gives a field Relay's four arguments, hands its resolver the `page` they ask for, and connects what it finds."""

    def __init__(self, order: Order, node: Callable[[Any], Any]) -> None:
        self._order = order
        self._node = node

    def apply(self, field: StrawberryField) -> None:
        own = [argument for argument in field.arguments if argument.python_name != "page"]
        field.arguments = [*own, *_page_arguments()]

    async def resolve_async(
        self, next_: AsyncExtensionResolver, source: Any, info: Info[Any, Any], **kwargs: Any
    ) -> Connection[Any]:
        mark = mark_of(info)
        asked = {name: kwargs.pop(name, None) for name in ("first", "after", "last", "before")}
        found = await next_(source, info, page=self._order.request(mark, **asked), **kwargs)
        return self._connection(found, mark)

    def _connection(self, page: Page[Any], mark: str) -> Connection[Any]:
        edges = [Edge(cursor=self._order.cursor(row, mark), node=self._node(row)) for row in page.items]
        info = PageInfo(
            has_next_page=page.has_next,
            has_previous_page=page.has_previous,
            start_cursor=edges[0].cursor if edges else None,
            end_cursor=edges[-1].cursor if edges else None,
        )
        return Connection(edges=edges, page_info=info)


def connection(
    node: Any, order: Order, permission: Permission | None = None, *, description: str | None = None
) -> Callable[[Resolver], Any]:
    """A field that is a connection of `node`. Its resolver takes `page: PageRequest` and answers a `Page` of rows."""

    def declare(resolver: Resolver) -> Any:
        resolver.__annotations__["return"] = Connection[node]
        guards: list[FieldExtension] = [Requires(permission)] if permission else []
        extensions = [Pages(order, node.from_record), *guards]  # the last is outermost
        return strawberry.field(resolver, description=description, directives=[PAGED], extensions=extensions)

    return cast("Callable[[Resolver], Any]", declare)


def _page_arguments() -> list[StrawberryArgument]:
    kinds = {"first": int, "after": str, "last": int, "before": str}
    return [
        StrawberryArgument(
            python_name=name, graphql_name=None, type_annotation=StrawberryAnnotation(kind | None), default=None
        )
        for name, kind in kinds.items()
    ]


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
