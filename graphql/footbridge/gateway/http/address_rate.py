"""How often one address may ask: looked at before anything of its request is read."""

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
    """Of the client before our own proxies: their entries of X-Forwarded-For are the last ones, the rest is hearsay."""
    told = [each.strip() for each in connection.headers.get("x-forwarded-for", "").split(",") if each.strip()]
    if 0 < limits.proxies <= len(told):
        return told[-limits.proxies]
    return connection.client.host if connection.client else ""
