"""How a field says where it comes from, in one line beside it.

title: str                                          the column of that name
as_of: date = column("as_of_on")                    another column
venue = embedded(Venue, "venue_", when=…)           an object made of columns of the same row
measure = derived(Measure, of_measure, "measure_id")    Python, for what SQL should not compute
organisation = to_one(Organisation, "organisation_id")
outcomes = to_many(AgreedOutcome, "partnership_id", OLDEST, most=15)
activities = connection(Activity, BY_NAME, "partnership_id")
partnership = found_by_id(Partnership)              at a root
"""

from collections.abc import Callable, Mapping
from typing import Any

import strawberry
from strawberry.extensions.field_extension import AsyncExtensionResolver, FieldExtension
from strawberry.types.field import StrawberryField

from footbridge.gateway.documents.cost_directives import PAGED, at_most
from footbridge.gateway.fields.relay import Connection
from footbridge.gateway.fields.rights import Requires
from footbridge.gateway.fields.scalars import Prefix
from footbridge.gateway.projection.ordinary import resolve
from footbridge.gateway.projection.projected import projection_of, resolved
from footbridge.gateway.projection.rows import Rows
from footbridge.gateway.projection.sources import SOURCE, Column, Derived, Embedded, Filter, Related, Shape, Source
from footbridge.runtime.pages import Keyset
from footbridge.tenancy.permission import Permission

Given = Callable[..., Mapping[str, Any]]


class Answers(FieldExtension):
    """Resolves a field by its source, in the ordinary path."""

    def __init__(self, source: Source) -> None:
        self._source = source

    def apply(self, field: StrawberryField) -> None:
        if isinstance(self._source, (Related, Derived)):
            field.arguments = self._source.arguments

    async def resolve_async(self, next_: AsyncExtensionResolver, source: Any, info: Any, **kwargs: Any) -> Any:
        return await resolve(self._source, source, info, kwargs)


def column(name: str, prefix: Prefix | None = None, *, fixed: bool = False, description: str | None = None) -> Any:
    """A `fixed` decimal keeps its zeros; `prefix` is that of a global id."""
    return strawberry.field(metadata={SOURCE: Column(name, prefix, fixed)}, description=description)


def embedded(of: Any, prefix: str, *, when: str, description: str | None = None) -> Any:
    """Columns that begin with `prefix`, as an object of their own; null where the column `when` is."""
    return _field(of | None, Embedded(of, prefix, when), description=description)


def derived(of: Any, make: Callable[..., Any], *columns: str, **options: Any) -> Any:
    """`make` is a pure function of the columns or, without any, of the field's arguments."""
    return _field(of, Derived(make, columns), **options)


def to_one(of: Any, parent: str, **options: Any) -> Any:
    """The row whose id stands in this one's column `parent`; a composite foreign key promises that it is there."""
    return _field(of, Related(Shape.ONE, of, "id", parent), **options)


def to_many(
    of: Any,
    column: str | None,
    order: Keyset,
    *,
    most: int,
    parent: str = "id",
    rows: Rows | None = None,
    given: Given | None = None,
    **options: Any,
) -> Any:
    """Rows whose `column` is this one's id, without pages; costed with the `most` that there may be."""
    source = Related(Shape.MANY, of, column, parent if column else None, rows, order, given=given)
    return _field(list[of], source, directives=[at_most(most)], **options)


def connection(
    of: Any,
    order: Keyset,
    column: str | None = None,
    *,
    parent: str = "id",
    rows: Rows | None = None,
    filters: Mapping[str, Filter] | None = None,
    given: Given | None = None,
    **options: Any,
) -> Any:
    """Relay's pages of rows whose `column` is this one's id; at a root of all rows."""
    source = Related(Shape.PAGE, of, column, parent if column else None, rows, order, filters or {}, given)
    return _field(Connection[of], source, directives=[PAGED], **options)


def one(
    of: Any, *, rows: Rows | None = None, given: Given | None = None, required: bool = False, **options: Any
) -> Any:
    """At a root: the one row there is, or null."""
    return _field(of if required else of | None, Related(Shape.ONE, of, rows=rows, given=given), **options)


def found_by_id(of: Any, **options: Any) -> Any:
    """At a root: the row with this global id, or null."""

    def given(id: strawberry.ID) -> Mapping[str, Any]:  # noqa: A002
        return {"key": projection_of(resolved(of)).parse(id)}

    return _field(of | None, Related(Shape.ONE, of, "id", given=given), **options)


def many(
    of: Any, order: Keyset, *, most: int, rows: Rows | None = None, given: Given | None = None, **options: Any
) -> Any:
    """At a root: all rows, without pages."""
    return to_many(of, None, order, most=most, rows=rows, given=given, **options)


def _field(
    of: Any,
    source: Source,
    permission: Permission | None = None,
    *,
    description: str | None = None,
    directives: Any = (),
) -> Any:
    async def answer(self: Any) -> Any:
        raise AssertionError("a field is answered by its source")

    guards: list[FieldExtension] = [Requires(permission)] if permission else []
    return strawberry.field(
        resolver=answer,
        graphql_type=of,
        metadata={SOURCE: source},
        extensions=[Answers(source), *guards],  # the last is outermost
        description=description,
        directives=directives,
    )
