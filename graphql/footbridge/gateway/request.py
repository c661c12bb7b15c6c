"""A GraphQL request as it arrives: read with limits, before anything else is looked at."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import orjson
from starlette.requests import Request

from footbridge.gateway.answers import BadRequest

LARGEST_BODY = 256 * 1024
DEEPEST_VARIABLES = 64


@dataclass(frozen=True)
class GraphQLRequest:
    """Either a trusted document's id or, for those who may, a document of their own."""

    document_id: str | None
    query: str | None
    operation_name: str | None
    variables: dict[str, Any]


def parse_request(request: Request, body: bytes) -> GraphQLRequest:
    content_type = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if content_type != "application/json":
        raise BadRequest(415, "UNSUPPORTED_MEDIA_TYPE", "Send the request as application/json.")
    return _checked(_decoded(body))


async def read_body(request: Request) -> bytes:
    """Before anything else: a connection whose request was not read to its end is closed under the next one."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST_BODY:
            raise BadRequest(413, "BODY_TOO_LARGE", "The request is too large.")
    return bytes(body)


def _decoded(body: bytes) -> dict[str, Any]:
    try:
        content = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise BadRequest(400, "NOT_JSON", "The request is not JSON.") from None
    if not isinstance(content, dict):
        raise BadRequest(400, "NOT_AN_OBJECT", "The request must be a JSON object.")
    return content


def _checked(content: dict[str, Any]) -> GraphQLRequest:
    return GraphQLRequest(
        document_id=_optional_text(content, "documentId"),
        query=_optional_text(content, "query"),
        operation_name=_optional_text(content, "operationName"),
        variables=_variables(content),
    )


def _optional_text(content: dict[str, Any], name: str) -> str | None:
    value = content.get(name)
    if value is not None and not isinstance(value, str):
        raise BadRequest(400, "WRONG_TYPE", f"{name} must be a string.")
    return value


def _variables(content: dict[str, Any]) -> dict[str, Any]:
    variables = content.get("variables") or {}
    if not isinstance(variables, dict):
        raise BadRequest(400, "WRONG_TYPE", "variables must be an object.")
    _check_values(variables)
    return variables


def _check_values(variables: dict[str, Any]) -> None:
    """Level by level, so that no depth of theirs is a depth of ours."""
    level: list[Any] = [variables]
    for _ in range(DEEPEST_VARIABLES):
        if any("\0" in value for value in level if isinstance(value, str)):
            raise BadRequest(400, "TEXT_NOT_VALID", "Text may not contain the character NUL.")
        level = [inner for value in level for inner in _within(value)]
        if not level:
            return
    raise BadRequest(400, "TOO_DEEP", "The variables are nested too deeply.")


def _within(value: Any) -> Iterable[Any]:
    if isinstance(value, dict):
        return (*value, *value.values())
    return value if isinstance(value, list) else ()
