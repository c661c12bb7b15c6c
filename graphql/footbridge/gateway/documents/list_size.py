"""How long a list may be, said in the schema: `@listSize` of the GraphQL Cost Directives specification (IBM).

A list without it has the size of the page it belongs to, as `edges` and `nodes` of a connection.
"""

from typing import Any

import strawberry
from strawberry.schema_directive import Location
from strawberry.types.field import StrawberryField

from footbridge.runtime.pages import DEFAULT_PAGE


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


def at_most(size: int) -> ListSize:
    """Of a list that has no pages."""
    return ListSize(assumed_size=size)


PAGED = ListSize(
    assumed_size=DEFAULT_PAGE,
    slicing_arguments=["first", "last"],
    sized_fields=["edges", "nodes"],
    require_one_slicing_argument=False,
)


def list_size_of(field: Any) -> ListSize | None:
    """What a field of the built schema says of its size."""
    declared = field.extensions.get("strawberry-definition")
    if not isinstance(declared, StrawberryField):
        return None
    return next((directive for directive in declared.directives if isinstance(directive, ListSize)), None)
