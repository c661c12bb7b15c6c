"""The pages that people browse: their modules are imported when the first of them is asked for.

To speak with a directory and to fill in a template takes libraries of some 20 MB and 0.2 s, which no other request
needs.
"""

from collections.abc import Awaitable, Callable
from functools import cached_property
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from footbridge.gateway.http.limits import Buckets, Limits
from footbridge.runtime.database import Database

if TYPE_CHECKING:
    from footbridge.gateway.pages.home import HomePages
    from footbridge.gateway.pages.sign_in import SignInPages

Page = Callable[[Request], Awaitable[Response]]


class BrowsedPages:
    """`/` and those of SignInPages."""

    def __init__(self, database: Database, origin: str, limits: Limits, buckets: Buckets) -> None:
        self._database = database
        self._origin = origin
        self._limits = limits
        self._buckets = buckets

    def routes(self) -> list[Route]:
        return [
            Route("/", _found(lambda: self._home.home), name="home"),
            Route("/sign-in", _found(lambda: self._sign_in.form), methods=["GET"]),
            Route("/sign-in", _found(lambda: self._sign_in.begin), methods=["POST"]),
            Route("/sign-in/callback", _found(lambda: self._sign_in.callback), name="sign_in_callback"),
            Route("/sign-out", _found(lambda: self._sign_in.sign_out), methods=["POST"]),
            Route("/act-as", _found(lambda: self._sign_in.act_as), methods=["POST"]),
        ]

    async def close(self) -> None:
        if "_sign_in" in vars(self):
            await self._sign_in.close()

    @cached_property
    def _home(self) -> "HomePages":
        from footbridge.gateway.pages.home import HomePages  # noqa: PLC0415 (at its first request)

        return HomePages(self._database, self._origin)

    @cached_property
    def _sign_in(self) -> "SignInPages":
        from footbridge.gateway.pages.sign_in import SignInPages  # noqa: PLC0415 (at its first request)

        return SignInPages(self._database, self._origin, self._limits, self._buckets)


def _found(find: Callable[[], Page]) -> Page:
    """The page, looked for when it is asked for."""

    async def answered(request: Request) -> Response:
        return await find()(request)

    return answered
