"""Mutations answer `Result | Refusal`: what a person can mend is an answer, not an error."""

from collections.abc import Callable
from typing import Annotated, Any, Union, cast

import strawberry
from strawberry.annotation import StrawberryAnnotation
from strawberry.extensions.field_extension import AsyncExtensionResolver, FieldExtension
from strawberry.types import Info
from strawberry.types.arguments import StrawberryArgument
from strawberry.types.field import StrawberryField

from footbridge.gateway.fields.rights import Requires
from footbridge.runtime.errors import FootbridgeError
from footbridge.tenancy.permission import Permission

IDEMPOTENCY_KEY = "idempotencyKey"


@strawberry.type(description="Nothing was changed. The code is for programs, the message for the person.")
class Refusal:
    code: str
    message: str


class RefusesAndRepeats(FieldExtension):
    """Gives the field its idempotency key, rolls the effects of a refusal back, and turns it into an answer."""

    def __init__(self, translate: Callable[[FootbridgeError], Any]) -> None:
        self._translate = translate

    def apply(self, field: StrawberryField) -> None:
        key = StrawberryArgument(
            python_name="idempotency_key",
            graphql_name=IDEMPOTENCY_KEY,
            type_annotation=StrawberryAnnotation(strawberry.ID),
            description="Made by the client, new for each intent; the same key gives the same answer for 24 hours.",
        )
        field.arguments = [*field.arguments, key]

    async def resolve_async(
        self, next_: AsyncExtensionResolver, source: Any, info: Info[Any, Any], **kwargs: Any
    ) -> Any:
        kwargs.pop("idempotency_key")
        transaction = info.context.session.transaction
        await transaction.command("SAVEPOINT field")
        try:
            return await next_(source, info, **kwargs)
        except FootbridgeError as error:
            await transaction.command("ROLLBACK TO SAVEPOINT field")
            info.context.refusal = error
            return self._translate(error)


def plain(error: FootbridgeError) -> Refusal:
    return Refusal(code=error.code, message=error.message)


def mutation(
    result: Any,
    permission: Permission,
    *,
    name: str,
    refusal: Any = Refusal,
    translate: Callable[[FootbridgeError], Any] = plain,
) -> Callable[[Callable[..., Any]], Any]:
    """A mutation field whose type is the union `<name>Result` of the result and the refusal."""
    union = Annotated[Union[result, refusal], strawberry.union(f"{name}Result")]  # noqa: UP007

    def declare(resolver: Callable[..., Any]) -> Any:
        resolver.__annotations__["return"] = union
        guards: list[FieldExtension] = [Requires(permission), RefusesAndRepeats(translate)]  # the last is outermost
        return strawberry.mutation(resolver, description=resolver.__doc__, extensions=guards)

    return cast("Callable[[Callable[..., Any]], Any]", declare)
