"""Writes the SQL of a root field: one SELECT that makes the JSON of its value.

Everything is an expression of text that is never null: `null` stands as the word, and what must not be null but is,
as BROKEN. What a request says goes in as parameters; of its document only response keys stand in the text, and they
are names of GraphQL's grammar.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from graphql import FieldNode, GraphQLField, GraphQLObjectType, get_named_type, is_non_null_type
from strawberry.types.field import StrawberryField
from strawberry.utils.str_converters import to_camel_case

from footbridge.gateway.fields.rights import permission_of
from footbridge.gateway.projection.grouped import BELOW, EACH, Grouped
from footbridge.gateway.projection.markers import BROKEN, FILL, Filler, argument_sql, reader_of
from footbridge.gateway.projection.pages import PageWriter, order_sql
from footbridge.gateway.projection.projected import column_codec, has_rows, projection_of, resolved
from footbridge.gateway.projection.python_values import shower_of
from footbridge.gateway.projection.rows import Rows
from footbridge.gateway.projection.selection import NotCompiled, Selections
from footbridge.gateway.projection.sources import Column, Derived, Embedded, Related, Shape, source_of
from footbridge.gateway.projection.statement import Place, Statement, Worked, is_given
from footbridge.gateway.projection.text import Sql, Text, literal, object_text


@dataclass(frozen=True)
class Scope:
    """Rows under an alias, and the type whose fields are asked of them; `prefix` is that of an embedded object."""

    kind: Any
    rows: Rows
    alias: str
    place: int | None
    prefix: str = ""

    def column(self, name: str) -> Any:
        return self.rows.column(self.prefix + name)


@dataclass(frozen=True)
class Found:
    """The rows that a field asks for: FROM, and WHERE."""

    rows: str
    conditions: tuple[str, ...]

    def sql(self, *more: str) -> str:
        conditions = (*self.conditions, *more)
        return f"from {self.rows}" + (f" where {' and '.join(conditions)}" if conditions else "")


class Compiler:
    def __init__(self, selections: Selections, statement: Statement, *, tenant_keys: bool = True) -> None:
        self._selections = selections
        self._statement = statement
        self._tenant_keys = tenant_keys

    def field(self, scope: Scope | None, of: GraphQLObjectType, nodes: Sequence[FieldNode]) -> Text:
        """The JSON of one field; raises NotCompiled."""
        definition = of.fields[nodes[0].name.value]
        declared = definition.extensions.get("strawberry-definition")
        if not isinstance(declared, StrawberryField):
            raise NotCompiled
        permission = permission_of(definition)
        if permission is not None:
            self._statement.permissions.add(permission)
        source = source_of(declared)
        if isinstance(source, Related):
            place = Place(source, definition, nodes[0], of.name) if source.arguments else None
            required = is_non_null_type(definition.type)
            return Text(Sql(self.related(source, scope, _object_of(definition), nodes, place, required=required)))
        if scope is None:
            raise NotCompiled
        match source:
            case Column():
                return self._column(source, scope, declared, definition)
            case Embedded():
                return Text(Sql(self._embedded(source, scope, definition, nodes)))
            case Derived():
                return self._derived(source, scope, definition, nodes)
        raise NotCompiled

    def object(self, scope: Scope, of: GraphQLObjectType, nodes: Sequence[FieldNode]) -> str:
        text = Text()
        if has_rows(scope.kind) and not scope.prefix:
            self._note_reading(scope, text)
        text.add(object_text(of.name, self._selections.of(of, nodes), lambda _, asked: self.field(scope, of, asked)))
        return text.expression

    def _column(self, source: Column, scope: Scope, declared: StrawberryField, definition: GraphQLField) -> Text:
        codec = column_codec(scope.kind, declared, source, scope.rows, scope.prefix)
        shown = codec.sql(self.column_sql(scope, source.name))
        required = is_non_null_type(definition.type)
        if required and scope.rows.never_null(scope.prefix + source.name):
            return shown
        return Text(Sql(f"coalesce({shown.expression}, {literal(BROKEN if required else 'null')})"))

    def _embedded(self, source: Embedded, scope: Scope, definition: GraphQLField, nodes: Sequence[FieldNode]) -> str:
        inner = replace(scope, kind=resolved(source.target), prefix=scope.prefix + source.prefix)
        shown = self.object(inner, _object_of(definition), nodes)
        return f"case when {self.column_sql(scope, source.when)} is null then 'null' else {shown} end"

    def _derived(self, source: Derived, scope: Scope, definition: GraphQLField, nodes: Sequence[FieldNode]) -> Text:
        show = shower_of(definition.type, nodes, self._selections)
        if source.columns:
            return self._mark(source, scope, show)
        at = self._statement.enter(Worked(source, definition, nodes[0], show), scope.place)
        return Text(Sql(f"{self._statement.parameter(at, 'worked')}::text"))

    def _note_reading(self, scope: Scope, text: Text) -> None:
        reads = projection_of(scope.kind).reads
        if reads is not None:
            text.add(self._mark(reads, scope, None))

    def _mark(self, source: Derived, scope: Scope, show: Any) -> Text:
        columns = [scope.column(name) for name in source.columns]
        number = self._statement.fill(Filler(source.make, [reader_of(column) for column in columns], show))
        text = Text()
        text.word(f"{FILL}{number}:[")
        for place, name in enumerate(source.columns):
            text.word("," if place else "")
            text.sql(argument_sql(self.column_sql(scope, name), columns[place]))
        text.word(f"]{FILL}")
        return text

    def related(
        self,
        source: Related,
        scope: Scope | None,
        of: GraphQLObjectType,
        nodes: Sequence[FieldNode],
        place: Place | None,
        *,
        required: bool,
    ) -> str:
        """The JSON of rows of the type `of`, or of its connection; `place` is the field's, if it has arguments."""
        within = scope.place if scope else None
        at = within if place is None else self._statement.enter(place, within)
        kind = resolved(source.target)
        rows = source.rows or projection_of(kind).rows
        inner = Scope(kind, rows, self._statement.alias(), at)
        if scope is not None and isinstance(scope.rows, Grouped) and source.column == scope.rows.list_column:
            return self._below(source, replace(inner, alias=_below(scope.alias)), of, nodes)
        found = self._found(source, inner, scope, nodes[0])
        if source.shape is Shape.PAGE:
            assert place is not None
            writer = PageWriter(self, self._statement, self._selections, source, inner, place, found)
            return writer.connection(of, nodes)
        shown, found = self._shown(inner, of, nodes, found)
        if source.shape is Shape.MANY:
            listed = f"string_agg({shown}, ',' order by {order_sql(source.order, inner.alias)})"
            return f"(select '[' || coalesce({listed}, '') || ']' {found.sql()})"
        missing = literal(BROKEN if required else "null")
        return f"coalesce((select {shown} {found.sql()} limit 1), {missing})"

    def _shown(
        self, scope: Scope, of: GraphQLObjectType, nodes: Sequence[FieldNode], found: Found
    ) -> tuple[str, Found]:
        """An object of each row; that of a group is made in a pass over the rows below it."""
        shown = self.object(scope, of, nodes)
        if not isinstance(scope.rows, Grouped):
            return shown, found
        below, item = _below(scope.alias), f"{scope.alias}_item"
        rows = self._statement.filled_in(scope.rows.below, scope.place).replace(f"{EACH}.", f"{scope.alias}.")
        joined = f"{found.rows} cross join lateral (select {shown} as shown from ({rows}) {below}) {item}"
        return f"{item}.shown", replace(found, rows=joined)

    def _below(self, source: Related, scope: Scope, of: GraphQLObjectType, nodes: Sequence[FieldNode]) -> str:
        """The list of what a group was made of, in the same pass."""
        listed = f"string_agg({self.object(scope, of, nodes)}, ',' order by {order_sql(source.order, scope.alias)})"
        return f"'[' || coalesce({listed}, '') || ']'"

    def _found(self, source: Related, scope: Scope, parent: Scope | None, node: FieldNode) -> Found:
        rows, alias = scope.rows, scope.alias
        template = rows.each if isinstance(rows, Grouped) else rows.text(self._filters(source, node))
        text = self._statement.filled_in(template, scope.place)
        conditions = list(self._tenant(rows, alias, parent))
        if source.column is not None:
            key = (
                self.column_sql(parent, source.parent)
                if parent is not None and source.parent is not None
                else self._statement.parameter(scope.place, "key")
            )
            conditions.append(f"{alias}.{source.column} = {key}")
        return Found(f"({text}) {alias}", tuple(conditions))

    def _filters(self, source: Related, node: FieldNode) -> Any:
        """Those whose arguments are given: a variable that is null, or not sent, gives none."""
        given = {argument.name.value: argument.value for argument in node.arguments or ()}
        return {
            name: each.condition
            for name, each in source.filters.items()
            if is_given(given.get(to_camel_case(name)), self._selections.variables)
        }

    def _tenant(self, rows: Rows, alias: str, parent: Scope | None) -> Sequence[str]:
        """The tenant's key, beside the wall: with it the planner finds the index that leads with it."""
        tenant = rows.tenant
        if tenant is None or not self._tenant_keys:
            return ()
        if parent is not None and parent.rows.tenant == tenant and not isinstance(parent.rows, Grouped):
            return (f"{alias}.{tenant} = {parent.alias}.{tenant}",)
        return (f"{alias}.{tenant} = {self._statement.parameter(None, tenant)}",)

    def column_sql(self, scope: Scope, name: str) -> str:
        rows, column = scope.rows, scope.prefix + name
        total = rows.sums.get(column) if isinstance(rows, Grouped) else None
        if total is None:
            return f"{scope.alias}.{column}"
        text = self._statement.filled_in(total, scope.place)
        return f"({text.replace(f'{BELOW}.', f'{_below(scope.alias)}.').replace(f'{EACH}.', f'{scope.alias}.')})"


def _below(alias: str) -> str:
    return f"{alias}_below"


def _object_of(definition: GraphQLField) -> GraphQLObjectType:
    of = get_named_type(definition.type)
    if not isinstance(of, GraphQLObjectType):
        raise NotCompiled
    return of
