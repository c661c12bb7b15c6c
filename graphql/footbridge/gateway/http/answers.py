"""Answers over HTTP: in the media type that was asked for, errors in one format, and nothing cached."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from functools import lru_cache
from typing import Any

import orjson
from graphql import GraphQLError
from starlette.datastructures import Headers
from starlette.responses import Response


class Media(StrEnum):
    """Of GraphQL over HTTP; the second is for clients that know no status but 200 for a GraphQL answer."""

    GRAPHQL = "application/graphql-response+json"
    JSON = "application/json"

    @property
    def content_type(self) -> str:
        return f"{self.value}; charset=utf-8"


class BadRequest(Exception):
    """Answered with this status before any document is run."""

    status_in_json: int | None = None

    def __init__(self, status: int, code: str, message: str, *, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.headers = headers or {}

    @property
    def message(self) -> str:
        return str(self)

    @property
    def content(self) -> dict[str, Any]:
        return error_body(self.code, self.message)

    def status_in(self, media: Media) -> int:
        return self.status_in_json or self.status if media is Media.JSON else self.status


class DocumentRefused(BadRequest):
    """The request was well formed, but its document or variables cannot be taken.

    GraphQL over HTTP, 6.4.1: such an answer in application/json has the status 200.
    """

    status_in_json = 200

    def __init__(self, code: str, message: str, errors: Sequence[GraphQLError] = ()) -> None:
        super().__init__(400, code, message)
        self._errors = errors

    @property
    def content(self) -> dict[str, Any]:
        if not self._errors:
            return super().content
        return {"errors": [self._told(error) for error in self._errors]}

    def _told(self, error: GraphQLError) -> dict[str, Any]:
        places = [{"line": place.line, "column": place.column} for place in error.locations or ()]
        told = {"message": error.message, "locations": places, "extensions": {"code": self.code}}
        return {name: value for name, value in told.items() if value}


def error_body(code: str, message: str, **more: Any) -> dict[str, Any]:
    return {"errors": [{"message": message, "extensions": {"code": code} | more}]}


def answer(
    content: dict[str, Any] | bytes,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    media: Media = Media.GRAPHQL,
) -> Response:
    body = content if isinstance(content, bytes) else orjson.dumps(content)
    return Response(body, status, {"Cache-Control": "no-store", **(headers or {})}, media.content_type)


def refuse(error: BadRequest, media: Media = Media.GRAPHQL) -> Response:
    return answer(error.content, error.status_in(media), error.headers, media)


def accepted_media(headers: Headers) -> Media:
    """By `Accept`, as RFC 9110 weighs it; application/json for one who says nothing or anything.

    Raises BadRequest 406 for one who takes neither.
    """
    return _accepted((headers.get("accept") or "*/*")[:1000])


@lru_cache(maxsize=256)
def _accepted(accept: str) -> Media:
    ranges = _ranges(accept)
    weights = {media: _weight(media, ranges) for media in (Media.JSON, Media.GRAPHQL)}
    best = max(weights, key=lambda media: weights[media])
    if weights[best] <= 0:
        raise BadRequest(406, "NOT_ACCEPTABLE", f"Accept {Media.GRAPHQL} or {Media.JSON}.")
    return best


def _ranges(accept: str) -> dict[str, float]:
    """Media range → weight; what cannot be read does not count."""
    found: dict[str, float] = {}
    for part in accept.lower().split(","):
        name, *parameters = (piece.strip() for piece in part.split(";"))
        quality = next((each[2:] for each in parameters if each.startswith("q=")), "1")
        charset = next((each for each in parameters if each.startswith("charset=")), "charset=utf-8")
        if charset in {"charset=utf-8", 'charset="utf-8"'}:
            found[name] = float(quality) if quality.replace(".", "", 1).isdecimal() else 0.0
    return found


def _weight(media: Media, ranges: Mapping[str, float]) -> float:
    """The most exact range decides."""
    return next((ranges[name] for name in (media.value, "application/*", "*/*") if name in ranges), 0.0)
