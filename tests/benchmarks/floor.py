"""The floors: bare Starlette and asyncpg, one hand-written statement an operation, one round trip.

They stand behind the same wall as the gateway: the product's login roles and row-level security. The tenant is a
setting of each connection from its start, where the gateway sets it for each transaction anew: what they save by that,
and by knowing nobody and allowing everything, is what the gateway is measured against.
"""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import asyncpg
import orjson
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from footbridge.engagement.records import Leader, SessionKind, Space
from footbridge.gateway.fields.scalars import Prefix
from footbridge.runtime.ids import new_id

from . import catalogue
from . import floor_statements as statements
from .serving import end_with_server, serve
from .tenants import COMPARING, LOGGING, READING, School

POOL = 10
"""As many as the gateway has of each role."""


class Connection(asyncpg.Connection):  # type: ignore[misc]
    """Is not reset when it goes back to its pool: that would be a second round trip."""

    def get_reset_query(self) -> str:
        return ""


class Floor:
    def __init__(self) -> None:
        measures = catalogue.compared()
        told = ((each.id, each.name, each.rate.name, each.direction.name) for each in measures)
        self._compared = tuple(zip(*told, strict=True))
        self._pools: dict[str, Any] = {}

    @asynccontextmanager
    async def lifespan(self, _: Starlette) -> AsyncIterator[None]:
        trust = {"footbridge.trust_id": COMPARING.id}
        self._pools["trust"] = await _pool("TRUST", trust)
        self._pools["reading"] = await _pool("SCHOOL", _of(READING))
        self._pools["logging"] = await _pool("SCHOOL", _of(LOGGING))
        yield
        for pool in self._pools.values():
            await pool.close()

    async def compare(self, request: Request) -> Response:
        return await self._compare(request, statements.COMPARISONS)

    async def compare_best(self, request: Request) -> Response:
        return await self._compare(request, statements.COMPARISONS_BY_CONCATENATION)

    async def _compare(self, request: Request, statement: str) -> Response:
        variables = await _variables(request)
        text = await self._pools["trust"].fetchval(
            statement, *self._compared, variables["period"], UUID(COMPARING.id)
        )  # fmt: skip
        return _answer(text)

    async def overview(self, request: Request) -> Response:
        variables = await _variables(request)
        text = await self._pools["reading"].fetchval(statements.OVERVIEW, UUID(READING.id), variables["first"])
        return _answer(text)

    async def record(self, request: Request) -> Response:
        session = (await _variables(request))["input"]
        session_id, job_id = new_id(), new_id()
        message = f'{{"actor_name":"told","args":["{session_id}"],"message_id":"{job_id}"}}'
        text = await self._pools["logging"].fetchval(
            statements.RECORD_SESSION, UUID(LOGGING.id), session_id, Prefix.ACTIVITY.parse(session["activityId"]),
            date.fromisoformat(session["heldOn"]), SessionKind[session["kind"]].value, Decimal(session["hours"]),
            Leader[session["ledBy"]].value, Leader[session["designedBy"]].value, Space[session["space"]].value,
            job_id, message,
        )  # fmt: skip
        return _answer(text)


async def _pool(role: str, settings: dict[str, str]) -> Any:
    address = os.environ[f"FOOTBRIDGE_DATABASE_URL_{role}"]
    return await asyncpg.create_pool(
        address, min_size=POOL, max_size=POOL, server_settings=settings, connection_class=Connection
    )


def _of(school: School) -> dict[str, str]:
    return {"footbridge.school_id": school.id, "footbridge.trust_id": school.trust.id}


async def _variables(request: Request) -> dict[str, Any]:
    variables: dict[str, Any] = orjson.loads(await request.body())["variables"]
    return variables


def _answer(text: str) -> Response:
    return Response(text, media_type="application/json")


async def ready(_: Request) -> Response:
    return PlainTextResponse("ready")


def make_floor() -> Starlette:
    end_with_server()
    catalogue.fill_up()
    floor = Floor()
    routes = [
        Route("/readyz", ready),
        Route("/comparisons", floor.compare, methods=["POST"]),
        Route("/comparisons/best", floor.compare_best, methods=["POST"]),
        Route("/overview", floor.overview, methods=["POST"]),
        Route("/sessions", floor.record, methods=["POST"]),
    ]
    return Starlette(routes=routes, lifespan=floor.lifespan)


if __name__ == "__main__":
    serve("floor:make_floor")
