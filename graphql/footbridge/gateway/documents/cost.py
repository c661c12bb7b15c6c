"""What a document may cost: how many values its answer could hold, each list at its full size, and the work behind.

One linear pass over the document, before anything else looks at it: each fragment is counted once and its sum used
wherever it is spread, so that a document which doubles itself sixty times costs no time. It ends at the first excess.

    field = weight + directives + values in its arguments + size × (its selections)
    spread or inline fragment = 1 + directives + its selections

`weight` is 1 or what the schema's `@cost` says. `size` is the value of `first` or `last`, else what `@listSize`
assumes, and 1 for what is no list. A variable counts with its value, else as if it were left out; `unsent` says with
what instead, where nothing is sent yet. What stands in lists and objects of arguments counts at each use: it is
converted at each. Introspection is looked up in the schema itself, and is cheaper by `INTROSPECTION`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    ListValueNode,
    ObjectValueNode,
    OperationDefinitionNode,
    SelectionNode,
    SelectionSetNode,
    ValueNode,
    VariableNode,
    get_named_type,
    is_list_type,
)
from graphql.type import GraphQLField, GraphQLInterfaceType, GraphQLNamedType, get_nullable_type

from footbridge.gateway.documents.cost_directives import list_size_of, weight_of
from footbridge.gateway.documents.introspected import introspected_sizes
from footbridge.gateway.http.answers import DocumentRefused
from footbridge.runtime.pages import LARGEST_PAGE

DEAREST = 30_000
DEEPEST = 50
INTROSPECTION = 4


class TooCostly(DocumentRefused):
    def __init__(self) -> None:
        told = f"This asks for more than {DEAREST:,} values at once: ask for smaller pages, or in parts."
        super().__init__("TOO_COSTLY", told)


class TooDeep(DocumentRefused):
    def __init__(self) -> None:
        super().__init__("TOO_DEEP", f"The document is nested more than {DEEPEST} deep.")


class FragmentCycle(DocumentRefused):
    def __init__(self) -> None:
        super().__init__("GRAPHQL_VALIDATION_FAILED", "A fragment of the document contains itself.")


@dataclass(frozen=True)
class Cost:
    """`per_row` stands once for each row of the page around it; `depth` is how deep the selections go."""

    fixed: int = 0
    per_row: int = 0
    depth: int = 0

    def __add__(self, other: "Cost") -> "Cost":
        return Cost(self.fixed + other.fixed, self.per_row + other.per_row, max(self.depth, other.depth))

    def of_rows(self, rows: int) -> int:
        return self.fixed + self.per_row * rows


def cost_of(
    document: DocumentNode,
    schema: GraphQLSchema,
    variables: Mapping[str, Any] | None = None,
    *,
    operation: OperationDefinitionNode | None = None,
    dearest: int | None = DEAREST,
    unsent: int | None = None,
) -> int:
    """Of this operation with its coerced variables, or of all together; raises TooCostly above `dearest`, TooDeep or
    FragmentCycle.

    Of all, a fragment that no operation spreads is held to the same limit: validation will look into it too.
    """
    counter = _Counter(document, schema, variables or {}, dearest, unsent)
    total = sum(counter.of_operation(node) for node in ([operation] if operation else counter.operations))
    for name in () if operation else counter.fragments:
        counter.of_fragment(name, 0)
    if dearest is not None and total > dearest:
        raise TooCostly
    return total


def sizes_of(operation: OperationDefinitionNode, variables: Mapping[str, Any]) -> tuple[Any, ...]:
    """All that the cost of an operation takes from its variables: where these are equal, it is."""
    names = (each.variable.name.value for each in operation.variable_definitions or ())
    return tuple(_size_of(variables[name]) if name in variables else "unsent" for name in names)


def _size_of(value: Any) -> tuple[int | None, int]:
    return value if isinstance(value, int) else None, values_in(value)


class _Counter:
    def __init__(
        self,
        document: DocumentNode,
        schema: GraphQLSchema,
        variables: Mapping[str, Any],
        dearest: int | None,
        unsent: int | None,
    ) -> None:
        definitions = document.definitions
        self.operations = [node for node in definitions if isinstance(node, OperationDefinitionNode)]
        self.fragments = {node.name.value: node for node in definitions if isinstance(node, FragmentDefinitionNode)}
        self._schema = schema
        self._variables = variables
        self._weights: dict[str, int] = {}
        self._dearest = dearest
        self._unsent = unsent
        self._known: dict[str, Cost] = {}
        self._open: set[str] = set()

    def of_operation(self, node: OperationDefinitionNode) -> int:
        root = self._schema.get_root_type(node.operation)
        return len(node.directives or ()) + self._of_set(node.selection_set, root, 1).of_rows(1)

    def of_fragment(self, name: str, depth: int) -> Cost:
        node = self.fragments.get(name)
        if node is None:
            return Cost()  # validation says so
        if name in self._open:
            raise FragmentCycle
        if name not in self._known:
            self._open.add(name)
            of_type = self._schema.get_type(node.type_condition.name.value)
            found = self._of_set(node.selection_set, of_type, depth)
            self._known[name] = Cost(found.fixed, found.per_row, found.depth - depth)
            self._open.remove(name)
        known = self._known[name]
        if depth + known.depth > DEEPEST:
            raise TooDeep
        return Cost(known.fixed, known.per_row, depth + known.depth)

    def _of_set(self, selections: SelectionSetNode, parent: GraphQLNamedType | None, depth: int) -> Cost:
        if depth > DEEPEST:
            raise TooDeep
        total = Cost(depth=depth)
        for selection in selections.selections:
            total += self._of_selection(selection, parent, depth)
            if self._dearest is not None and total.of_rows(1) > self._dearest:
                raise TooCostly
        return total

    def _of_selection(self, node: SelectionNode, parent: GraphQLNamedType | None, depth: int) -> Cost:
        directives = len(node.directives or ())
        if isinstance(node, FieldNode):
            return Cost(fixed=directives + self._sent_with(node)) + self._of_field(node, parent, depth)
        if isinstance(node, FragmentSpreadNode):
            return Cost(fixed=1 + directives) + self.of_fragment(node.name.value, depth + 1)
        assert isinstance(node, InlineFragmentNode)
        condition = node.type_condition
        of_type = parent if condition is None else self._schema.get_type(condition.name.value)
        return Cost(fixed=1 + directives) + self._of_set(node.selection_set, of_type, depth + 1)

    def _of_field(self, node: FieldNode, parent: GraphQLNamedType | None, depth: int) -> Cost:
        field = self._field(parent, node.name.value)
        weight = weight_of(field) if field else 1
        if node.selection_set is None:
            return Cost(weight)
        if node.name.value in {"__schema", "__type"}:
            return self._of_introspection(node.selection_set, field, depth)
        inner = self._of_set(node.selection_set, get_named_type(field.type) if field else None, depth + 1)
        if field is None or not (sized := self._size(node, field)):
            return Cost(weight + inner.of_rows(1), 0, inner.depth)
        if is_list_type(get_nullable_type(field.type)):
            each = inner.of_rows(1)
            page = sized is _AS_PAGE
            return Cost(weight, each, inner.depth) if page else Cost(weight + each * sized, 0, inner.depth)
        return Cost(weight + inner.of_rows(sized), 0, inner.depth)

    def _of_introspection(self, selections: SelectionSetNode, field: GraphQLField | None, depth: int) -> Cost:
        """Cheaper than what it counts, and so the first excess comes later."""
        dearest, self._dearest = self._dearest, None if self._dearest is None else self._dearest * INTROSPECTION
        inner = self._of_set(selections, get_named_type(field.type) if field else None, depth + 1)
        self._dearest = dearest
        return Cost(1 + ceil(inner.of_rows(1) / INTROSPECTION), 0, inner.depth)

    def _sent_with(self, node: FieldNode) -> int:
        return sum(self._values(argument.value) for argument in node.arguments or ())

    def _values(self, node: ValueNode) -> int:
        """How many stand in a list or an object of the document, or of a variable."""
        if isinstance(node, VariableNode):
            name = node.name.value
            if name not in self._weights:
                self._weights[name] = values_in(self._variables.get(name))
            return self._weights[name]
        if isinstance(node, ListValueNode):
            return sum(1 + self._values(each) for each in node.values)
        if isinstance(node, ObjectValueNode):
            return sum(1 + self._values(each.value) for each in node.fields)
        return 0

    def _field(self, parent: GraphQLNamedType | None, name: str) -> GraphQLField | None:
        if isinstance(parent, (GraphQLObjectType, GraphQLInterfaceType)):
            return self._schema.get_field(parent, name)
        return None

    def _size(self, node: FieldNode, field: GraphQLField) -> int:
        """How many elements it may have; `_AS_PAGE` where the page around it says so, 0 for a single value."""
        declared = list_size_of(field)
        if declared is None:
            if not is_list_type(get_nullable_type(field.type)):
                return 0
            if "strawberry-definition" in field.extensions:
                return _AS_PAGE
            return introspected_sizes(self._schema)[node.name.value]
        asked = [self._asked(node, name) for name in declared.slicing_arguments or ()]
        return max((size for size in asked if size is not None), default=declared.assumed_size)

    def _asked(self, node: FieldNode, argument: str) -> int | None:
        """At least 1: what stands in an empty list is looked at all the same. At most what a page holds."""
        value = next((each.value for each in node.arguments or () if each.name.value == argument), None)
        size = self._sent(value.name.value) if isinstance(value, VariableNode) else _number(value)
        return min(max(size, 1), LARGEST_PAGE) if isinstance(size, int) else None

    def _sent(self, variable: str) -> Any:
        return self._variables.get(variable, self._unsent)


_AS_PAGE = -1


def _number(value: Any) -> int | None:
    return int(value.value) if isinstance(value, IntValueNode) else None


def page_defaults(operations: Sequence[OperationDefinitionNode]) -> dict[str, Any]:
    """The sizes that the operations themselves give their variables; of two of one name, the larger."""
    found: dict[str, Any] = {}
    for operation in operations:
        for each in operation.variable_definitions or ():
            size = _number(each.default_value)
            if size is not None:
                name = each.variable.name.value
                found[name] = max(size, found.get(name, 0))
    return found


def values_in(value: Any) -> int:
    """How many values stand in lists and objects, however deep."""
    found, level = 0, [value]
    while level:
        level = [inner for each in level for inner in _within(each)]
        found += len(level)
    return found


def _within(value: Any) -> Iterable[Any]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()
