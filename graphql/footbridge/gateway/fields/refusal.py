"""Mutations answer `Result | Refusal`: what a person can mend is an answer, not an error."""

import inspect
from collections.abc import Callable
from typing import Annotated, Any, Union, cast
from uuid import UUID

import strawberry
from strawberry.annotation import StrawberryAnnotation
from strawberry.extensions.field_extension import AsyncExtensionResolver, FieldExtension
from strawberry.types import Info
from strawberry.types.arguments import StrawberryArgument
from strawberry.types.field import StrawberryField

from footbridge.gateway.fields.rights import Requires
from footbridge.gateway.projection.projected import found_with_key, has_rows, projection_of
from footbridge.runtime.errors import FootbridgeError
from footbridge.tenancy.permission import Permission

IDEMPOTENCY_KEY = "idempotencyKey"


@strawberry.type(description="Nothing was changed. The code is for programs, the message for the person.")
class Refusal:
    code: str
    message: str


class Refused(Exception):
    """What was begun is undone; then the refusal is told, and kept as the answer."""

    def __init__(self, answer: Any, error: FootbridgeError) -> None:
        super().__init__(error.code)
        self.answer = answer
        self.error = error


class RefusesAndRepeats(FieldExtension):
    """Gives the field its idempotency key, and turns an error that a person can mend into an answer."""

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
        try:
            return await next_(source, info, **kwargs)
        except FootbridgeError as error:
            raise Refused(self._translate(error), error) from error


class TellsWhatChanged(FieldExtension):
    """Turns the id of what was changed into the thing itself, read anew; `before` is the argument of one that goes."""

    def __init__(self, kind: Any, before: str | None) -> None:
        self._kind = kind
        self._before = before
        self._source = found_with_key(kind)

    async def resolve_async(
        self, next_: AsyncExtensionResolver, source: Any, info: Info[Any, Any], **kwargs: Any
    ) -> Any:
        if self._before is None:
            return await self._tell(info, await next_(source, info, **kwargs))
        told = await self._tell(info, projection_of(self._kind).parse(kwargs[self._before]))
        await next_(source, info, **kwargs)
        return told

    async def _tell(self, info: Info[Any, Any], key: UUID) -> Any:
        return await info.context.tell(self._source, info, key)


def plain(error: FootbridgeError) -> Refusal:
    return Refusal(code=error.code, message=error.message)


def mutation(
    result: Any,
    permission: Permission,
    *,
    name: str,
    refusal: Any = Refusal,
    translate: Callable[[FootbridgeError], Any] = plain,
    before: str | None = None,
) -> Callable[[Callable[..., Any]], Any]:
    """A mutation field whose type is the union `<name>Result` of the result and the refusal.

    Its resolver answers the id of what it changed; `before` names the argument with the id of what it takes away, and
    that is told as it was.
    """
    union = Annotated[Union[result, refusal], strawberry.union(f"{name}Result")]  # noqa: UP007

    def declare(resolver: Callable[..., Any]) -> Any:
        resolver.__annotations__["return"] = union
        told: list[FieldExtension] = [TellsWhatChanged(result, before)] if has_rows(result) else []
        guards: list[FieldExtension] = [*told, Requires(permission), RefusesAndRepeats(translate)]  # last is outermost
        return strawberry.mutation(resolver, description=inspect.getdoc(resolver), extensions=guards)

    return cast("Callable[[Callable[..., Any]], Any]", declare)
