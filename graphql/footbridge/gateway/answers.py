"""Answers over HTTP: one format for errors, and nothing cached that should not be."""

from typing import Any

import orjson
from starlette.responses import Response

GRAPHQL_RESPONSE = "application/graphql-response+json; charset=utf-8"


class BadRequest(Exception):
    """Answered with this status before any document is run."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code

    @property
    def message(self) -> str:
        return str(self)


def error_body(code: str, message: str, **more: Any) -> dict[str, Any]:
    return {"errors": [{"message": message, "extensions": {"code": code} | more}]}


def answer(content: dict[str, Any] | bytes, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    body = content if isinstance(content, bytes) else orjson.dumps(content)
    return Response(body, status, {"Cache-Control": "no-store"} | (headers or {}), GRAPHQL_RESPONSE)


def refuse(error: BadRequest) -> Response:
    return answer(error_body(error.code, error.message), error.status)
