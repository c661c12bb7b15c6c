"""An operation that may be run, and what came of it."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from graphql import FieldNode, OperationDefinitionNode, OperationType
from graphql.execution.values import VariableValues
from strawberry import Schema

from footbridge.gateway.documents.document import Document
from footbridge.gateway.documents.variables import fitting_variables
from footbridge.gateway.projection.selection import NotCompiled, Selections
from footbridge.gateway.published import Answer, tag_of
from footbridge.gateway.slow import Course


@dataclass(frozen=True)
class Operation:
    """A document that has been chosen and validated, with the one operation to run."""

    document: Document
    node: OperationDefinitionNode
    variables: dict[str, Any]
    schema: Schema
    largest_answer: int
    coerced: VariableValues | None = None
    course: Course = field(default_factory=Course)

    @cached_property
    def values(self) -> VariableValues:
        """The variables as the operation sees them."""
        if self.coerced is not None:
            return self.coerced
        return fitting_variables(self.schema._schema, self.node, self.variables, names=False)

    @property
    def is_mutation(self) -> bool:
        return self.node.operation is OperationType.MUTATION

    @property
    def is_skipped(self) -> bool:
        """Whether the field of a mutation is left out by `@skip` or `@include`."""
        root = self.schema._schema.mutation_type
        assert root is not None
        selections = Selections(self.schema._schema, self.document.fragments, self.values.coerced)
        try:
            return not selections.of_sets(root, [self.node.selection_set])
        except NotCompiled:
            return False  # graphql-core says why it cannot be told

    @property
    def name(self) -> str | None:
        return self.node.name.value if self.node.name else None

    @property
    def key(self) -> str:
        """Under which the field stands in the answer."""
        return self.field.alias.value if self.field.alias else self.field.name.value

    @property
    def field(self) -> FieldNode:
        """The one root field of a mutation."""
        return next(node for node in self.node.selection_set.selections if isinstance(node, FieldNode))


@dataclass(frozen=True)
class Outcome:
    """The body of the answer, and where it was told before: from what is kept, or to this very key."""

    body: bytes
    kept: Answer | None = None
    replayed: bool = False

    @property
    def tag(self) -> str:
        return self.kept.tag if self.kept else tag_of(self.body)
