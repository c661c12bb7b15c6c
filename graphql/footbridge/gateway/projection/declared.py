"""Whether the rows of every type have what its fields say: asked when the contract is written, before a client asks."""

from collections.abc import Iterator

from graphql import GraphQLObjectType
from sqlalchemy import Column as TableColumn
from strawberry import Schema
from strawberry.types.base import StrawberryOptional
from strawberry.types.field import StrawberryField

from footbridge.gateway.projection.projected import column_codec, fields_of, has_rows, projection_of, resolved
from footbridge.gateway.projection.rows import Rows
from footbridge.gateway.projection.sources import Column, Derived, Embedded, Related, source_of
from footbridge.runtime.errors import FootbridgeError


class DeclarationWrong(FootbridgeError):
    code = "DECLARATION_WRONG"


def require_declared(schema: Schema) -> None:
    """Raises DeclarationWrong with a line for each field whose rows do not have what it says."""
    problems = list(dict.fromkeys(_problems(schema)))
    if problems:
        raise DeclarationWrong("\n".join(problems))


def _problems(schema: Schema) -> Iterator[str]:
    kinds = [each for each in schema._schema.type_map.values() if isinstance(each, GraphQLObjectType)]
    for kind in (each.extensions["strawberry-definition"].origin for each in kinds if not each.name.startswith("__")):
        if has_rows(kind):
            yield from _of_kind(kind, projection_of(kind).rows)
        for declared in fields_of(kind):
            source = source_of(declared)
            if isinstance(source, Related) and source.rows is not None:
                yield from _of_kind(resolved(source.target), source.rows)


def _of_kind(kind: type, rows: Rows, prefix: str = "") -> Iterator[str]:
    """`prefix` is that of an embedded object's columns, which are null together or not at all."""
    for declared in fields_of(kind):
        try:
            yield from _of_field(kind, declared, rows, prefix)
        except TypeError as error:
            yield str(error)


def _of_field(kind: type, declared: StrawberryField, rows: Rows, prefix: str) -> Iterator[str]:
    """Raises TypeError for a column that is not there, or that no rule shows as the field's type."""
    name, source, names = f"{kind.__name__}.{declared.python_name}", source_of(declared), set[str]()
    match source:
        case Column():
            column_codec(kind, declared, source, rows, prefix)
            if not prefix and _may_be_null(rows, source.name) and not isinstance(declared.type, StrawberryOptional):
                yield f"{name}: the column {source.name} may be null, and the field promises a value"
        case Embedded():
            names = {prefix + source.when}
            yield from _of_kind(resolved(source.target), rows, prefix + source.prefix)
        case Derived():
            names = {prefix + column for column in source.columns}
        case Related():
            names = {prefix + source.parent} if source.parent else set()
            yield from _of_relation(name, source)
    yield from (f"{name}: its rows have no column {missing}" for missing in sorted(names.difference(rows.names)))


def _of_relation(name: str, source: Related) -> Iterator[str]:
    kind = resolved(source.target)
    rows = source.rows or projection_of(kind).rows
    if source.column is not None and source.column not in rows.names:
        yield f"{name}: the rows of {kind.__name__} have no column {source.column}"


def _may_be_null(rows: Rows, name: str) -> bool:
    """Known of a table's own column only."""
    column = rows.column(name)
    return isinstance(column, TableColumn) and bool(column.nullable)
