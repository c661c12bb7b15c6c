"""What a type declares once: its rows, the prefix of its ids, and what reading one of its rows tells about others."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeVar
from uuid import UUID

import strawberry
from sqlalchemy import Table
from strawberry.annotation import StrawberryAnnotation
from strawberry.types.base import StrawberryOptional, get_object_definition
from strawberry.types.enum import StrawberryEnumDefinition
from strawberry.types.field import StrawberryField
from strawberry.types.lazy_type import LazyType

from footbridge.gateway.fields.scalars import Prefix
from footbridge.gateway.projection.codec import Codec, codec_of
from footbridge.gateway.projection.rows import Rows, rows_of
from footbridge.gateway.projection.sources import Column, Derived, Related, Shape, source_of

Kind = TypeVar("Kind", bound=type)


@dataclass(frozen=True, eq=False)
class Projection:
    """`reads` makes, of a row's columns, what has to be recorded of its reading."""

    rows: Rows
    prefix: Prefix | None = None
    reads: Derived | None = None

    def parse(self, text: str) -> UUID:
        """The key that a global id names; raises InvalidInput for one of another kind."""
        if self.prefix is None:
            raise TypeError("this type has no ids")
        return self.prefix.parse(text)


def projected(
    rows: Rows | Table,
    prefix: Prefix | None = None,
    *,
    description: str | None = None,
    reads: Derived | None = None,
) -> Callable[[Kind], Kind]:
    """Declares a GraphQL type whose fields come from these rows."""

    def declare(kind: Kind) -> Kind:
        declared = strawberry.type(kind, description=description)
        declared.__projection__ = Projection(  # type: ignore[attr-defined]
            rows_of(rows) if isinstance(rows, Table) else rows, prefix, reads
        )
        return declared

    return declare


def has_rows(kind: Any) -> bool:
    return hasattr(kind, "__projection__")


def found_with_key(kind: Any) -> Related:
    """The one row whose id is the argument `key`."""
    return Related(Shape.ONE, kind, "id", given=_key)


def _key(key: Any) -> Mapping[str, Any]:
    return {"key": key}


def projection_of(kind: Any) -> Projection:
    """Raises AttributeError for a type without rows of its own."""
    found: Projection = kind.__projection__
    return found


@cache
def column_codec(kind: Any, declared: StrawberryField, source: Column, rows: Rows, prefix: str = "") -> Codec:
    """How a field of `kind` shows its column; `prefix` is that of an embedded object's columns. Raises TypeError that
    names the field.
    """
    own = getattr(kind, "__projection__", None)
    of_id = own.prefix if own and declared.python_name == "id" else None
    name = prefix + source.name
    try:
        if name not in rows.names:
            raise TypeError(f"its rows have no column {name}")
        return codec_of(rows.column(name), shown_as(declared), prefix=source.prefix or of_id, fixed=source.fixed)
    except TypeError as error:
        raise TypeError(f"{kind.__name__}.{declared.python_name}: {error}") from None


@cache
def resolved(target: Any) -> Any:
    """The type itself, of one that is named before it is there."""
    found: Any = StrawberryAnnotation(target).resolve()
    return found.resolve_type() if isinstance(found, LazyType) else found


def shown_as(declared: StrawberryField) -> Any:
    """The Python type behind a field's own, optional or not."""
    shown: Any = declared.type
    if isinstance(shown, StrawberryOptional):
        shown = shown.of_type
    if isinstance(shown, LazyType):
        shown = shown.resolve_type()
    return shown.wrapped_cls if isinstance(shown, StrawberryEnumDefinition) else shown


def fields_of(kind: Any) -> list[StrawberryField]:
    definition = get_object_definition(kind, strict=True)
    return list(definition.fields)


@cache
def column_values(kind: Any, rows: Rows, prefix: str) -> Mapping[str, tuple[str, Callable[[Any], Any]]]:
    """Python name → the column and how its value is shown, of the fields that are columns."""
    found = {}
    for declared in fields_of(kind):
        source = source_of(declared)
        if isinstance(source, Column):
            codec = column_codec(kind, declared, source, rows, prefix)
            found[declared.python_name] = (prefix + source.name, codec.python)
    return found
