"""A GraphQL request: its four parameters, from a POST's body or a GET's query."""

from dataclasses import dataclass
from typing import Any

from starlette.requests import Request

from footbridge.gateway.http.answers import BadRequest
from footbridge.gateway.http.body import LARGEST_BODY, decode_object


@dataclass(frozen=True)
class GraphQLRequest:
    """Either a trusted document's id or, for those who may, a document of their own."""

    document_id: str | None
    query: str | None
    operation_name: str | None
    variables: dict[str, Any]


def parse_request(request: Request, body: bytes) -> GraphQLRequest:
    if request.method != "POST":
        return _checked(_of_query(request))
    _require_json(request.headers.get("content-type", ""))
    return _checked(decode_object(body))


def _require_json(content_type: str) -> None:
    name, *parameters = (part.strip().lower() for part in content_type.split(";"))
    charsets = [part.removeprefix("charset=").strip('"') for part in parameters if part.startswith("charset=")]
    if name != "application/json" or any(charset not in {"utf-8", "utf8"} for charset in charsets):
        raise BadRequest(415, "UNSUPPORTED_MEDIA_TYPE", "Send the request as application/json in UTF-8.")


def _of_query(request: Request) -> dict[str, Any]:
    """`variables` and `extensions` are JSON in it; each parameter stands there once, in UTF-8."""
    if len(request.url.query) > LARGEST_BODY:
        raise BadRequest(414, "ADDRESS_TOO_LONG", "The address is too long: send the request by POST.")
    content: dict[str, Any] = {}
    for name, value in request.query_params.multi_items():
        if name in content:
            raise BadRequest(400, "KEY_REPEATED", "A parameter stands twice in the address.")
        if "\0" in value or "\ufffd" in value:
            raise BadRequest(400, "TEXT_NOT_VALID", "The address holds text that is not UTF-8, or the character NUL.")
        content[name] = _object(name, value) if name in {"variables", "extensions"} else value
    return content


def _object(name: str, text: str) -> dict[str, Any] | None:
    return None if text in {"", "null"} else decode_object(text.encode(), f"The parameter {name}")


def _checked(content: dict[str, Any]) -> GraphQLRequest:
    _optional_object(content, "extensions")
    if content.get("documentId") is not None and content.get("query") is not None:
        raise BadRequest(400, "DOCUMENT_AMBIGUOUS", "Send a documentId or a query, not both.")
    return GraphQLRequest(
        document_id=_optional_text(content, "documentId"),
        query=_optional_text(content, "query"),
        operation_name=_optional_text(content, "operationName"),
        variables=_optional_object(content, "variables"),
    )


def _optional_text(content: dict[str, Any], name: str) -> str | None:
    value = content.get(name)
    if value is not None and not isinstance(value, str):
        raise BadRequest(400, "WRONG_TYPE", f"{name} must be a string.")
    return value


def _optional_object(content: dict[str, Any], name: str) -> dict[str, Any]:
    value = content.get(name)
    if value is not None and not isinstance(value, dict):
        raise BadRequest(400, "WRONG_TYPE", f"{name} must be an object.")
    return value or {}
