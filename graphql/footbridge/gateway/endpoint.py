"""The two GraphQL endpoints: `/schools/{urn}/graphql` and `/trusts/{uid}/graphql`.

A foreign tenant and a missing one give the same answer.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date
from functools import partial
from uuid import UUID

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from footbridge.gateway.documents.document import cost_with
from footbridge.gateway.documents.door import Door, chosen_operation
from footbridge.gateway.documents.variables import fitting_variables
from footbridge.gateway.execution import changing, reading
from footbridge.gateway.execution.operation import Operation, Outcome
from footbridge.gateway.faults import refused
from footbridge.gateway.http.answers import (
    BadRequest,
    DocumentRefused,
    Media,
    accepted_media,
    answer,
)
from footbridge.gateway.http.body import read_body
from footbridge.gateway.http.callers import Visitor, visitor_of
from footbridge.gateway.http.cross_site import (
    cors_headers,
    preflight_headers,
    registered_origin,
    require_change_from_here,
)
from footbridge.gateway.http.limits import Buckets, Limits
from footbridge.gateway.http.recent import Recent
from footbridge.gateway.http.request import parse_request
from footbridge.gateway.http.turns import Turns
from footbridge.gateway.published import PublishedAnswers, Readings
from footbridge.gateway.school.schema import school_schema
from footbridge.gateway.slow import Watch
from footbridge.gateway.trust.schema import trust_schema
from footbridge.runtime.clock import today
from footbridge.runtime.database import Database, Role
from footbridge.tenancy.caller import Caller
from footbridge.tenancy.client import Side
from footbridge.tenancy.permission import Scope
from footbridge.tenancy.register import Register, School, Trust

NOT_HERE = BadRequest(404, "NOT_FOUND", "There is no such endpoint for you. /me tells which are yours.")
REFUSED_POINTS = 25_000
"""What a document costs that was looked at and refused."""


@dataclass(frozen=True)
class Asked:
    """A request whose sender is known."""

    request: Request
    body: bytes
    visitor: Visitor
    origin: str | None
    media: Media


Handle = Callable[[Asked], Awaitable[Response]]
Place = tuple[str, UUID | None, UUID, date]
"""What a path names, and whose it has to be: that caller's school and trust, on that day."""


class Endpoints:
    """Finds who calls, for which tenant, with which document; then runs it."""

    def __init__(
        self, database: Database, origin: str, limits: Limits, buckets: Buckets, *, remember: bool = True
    ) -> None:
        self._database = database
        self._origin = origin
        self._limits = limits
        self._buckets = buckets
        self._turns = Turns(at_once=limits.at_once, wait_seconds=limits.wait_seconds)
        self._remembered = PublishedAnswers() if remember else None
        self._readings = Readings()
        self._watch = Watch(limits.slow_seconds)
        self._places: Recent[Place, School | Trust] = Recent()
        self._school = Door.open(Side.SCHOOL, school_schema)
        self._trust = Door.open(Side.TRUST, trust_schema)

    async def school(self, request: Request) -> Response:
        return await self._answered(request, self._at_school)

    async def trust(self, request: Request) -> Response:
        return await self._answered(request, self._at_trust)

    async def _answered(self, request: Request, handle: Handle) -> Response:
        """CORS headers stand on refusals too: a client's page has to read why."""
        media, origin = Media.GRAPHQL, None
        try:
            body = await read_body(request, seconds=self._limits.body_seconds)
            media = accepted_media(request.headers)
            async with asyncio.timeout(self._limits.request_seconds):
                origin = await registered_origin(request, self._database, self._origin)
                response = await self._handled(request, body, origin, media, handle)
        except Exception as error:
            response = refused(error, media)
        response.headers["Vary"] = "Accept, Authorization, Cookie, Origin"
        response.headers.update(cors_headers(origin) if origin else {})
        return response

    async def _handled(
        self, request: Request, body: bytes, origin: str | None, media: Media, handle: Handle
    ) -> Response:
        if request.method == "OPTIONS":
            return Response(status_code=204, headers=preflight_headers(origin))
        visitor = await visitor_of(request, self._database, self._origin)
        self._take(visitor)
        async with self._turns.turn(visitor.caller.school_id or visitor.caller.trust_id):
            return await handle(Asked(request, body, visitor, origin, media))

    def _take(self, visitor: Visitor) -> None:
        caller = visitor.caller
        self._buckets.take(caller.id, self._limits.person if visitor.is_session else self._limits.token)
        self._buckets.take(caller.school_id or caller.trust_id, self._limits.tenant)

    async def _at_school(self, asked: Asked) -> Response:
        urn = asked.request.path_params["urn"]
        school = await self._require_school(asked.visitor, urn)
        if school.urn != urn:
            query = f"?{asked.request.url.query}" if asked.request.url.query else ""
            return RedirectResponse(f"/schools/{school.urn}/graphql{query}", status_code=308)
        operation = await self._chosen(asked, self._school)
        run = changing.change_school if operation.is_mutation else reading.read_school
        running = run(self._database, asked.visitor.caller, school.id, operation)
        outcome = await self._watch.over(Side.SCHOOL, operation.document, operation.course, running)
        replayed = {"Idempotency-Replayed": "true"} if outcome.replayed else None
        return answer(outcome.body, headers=replayed, media=asked.media)

    async def _at_trust(self, asked: Asked) -> Response:
        await self._require_trust(asked.visitor, asked.request.path_params["uid"])
        operation = await self._chosen(asked, self._trust)
        running = reading.read_trust(
            self._database, asked.visitor.caller, operation, remembered=self._remembered, readings=self._readings
        )
        outcome = await self._watch.over(Side.TRUST, operation.document, operation.course, running)
        if asked.request.method != "POST":
            return _tagged(asked, outcome)
        return answer(outcome.body, media=asked.media)

    async def _chosen(self, asked: Asked, door: Door) -> Operation:
        request, visitor = parse_request(asked.request, asked.body), asked.visitor
        budget, points = ("points", visitor.caller.id), self._limits.points
        try:
            document = await door.document(request, visitor, asked.origin, self._database)
            node = chosen_operation(document, request.operation_name)
            coerced = fitting_variables(door.core, node, request.variables, names=visitor.may_introspect)
            cost = cost_with(document, door.core, node, coerced.coerced)
        except DocumentRefused:
            self._buckets.spend(budget, points, REFUSED_POINTS)
            raise
        self._buckets.spend(budget, points, cost)
        operation = Operation(document, node, request.variables, door.schema, self._limits.largest_answer, coerced)
        _require_allowed(asked, operation)
        return operation

    async def _require_school(self, visitor: Visitor, urn: str) -> School:
        """The caller's own school, by any of its URNs."""
        caller = visitor.caller
        if caller.school_id is None or "\0" in urn:
            raise NOT_HERE
        found = await self._at_home(urn, caller, partial(self._find_school, urn, caller))
        assert isinstance(found, School)
        return found

    async def _find_school(self, urn: str, caller: Caller) -> School:
        assert caller.school_id is not None
        settings = {"school_id": caller.school_id, "trust_id": caller.trust_id}
        async with self._database.transaction(Role.SCHOOL, read_only=True, **settings) as transaction:
            register = Register(transaction)
            school = await register.find_school(urn=urn)
            if school is None or school.id != caller.school_id:
                raise NOT_HERE
            if await register.trust_of(school.id, on=today()) != caller.trust_id:
                raise NOT_HERE
        return school

    async def _require_trust(self, visitor: Visitor, uid: str) -> None:
        caller = visitor.caller
        if caller.school_id is not None or "\0" in uid:
            raise NOT_HERE
        await self._at_home(uid, caller, partial(self._find_trust, uid, caller))

    async def _find_trust(self, uid: str, caller: Caller) -> Trust:
        async with self._database.transaction(Role.TRUST, read_only=True, trust_id=caller.trust_id) as transaction:
            trust = await Register(transaction).find_trust(uid=uid)
        if trust is None or trust.id != caller.trust_id:
            raise NOT_HERE
        return trust

    async def _at_home(
        self, name: str, caller: Caller, find: Callable[[], Awaitable[School | Trust]]
    ) -> School | Trust:
        """Two seconds old at most: a school that has left its trust is let in no longer than a session that ended."""
        return await self._places.get((name, caller.school_id, caller.trust_id, today()), find)


def _require_allowed(asked: Asked, operation: Operation) -> None:
    asked.visitor.require(Scope.WRITE if operation.is_mutation else Scope.READ)
    if not operation.is_mutation:
        return
    if asked.request.method != "POST":
        raise BadRequest(405, "METHOD_NOT_ALLOWED", "Send a mutation by POST.", headers={"Allow": "POST"})
    require_change_from_here(asked.request, asked.visitor)


def _tagged(asked: Asked, outcome: Outcome) -> Response:
    """What was published changes rarely: a client that has this very answer is told so."""
    tag = f'"{outcome.tag}-{asked.media.name.lower()}"'
    headers = {"Cache-Control": "private, no-cache", "ETag": tag}
    known = [each.strip().removeprefix("W/") for each in asked.request.headers.get("if-none-match", "").split(",")]
    if tag in known or "*" in known:
        return Response(status_code=304, headers=headers)
    return answer(outcome.body, headers=headers, media=asked.media)
