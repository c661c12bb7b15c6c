"""Plain Strawberry and SQLAlchemy's ORM in bare Starlette, on the same tables, as the same login roles."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

from sqlalchemy import make_url
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket
from strawberry.asgi import GraphQL

from . import catalogue
from .floor import POOL, ready
from .orm_schema import Context, newest_sessions, schema
from .serving import end_with_server, serve
from .tenants import COMPARING, LOGGING, READING, School


class Endpoint:
    """One tenant's GraphQL endpoint: a session of the ORM for each request."""

    def __init__(self, role: str, tenant: str, settings: dict[str, str]) -> None:
        address = make_url(os.environ[f"FOOTBRIDGE_DATABASE_URL_{role}"]).set(drivername="postgresql+asyncpg")
        self.engine: AsyncEngine = create_async_engine(
            address, pool_size=POOL, max_overflow=0, connect_args={"server_settings": settings}
        )
        self._tenant = UUID(tenant)
        self._graphql = _WithContext()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async with AsyncSession(self.engine, expire_on_commit=False) as session:
            scope["orm"] = Context(session, self._tenant, newest_sessions(session, self._tenant))
            await self._graphql(scope, receive, send)


class _WithContext(GraphQL[Any, Any]):
    def __init__(self) -> None:
        super().__init__(schema, graphql_ide=None)

    async def get_context(self, request: Request | WebSocket, response: Response | WebSocket) -> Any:
        return request.scope["orm"]


def _of(school: School) -> dict[str, str]:
    return {"footbridge.school_id": school.id, "footbridge.trust_id": school.trust.id}


def make_orm_server() -> Starlette:
    end_with_server()
    catalogue.fill_up()
    endpoints = {
        "/trust": Endpoint("TRUST", COMPARING.id, {"footbridge.trust_id": COMPARING.id}),
        "/reading": Endpoint("SCHOOL", READING.id, _of(READING)),
        "/logging": Endpoint("SCHOOL", LOGGING.id, _of(LOGGING)),
    }

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        yield
        for endpoint in endpoints.values():
            await endpoint.engine.dispose()

    routes = [Route("/readyz", ready), *(Route(path, endpoint) for path, endpoint in endpoints.items())]
    return Starlette(routes=routes, lifespan=lifespan)


if __name__ == "__main__":
    serve("orm_server:make_orm_server")
