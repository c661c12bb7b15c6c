"""Where a field comes from: a column, columns of the same row, a Python function, or rows of another type."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from functools import cached_property
from typing import TYPE_CHECKING, Any

from strawberry.annotation import StrawberryAnnotation
from strawberry.types.arguments import StrawberryArgument
from strawberry.types.field import StrawberryField
from strawberry.types.fields.resolver import StrawberryResolver

from footbridge.gateway.fields.scalars import Prefix
from footbridge.gateway.projection.rows import Condition, Rows
from footbridge.runtime.pages import Keyset

if TYPE_CHECKING:
    from footbridge.gateway.fields.nodes import Nodes

SOURCE = "source"
PAGE_ARGUMENTS: Mapping[str, Any] = {"first": int, "after": str, "last": int, "before": str}


@dataclass(frozen=True)
class Column:
    """`prefix` makes a global id of a key; a `fixed` decimal keeps its zeros."""

    name: str
    prefix: Prefix | None = None
    fixed: bool = False


@dataclass(frozen=True)
class Embedded:
    """Columns of the same row whose names begin with `prefix`; null where the column `when` is."""

    target: Any
    prefix: str
    when: str


@dataclass(frozen=True, eq=False)
class Derived:
    """`make` takes the values of the columns or, where there are none, the field's arguments."""

    make: Callable[..., Any]
    columns: tuple[str, ...] = ()

    @property
    def arguments(self) -> list[StrawberryArgument]:
        return [] if self.columns else StrawberryResolver(self.make).arguments


@dataclass(frozen=True)
class Filter:
    """A condition that holds where its argument is given; `value` makes the parameter of the argument's name."""

    kind: Any
    condition: Condition
    value: Callable[[Any], Any] = lambda value: value


class Shape(Enum):
    ONE = auto()
    MANY = auto()
    PAGE = auto()


@dataclass(frozen=True, eq=False)
class Related:
    """Rows of `target`: their `column` equals `parent`, a column of the row they belong to.

    At a root there is no such row: there `column` equals the parameter `key`, if it is given. `given` makes
    parameters of the field's arguments and raises FootbridgeError for what cannot be asked.
    """

    shape: Shape
    target: Any
    column: str | None = None
    parent: str | None = None
    rows: Rows | None = None
    order: Keyset | None = None
    filters: Mapping[str, Filter] = field(default_factory=dict)
    given: Callable[..., Mapping[str, Any]] | None = None

    @cached_property
    def arguments(self) -> list[StrawberryArgument]:
        own = StrawberryResolver(self.given).arguments if self.given else []
        optional = {name: each.kind for name, each in self.filters.items()}
        optional |= PAGE_ARGUMENTS if self.shape is Shape.PAGE else {}
        return [*own, *(_optional(name, kind) for name, kind in optional.items())]

    def parameters(self, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
        """What the field's own arguments give, those of its page apart."""
        own = {name: value for name, value in arguments.items() if name not in {*self.filters, *PAGE_ARGUMENTS}}
        found = dict(self.given(**own)) if self.given else {}
        return found | {name: self.filters[name].value(arguments[name]) for name in self.asked(arguments)}

    def asked(self, arguments: Mapping[str, Any]) -> Mapping[str, Condition]:
        """The filters whose arguments are given."""
        return {name: each.condition for name, each in self.filters.items() if arguments.get(name) is not None}


@dataclass(frozen=True, eq=False)
class FoundById:
    """`node`: the prefix of the id says of which type."""

    nodes: "Nodes"


Source = Column | Embedded | Derived | Related | FoundById


def source_of(declared: StrawberryField) -> Source | None:
    """None for a field with a resolver of its own, which only the ordinary path can run."""
    said: Source | None = declared.metadata.get(SOURCE)
    if said is None and declared.is_basic_field:
        return Column(declared.python_name)
    return said


def _optional(name: str, kind: Any) -> StrawberryArgument:
    return StrawberryArgument(
        python_name=name, graphql_name=None, type_annotation=StrawberryAnnotation(kind | None), default=None
    )
