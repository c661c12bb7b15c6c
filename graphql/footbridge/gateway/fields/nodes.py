"""`node(id)`: finds anything of a schema again by its global id, with the rights that its own field asks for."""

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar
from uuid import UUID

from footbridge.gateway.fields.register_types import Measure
from footbridge.gateway.fields.relay import Node
from footbridge.gateway.fields.scalars import Prefix
from footbridge.measures.find import all_measures
from footbridge.runtime.errors import InvalidInput
from footbridge.tenancy.permission import Permission

Find = Callable[[Any, UUID], Awaitable[Node | None]]
Finder = TypeVar("Finder", bound=Find)


class Nodes:
    """The types of one schema that have an id, each registered beside itself with its finder; and the measures."""

    def __init__(self) -> None:
        self._finders: dict[Prefix, tuple[type[Node], Permission | None, Find]] = {}

    def by(self, kind: type[Node], prefix: Prefix, permission: Permission | None) -> Callable[[Finder], Finder]:
        def register(find: Finder) -> Finder:
            self._finders[prefix] = (kind, permission, find)
            return find

        return register

    @property
    def types(self) -> list[type]:
        return [Measure, *(kind for kind, _, _ in self._finders.values())]

    @property
    def permissions(self) -> dict[str, Permission | None]:
        """What finding one of a type requires, by the type's name."""
        return {kind.__name__: permission for kind, permission, _ in self._finders.values()}

    async def find(self, info: Any, text: str) -> Node | None:
        """None for what is not there, is another tenant's, or is of no kind that this schema has."""
        measure = all_measures().get(text)
        if measure is not None:
            return Measure.from_definition(measure)
        for prefix, (_, permission, find) in self._finders.items():
            try:
                identifier = prefix.parse(text)
            except InvalidInput:
                continue
            if permission is not None:
                info.context.session.caller.require(permission)
            return await find(info, identifier)
        return None
