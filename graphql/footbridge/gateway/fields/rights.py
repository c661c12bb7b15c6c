"""What a field asks of its caller, said beside the field, so that it can be checked, and listed, in one place."""

from typing import Any

from strawberry.extensions.field_extension import AsyncExtensionResolver, FieldExtension
from strawberry.types import Info
from strawberry.types.field import StrawberryField

from footbridge.tenancy.permission import Permission


class Requires(FieldExtension):
    """Only for callers with this permission; the others get NOT_PERMITTED, whatever they ask about."""

    def __init__(self, permission: Permission) -> None:
        self.permission = permission

    async def resolve_async(
        self, next_: AsyncExtensionResolver, source: Any, info: Info[Any, Any], **kwargs: Any
    ) -> Any:
        info.context.session.caller.require(self.permission)
        return await next_(source, info, **kwargs)


def permission_of(field: Any) -> Permission | None:
    """What a field of the built schema requires; None for one that all may read who may read its parent."""
    declared = field.extensions.get("strawberry-definition")
    extensions = declared.extensions if isinstance(declared, StrawberryField) else ()
    return next((each.permission for each in extensions if isinstance(each, Requires)), None)
