"""The gateway as one Starlette application."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from footbridge.gateway.endpoint import Endpoints
from footbridge.gateway.http.address_rate import AddressRate
from footbridge.gateway.http.answers import BadRequest, refuse
from footbridge.gateway.http.last_resort import LastResort
from footbridge.gateway.http.limits import Buckets, Limits
from footbridge.gateway.pages.browsed import BrowsedPages
from footbridge.gateway.pages.health import HealthPages
from footbridge.gateway.pages.me import MePage
from footbridge.runtime.database import Database

GRAPHQL_METHODS = ["GET", "POST", "OPTIONS"]


def make_app(database: Database, origin: str, limits: Limits | None = None, *, remember: bool = True) -> Starlette:
    """`origin` is where people reach it, as https://footbridge.example: forms, cookies and directories go by it.

    `remember` keeps what was published until its version is another; without it each read asks for all of it.
    """
    limits, buckets = limits or Limits(), Buckets()
    endpoints = Endpoints(database, origin, limits, buckets, remember=remember)
    me = MePage(database, origin, limits, buckets)
    health = HealthPages(database)
    browsed = BrowsedPages(database, origin, limits, buckets)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        yield
        await browsed.close()
        await database.close()

    app = Starlette(
        routes=[
            # Those most asked for come first: each route is tried in turn.
            Route("/schools/{urn}/graphql", endpoints.school, methods=GRAPHQL_METHODS),
            Route("/trusts/{uid}/graphql", endpoints.trust, methods=GRAPHQL_METHODS),
            Route("/me", me.me, methods=["GET", "OPTIONS"]),
            Route("/healthz", health.alive),
            Route("/readyz", health.ready),
            *browsed.routes(),
        ],
        middleware=[Middleware(LastResort), Middleware(AddressRate, limits=limits, buckets=buckets)],
        exception_handlers={BadRequest: _bad_request, HTTPException: _not_here},
        lifespan=lifespan,
    )
    app.router.redirect_slashes = False  # its address would be made of whatever Host was sent
    return app


async def _bad_request(_: Request, error: Exception) -> Response:
    assert isinstance(error, BadRequest)
    return refuse(error)


async def _not_here(_: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    code = {404: "NOT_FOUND", 405: "METHOD_NOT_ALLOWED"}.get(error.status_code, "BAD_REQUEST")
    return refuse(BadRequest(error.status_code, code, error.detail, headers=error.headers))
