"""How often one address may ask: looked at before anything of its request is read."""

from functools import lru_cache
from ipaddress import ip_address, ip_network

from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Receive, Scope, Send

from footbridge.gateway.http.answers import refuse
from footbridge.gateway.http.limits import Buckets, Limits, TooOften


class AddressRate:
    def __init__(self, app: ASGIApp, limits: Limits, buckets: Buckets) -> None:
        self._app = app
        self._limits = limits
        self._buckets = buckets

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            try:
                self._buckets.take(("address", address_of(HTTPConnection(scope), self._limits)), self._limits.address)
            except TooOften as error:
                return await refuse(error)(scope, receive, send)
        return await self._app(scope, receive, send)


def address_of(connection: HTTPConnection, limits: Limits) -> str:
    """Of the client before our own proxies: their entries of X-Forwarded-For are the last ones, the rest is hearsay.

    Of IPv6 the network that one household or school is given (/64): it has more addresses than could be counted.
    """
    own = connection.client.host if connection.client else ""
    told = ",".join(connection.headers.getlist("x-forwarded-for")).split(",")
    wanted = told[-limits.proxies].strip() if 0 < limits.proxies <= len(told) else own
    return _network(wanted) or own


@lru_cache(maxsize=4096)
def _network(text: str) -> str | None:
    """None for what is no address; some proxies write the port too."""
    bare = text.partition("]")[0].removeprefix("[") if text.startswith("[") else text
    bare = bare.partition(":")[0] if bare.count(":") == 1 else bare
    try:
        address = ip_address(bare)
    except ValueError:
        return None
    return str(ip_network((address, 64), strict=False)) if address.version == 6 else str(address)
