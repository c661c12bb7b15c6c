"""What is told of an error that came while an operation ran: a refusal in its words, anything else by an id."""

import logging
from collections.abc import Sequence
from typing import Any

from graphql import ExecutionResult, GraphQLError
from starlette.responses import Response

from footbridge.gateway.http.answers import BadRequest, Media, answer, error_body, refuse
from footbridge.runtime.database import is_unavailable
from footbridge.runtime.errors import FootbridgeError, without_content
from footbridge.runtime.ids import new_id

log = logging.getLogger(__name__)


def raise_if_unavailable(result: ExecutionResult) -> None:
    """A database that went away in the middle is no answer: the request may be sent again."""
    for error in result.errors or ():
        if error.original_error is not None and is_unavailable(error.original_error):
            raise error.original_error


def told(errors: Sequence[GraphQLError]) -> list[dict[str, Any]]:
    """Refusals as they are; anything unexpected masked, logged with an id, and the id told."""
    return [_told(error) for error in errors]


def _told(error: GraphQLError) -> dict[str, Any]:
    shown: dict[str, Any] = {"message": error.message}
    if error.locations:
        shown["locations"] = [{"line": place.line, "column": place.column} for place in error.locations]
    if error.path:
        shown["path"] = error.path
    original = error.original_error
    if error.message.startswith("Argument ") and (original is None or isinstance(original, GraphQLError)):
        return shown | {"message": "An argument does not fit.", "extensions": {"code": "GRAPHQL_VALIDATION_FAILED"}}
    if isinstance(original, FootbridgeError):
        return shown | {"message": original.message, "extensions": {"code": original.code}}
    fault: dict[str, Any] = masked(original or error)["errors"][0]
    return shown | fault


def masked(error: BaseException) -> dict[str, Any]:
    """What a person is told of a fault of ours: an id to quote, and nothing of its inside."""
    identifier = new_id().hex
    log.error("unexpected error %s: %s", identifier, without_content(error))
    return error_body("UNEXPECTED", f"Something went wrong on our side. Quote {identifier}.", id=identifier)


STATUSES = {"IDEMPOTENCY_KEY_REUSED": 409, "NOT_PERMITTED": 403}


class OperationFailed(Exception):
    """A mutation ended in an error: nothing of it is kept, its key is free again."""

    def __init__(self, body: bytes) -> None:
        super().__init__("a mutation failed")
        self.body = body


def refused(error: Exception, media: Media) -> Response:
    """What is told of anything that stopped a request; an unexpected error is masked and logged with an id."""
    if isinstance(error, BadRequest):
        return refuse(error, media)
    if isinstance(error, FootbridgeError):
        return refuse(BadRequest(STATUSES.get(error.code, 400), error.code, error.message), media)
    if isinstance(error, OperationFailed):
        return answer(error.body, media=media)
    if is_unavailable(error):  # a deadline that passed is among them
        body = error_body("BUSY", "Footbridge is busy. Try again in a moment.")
        return answer(body, 503, {"Retry-After": "1"}, media)
    return answer(masked(error), 500, media=media)
