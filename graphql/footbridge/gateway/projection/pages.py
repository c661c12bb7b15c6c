"""Writes a connection: one page of rows by keyset, with its edges, its `pageInfo`, and its total only when asked.

Relay's algorithm is in the SQL: the rows beyond `after` and `before`, in the list's order or from its end. Where
`pageInfo` is asked for, one more than the page takes, each with its number in `page_row`.
"""

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from graphql import FieldNode, GraphQLObjectType, get_named_type

from footbridge.gateway.projection.codec import cast_of, cursor_part
from footbridge.gateway.projection.selection import Selections
from footbridge.gateway.projection.sources import Related
from footbridge.gateway.projection.statement import Place, Statement
from footbridge.gateway.projection.text import Asked, Sql, Text, object_text
from footbridge.runtime.pages import Keyset

if TYPE_CHECKING:
    from footbridge.gateway.projection.compiler import Compiler, Found, Scope


def order_sql(order: Keyset | None, alias: str, *, backward: bool = False) -> str:
    assert order is not None
    direction = " desc" if order.descending != backward else ""
    return ", ".join(f"{alias}.{column.name}{direction}" for column in order.columns)


class PageWriter:
    def __init__(
        self,
        compiler: "Compiler",
        statement: Statement,
        selections: Selections,
        source: Related,
        scope: "Scope",
        place: Place,
        found: "Found",
    ) -> None:
        assert source.order is not None
        self._compiler = compiler
        self._statement = statement
        self._selections = selections
        self._order = source.order
        self._scope = scope
        self._found = found
        self._sums_up = False
        self._numbered = False
        self._after, self._before, self._backward = place.ends_asked(selections.variables)
        statement.is_personal |= self._after or self._before

    def connection(self, of: GraphQLObjectType, nodes: Sequence[FieldNode]) -> str:
        parts = self._selections.of(of, nodes)
        self._numbered = any(asked[0].name.value == "pageInfo" for asked in parts.values())
        shown = object_text(of.name, parts, partial(self._part, of)).expression
        return f"(select {shown} from {self._page()})" if self._sums_up else shown

    def _part(self, of: GraphQLObjectType, name: str, asked: Asked) -> Text:
        if name == "totalCount":
            return Text(Sql(f"(select count(*) {self._found.sql()})::text"))
        inner: Any = get_named_type(of.fields[name].type)
        if name == "nodes":
            return Text(Sql(self._listed(self._compiler.object(self._scope, inner, asked))))
        parts = self._selections.of(inner, asked)
        if name == "edges":
            edge = object_text(inner.name, parts, partial(self._of_edge, inner))
            return Text(Sql(self._listed(edge.expression)))
        return object_text(inner.name, parts, self._of_page_info)

    def _of_edge(self, of: GraphQLObjectType, name: str, asked: Asked) -> Text:
        if name == "cursor":
            return Text(Sql(self._cursor()))
        inner: Any = get_named_type(of.fields[name].type)
        return Text(Sql(self._compiler.object(self._scope, inner, asked)))

    def _of_page_info(self, name: str, _: Asked) -> Text:
        if name in {"hasNextPage", "hasPreviousPage"}:
            return self._has(onward=(name == "hasNextPage") != self._backward)
        return Text(Sql(self._end(first=(name == "startCursor") != self._backward)))

    def _has(self, *, onward: bool) -> Text:
        """In the page's own direction the one row more tells; backwards, that the page has an end there."""
        if onward:
            self._sums_up = True
            return Text(Sql(f"case when count(*) > {self._size} then 'true' else 'false' end"))
        return Text("true" if (self._before if self._backward else self._after) else "false")

    def _end(self, *, first: bool) -> str:
        """The cursor of the page's first row, or of its last one, as the rows are numbered."""
        self._sums_up = True
        alias = self._scope.alias
        place = "1" if first else f"least({alias}.page_rows, {self._size})"
        only = f"filter (where {alias}.page_row = {place} and {alias}.page_row <= {self._size})"
        return f"coalesce(min({self._cursor()}) {only}, 'null')"

    def _listed(self, shown: str) -> str:
        self._sums_up = True
        alias, order, only = self._scope.alias, order_sql(self._order, self._scope.alias), ""
        if self._numbered:
            order = f"{alias}.page_row{' desc' if self._backward else ''}"
            only = f" filter (where {alias}.page_row <= {self._size})"
        return f"'[' || coalesce(string_agg({shown}, ',' order by {order}){only}, '') || ']'"

    def _page(self) -> str:
        alias, order = self._scope.alias, order_sql(self._order, self._scope.alias, backward=self._backward)
        limit = self._statement.parameter(self._scope.place, "page_and_one" if self._numbered else "page_size")
        found = self._found.sql(*self._beyond())
        rows = f"select {alias}.* {found} order by {order} limit {limit}::int"
        if not self._numbered:
            return f"({rows}) {alias}"
        numbered = f"select {alias}.*, row_number() over (order by {order}) as page_row, count(*) over () as page_rows"
        return f"({numbered} from ({rows}) {alias}) {alias}"

    def _beyond(self) -> Sequence[str]:
        alias, columns = self._scope.alias, self._order.columns
        own = ", ".join(f"{alias}.{column.name}" for column in columns)
        found = []
        for end, asked in (("after", self._after), ("before", self._before)):
            if asked:
                values = ", ".join(
                    f"{self._statement.parameter(self._scope.place, f'{end}_{number}')}::{cast_of(column)}"
                    for number, column in enumerate(columns)
                )
                later = (end == "after") != self._order.descending
                found.append(f"({own}) {'>' if later else '<'} ({values})")
        return found

    def _cursor(self) -> str:
        """As `Order.cursor` packs it."""
        self._statement.is_personal = True
        text = Text()
        text.word('["')
        text.sql(f"{self._statement.parameter(self._scope.place, 'mark')}::text")
        text.word('"')
        for column in self._order.columns:
            text.word(",")
            text.add(cursor_part(column, f"{self._scope.alias}.{column.name}"))
        text.word("]")
        packed = f"encode(convert_to({text.expression}, 'UTF8'), 'base64')"
        return f"'\"' || translate({packed}, E'+/=\\n', '-_') || '\"'"

    @property
    def _size(self) -> str:
        return f"{self._statement.parameter(self._scope.place, 'page_size')}::int"
