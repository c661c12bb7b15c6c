"""Whose page sends a request: our own, a registered client's, or none; the rest is refused.

A browser says so in `Origin` and `Sec-Fetch-Site`, which no page can forge. CORS is answered to a registered
client's origins only.
"""

from collections.abc import Mapping

from starlette.requests import Request

from footbridge.gateway.http.answers import BadRequest
from footbridge.gateway.http.callers import Visitor
from footbridge.runtime.database import Database
from footbridge.tenancy.client import find_client

SAME_SITE = {None, "same-origin", "same-site"}


class CrossSite(BadRequest):
    def __init__(self) -> None:
        super().__init__(403, "CROSS_SITE", "Requests from other sites are not taken.", headers={"Vary": "Origin"})


class OriginMissing(BadRequest):
    def __init__(self) -> None:
        message = "Send Origin with what changes something: a cookie alone does not say whose page it comes from."
        super().__init__(403, "ORIGIN_MISSING", message)


async def registered_origin(request: Request, database: Database, own: str) -> str | None:
    """The origin of a registered client that sends this; None for our own pages and for programs.

    Raises CrossSite for any other site.
    """
    origin, site = request.headers.get("origin"), request.headers.get("sec-fetch-site")
    if origin is None or origin == own:
        if site not in {None, "same-origin", "none"}:
            raise CrossSite
        return None
    if await find_client(database, origin) is None:
        raise CrossSite
    return origin


def require_change_from_here(request: Request, visitor: Visitor) -> None:
    """A cookie is sent along by any page: one that changes something must say its origin, and be of this site.

    Raises OriginMissing or CrossSite.
    """
    if not visitor.is_session:
        return
    if "origin" not in request.headers:
        raise OriginMissing
    if request.headers.get("sec-fetch-site") not in SAME_SITE:
        raise CrossSite


def cors_headers(origin: str) -> Mapping[str, str]:
    """What lets that origin's pages read the answer."""
    return {
        "Access-Control-Allow-Origin": origin,
        "Access-Control-Allow-Credentials": "true",
        "Access-Control-Expose-Headers": "ETag, Idempotency-Replayed, Retry-After",
    }


def preflight_headers(origin: str | None) -> Mapping[str, str]:
    """Without a registered origin only what the endpoint takes: there is nobody whom a browser would have to let in."""
    if origin is None:
        return {"Allow": "GET, HEAD, OPTIONS, POST"}
    return {
        **cors_headers(origin),
        "Access-Control-Allow-Methods": "GET, POST",
        "Access-Control-Allow-Headers": "Authorization, Content-Type, If-None-Match",
        "Access-Control-Max-Age": "600",
    }
