"""A form of ours as browsers send it: small, without files, and read to its end in time."""

from collections.abc import Mapping
from urllib.parse import parse_qsl

from starlette.requests import Request

from footbridge.gateway.http.answers import BadRequest
from footbridge.gateway.http.body import read_body

LARGEST_FORM = 16 * 1024
MOST_FIELDS = 20


async def read_form(request: Request, *, seconds: float) -> Mapping[str, str]:
    """By name, the last of two. Raises BadRequest 400, 408, 413 or 415."""
    content_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    body = await read_body(request, seconds=seconds, largest=LARGEST_FORM)
    if content_type not in {"application/x-www-form-urlencoded", ""}:
        raise BadRequest(415, "UNSUPPORTED_MEDIA_TYPE", "Send the form as application/x-www-form-urlencoded.")
    try:
        return dict(parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=MOST_FIELDS, errors="strict"))
    except ValueError:
        raise BadRequest(400, "TEXT_NOT_VALID", "The form is not text in UTF-8, or has too many fields.") from None
