"""What is told of an error that came while an operation ran: a refusal in its words, anything else by an id."""

import logging
from collections.abc import Sequence
from typing import Any

from graphql import ExecutionResult, GraphQLError

from footbridge.gateway.http.answers import error_body
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
    if original is None or isinstance(original, GraphQLError):  # the latter of a variable that does not fit
        return shown | {"extensions": {"code": "GRAPHQL_VALIDATION_FAILED"}}
    if isinstance(original, FootbridgeError):
        return shown | {"message": original.message, "extensions": {"code": original.code}}
    fault: dict[str, Any] = masked(original)["errors"][0]
    return shown | fault


def masked(error: BaseException) -> dict[str, Any]:
    """What a person is told of a fault of ours: an id to quote, and nothing of its inside."""
    identifier = new_id().hex
    log.error("unexpected error %s: %s", identifier, without_content(error))
    return error_body("UNEXPECTED", f"Something went wrong on our side. Quote {identifier}.", id=identifier)
