"""A request's body: read, unpacked and decoded within limits, before anything else is looked at."""

import asyncio
import json
import math
import re
import zlib
from typing import Any

import orjson
from starlette.requests import ClientDisconnect, Request

from footbridge.gateway.http.answers import BadRequest

LARGEST_BODY = 256 * 1024
DEEPEST_BODY = 64
LONGEST_INTEGER = 20
MOST_VALUES = 20_000
_SPACED = re.compile(rb'"[ \t\r\n]+:')
CLOSE = {"Connection": "close"}

_WINDOW_OF = {"gzip": 16 + zlib.MAX_WBITS, "x-gzip": 16 + zlib.MAX_WBITS, "deflate": zlib.MAX_WBITS}


class TooLarge(BadRequest):
    def __init__(self) -> None:
        super().__init__(413, "BODY_TOO_LARGE", "The request is too large.", headers=CLOSE)


class TooManyValues(BadRequest):
    def __init__(self) -> None:
        super().__init__(413, "BODY_TOO_LARGE", "The request holds too many values: send it in parts.")


async def read_body(request: Request, *, seconds: float, largest: int = LARGEST_BODY) -> bytes:
    """To its end: a connection whose request was not read is closed under the next one.

    Raises BadRequest 408 for one that takes too long, 413 for one too large, 415 for a packing we do not know.
    """
    try:
        async with asyncio.timeout(seconds):
            packed = await _read(request, largest)
    except TimeoutError:
        raise BadRequest(408, "BODY_TOO_SLOW", "The request took too long to arrive.", headers=CLOSE) from None
    except ClientDisconnect:
        raise BadRequest(400, "BODY_INCOMPLETE", "The request broke off.") from None
    return _unpacked(packed, request.headers.get("content-encoding", "identity").strip().lower(), largest)


async def _read(request: Request, largest: int) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > largest:
            raise TooLarge
    return bytes(body)


def _unpacked(packed: bytes, encoding: str, largest: int) -> bytes:
    if encoding in {"identity", ""}:
        return packed
    if encoding not in _WINDOW_OF:
        accepted = {"Accept-Encoding": "gzip, deflate"}
        raise BadRequest(415, "UNSUPPORTED_ENCODING", "Send the body as it is, or as gzip.", headers=accepted)
    unpacker = zlib.decompressobj(_WINDOW_OF[encoding])
    try:
        body = unpacker.decompress(packed, largest + 1)
    except zlib.error:
        raise BadRequest(400, "NOT_UNPACKED", f"The body is not {encoding}.") from None
    if len(body) > largest:
        raise TooLarge
    if not unpacker.eof or unpacker.unused_data:
        raise BadRequest(400, "NOT_UNPACKED", f"The body is not one whole {encoding} stream.")
    return body


def decode_object(body: bytes, what: str = "The request") -> dict[str, Any]:
    """A JSON object (RFC 8259) in UTF-8, at most 64 deep; raises BadRequest 400 with a code that says what is wrong.

    Where need be read twice: orjson is strict about grammar and UTF-8 and survives any depth, but lets the last of two
    equal keys win and rounds a number that is too long.
    """
    if sum(map(body.count, (b",", b"[", b"{"))) > MOST_VALUES:  # each begins a value, or stands in a text
        raise TooManyValues
    try:
        content = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise BadRequest(400, "NOT_JSON", f"{what} is not JSON in UTF-8: look at {place}.") from None
    if not isinstance(content, dict):
        raise BadRequest(400, "NOT_AN_OBJECT", f"{what} must be a JSON object.")
    keys, has_floats = _looked_through(content)
    is_whole = keys == body.count(b'":') and not _SPACED.search(body)  # such signs in a text only make more of them
    return content if is_whole and not has_floats else _read_slowly(body)


def _read_slowly(body: bytes) -> dict[str, Any]:
    try:
        checked: dict[str, Any] = json.loads(
            body, object_pairs_hook=_unique, parse_int=_integer, parse_float=_finite, parse_constant=_finite
        )
    except ValueError:  # the two readers disagree: what one of them does not take is not taken
        raise BadRequest(400, "NOT_JSON", "The request is not JSON in UTF-8.") from None
    return checked


def _looked_through(content: dict[str, Any]) -> tuple[int, bool]:
    """How many keys it has, and whether there are floats; level by level, so that no depth of theirs is one of ours."""
    keys, has_floats = 0, False
    level: list[Any] = [content]
    for _ in range(DEEPEST_BODY):
        inner: list[Any] = []
        for value in level:
            if isinstance(value, str):
                _require_no_nul(value)
            elif isinstance(value, dict):
                keys += len(value)
                inner += (*value, *value.values())
            elif isinstance(value, list):
                inner += value
            elif isinstance(value, float):
                has_floats = True
        if not inner:
            return keys, has_floats
        level = inner
    raise BadRequest(400, "TOO_DEEP", "The request is nested too deeply.")


def _require_no_nul(text: str) -> None:
    if "\0" in text:
        raise BadRequest(400, "TEXT_NOT_VALID", "Text may not contain the character NUL.")


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    content = dict(pairs)
    if len(content) != len(pairs):
        twice = next(key for number, (key, _) in enumerate(pairs) if key in dict(pairs[:number]))
        raise BadRequest(400, "KEY_REPEATED", f"The key “{twice[:40]}” stands twice in one object.")
    return content


def _integer(digits: str) -> int:
    if len(digits.lstrip("-")) > LONGEST_INTEGER:
        raise BadRequest(400, "NUMBER_TOO_LONG", "A whole number has too many digits.")
    return int(digits)


def _finite(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise BadRequest(400, "NUMBER_NOT_FINITE", "A number is too large, or none.")
    return number
