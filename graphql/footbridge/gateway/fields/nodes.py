"""`node(id)`: finds anything of a schema again by its global id, with the rights that its own field asks for."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import strawberry
from sqlalchemy import Table

from footbridge.gateway.fields.register_types import Measure
from footbridge.gateway.fields.relay import Node
from footbridge.gateway.fields.scalars import Prefix
from footbridge.gateway.projection.ordinary import resolve
from footbridge.gateway.projection.projected import found_with_key, projected
from footbridge.gateway.projection.rows import Rows
from footbridge.gateway.projection.sources import Derived, Related
from footbridge.measures.find import all_measures
from footbridge.runtime.errors import InvalidInput
from footbridge.tenancy.permission import Permission

Kind = TypeVar("Kind", bound=type)


@dataclass(frozen=True)
class Found:
    """A type that `node` finds: where, and what that requires."""

    kind: Any
    permission: Permission | None
    source: Related


class Nodes:
    """The types of one schema that have an id, each declared with its rows; and the measures."""

    def __init__(self) -> None:
        self._found: dict[Prefix, Found] = {}

    def declare(
        self,
        rows: Rows | Table,
        prefix: Prefix,
        permission: Permission | None,
        *,
        description: str | None = None,
        reads: Derived | None = None,
    ) -> Callable[[Kind], Kind]:
        """Declares a GraphQL type whose rows can be found again by their ids."""

        def add(kind: Kind) -> Kind:
            declared = projected(rows, prefix, description=description, reads=reads)(kind)
            self._found[prefix] = Found(declared, permission, found_with_key(declared))
            return declared

        return add

    @property
    def types(self) -> list[type]:
        return [Measure, *(found.kind for found in self._found.values())]

    @property
    def permissions(self) -> Mapping[str, Permission | None]:
        """What finding one of a type requires, by the type's name."""
        return {found.kind.__name__: found.permission for found in self._found.values()}

    def look_up(self, text: str) -> tuple[Found, Any] | None:
        """The type that the id is of, and its key; None where this schema has no such kind."""
        for prefix, found in self._found.items():
            try:
                return found, prefix.parse(text)
            except InvalidInput:
                continue
        return None

    def key_of(self, id: strawberry.ID) -> Mapping[str, Any]:  # noqa: A002
        """For a compiled statement, which was written for the type of the id."""
        looked_up = self.look_up(id)
        if looked_up is None:
            raise InvalidInput("This is no id of ours.")
        return {"key": looked_up[1]}

    async def find(self, info: Any, text: str) -> Node | None:
        """None for what is not there, is another tenant's, or is of no kind that this schema has."""
        measure = all_measures().get(text)
        if measure is not None:
            return Measure.from_definition(measure)
        looked_up = self.look_up(text)
        if looked_up is None:
            return None
        found, key = looked_up
        if found.permission is not None:
            info.context.session.caller.require(found.permission)
        node: Node | None = await resolve(found.source, None, info, {"key": key})
        return node
