"""What a field costs and how long its list may be, said in the schema: `@cost` and `@listSize` of IBM's GraphQL Cost
Directives specification.

A list without a size has that of the page it belongs to, as `edges` and `nodes` of a connection.
"""

from typing import Any, TypeVar

import strawberry
from strawberry.schema_directive import Location
from strawberry.types.field import StrawberryField

from footbridge.runtime.pages import DEFAULT_PAGE

Directive = TypeVar("Directive")


@strawberry.schema_directive(
    locations=[Location.FIELD_DEFINITION],
    name="listSize",
    description="The size a list is costed with: that of a slicing argument, else the assumed one.",
)
class ListSize:
    assumed_size: int
    slicing_arguments: list[str] | None = strawberry.UNSET
    sized_fields: list[str] | None = strawberry.UNSET
    require_one_slicing_argument: bool | None = strawberry.UNSET


@strawberry.schema_directive(
    locations=[Location.FIELD_DEFINITION],
    name="cost",
    description="What the field itself costs, for the work behind it; 1 without it.",
)
class FieldCost:
    weight: str


def at_most(size: int) -> ListSize:
    """Of a list that has no pages."""
    return ListSize(assumed_size=size)


def weighs(points: int) -> FieldCost:
    """Of a field that asks the database for more than its rows."""
    return FieldCost(weight=str(points))


PAGED = ListSize(
    assumed_size=DEFAULT_PAGE,
    slicing_arguments=["first", "last"],
    sized_fields=["edges", "nodes"],
    require_one_slicing_argument=False,
)


def list_size_of(field: Any) -> ListSize | None:
    """What a field of the built schema says of its size."""
    return _said(field, ListSize)


def weight_of(field: Any) -> int:
    said = _said(field, FieldCost)
    return 1 if said is None else int(said.weight)


def _said(field: Any, kind: type[Directive]) -> Directive | None:
    declared = field.extensions.get("strawberry-definition")
    if not isinstance(declared, StrawberryField):
        return None
    return next((directive for directive in declared.directives if isinstance(directive, kind)), None)
