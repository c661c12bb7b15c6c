"""A schema that leaves the telling of errors to `execution`: Strawberry's own log repeats what was sent."""

from collections.abc import Sequence
from typing import Any

import strawberry
from strawberry.schema.config import StrawberryConfig


class QuietSchema(strawberry.Schema):
    def process_errors(self, errors: Any, execution_context: Any = None) -> None:
        """Refusals are no news, and faults are logged where they get their id."""


def make_schema(query: type, mutation: type | None = None, *, types: Sequence[type]) -> QuietSchema:
    """`types` are those that `node(id)` may find and that no other field may lead to."""
    config = StrawberryConfig(disable_field_suggestions=True)
    return QuietSchema(query=query, mutation=mutation, types=types, config=config)
