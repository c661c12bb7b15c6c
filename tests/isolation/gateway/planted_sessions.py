"""Defects of sessions and scopes: who comes in, for whom they speak, and what their token was given for."""

from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from footbridge.directory.records import SessionRow, SignedInPerson, TokenRow
from footbridge.directory.repository import DirectoryRepository
from footbridge.directory.signed_in_cache import SignedInCache
from footbridge.engagement.tables import activity
from footbridge.gateway import endpoint
from footbridge.gateway.endpoint import Endpoints
from footbridge.gateway.execution import changing, reading
from footbridge.gateway.http.answers import BadRequest
from footbridge.gateway.http.callers import Visitor, visitor_of
from footbridge.runtime.clock import today
from footbridge.runtime.database import Role
from footbridge.tenancy import session as sessions
from footbridge.tenancy.caller import Caller, CallerKind
from footbridge.tenancy.permission import Scope
from footbridge.tenancy.register import Register
from footbridge.tenancy.session import SchoolSession, TrustSession
from tests.isolation.gateway.plant import plant

Patch = pytest.MonkeyPatch


@plant("a token writes without the scope", "scopes")
def _(patch: Patch) -> None:
    required = Visitor.require
    patch.setattr(Visitor, "require", lambda self, scope: required(self, Scope.READ))


@plant("a token reads without the scope", "scopes")
def _(patch: Patch) -> None:
    required = Visitor.require
    patch.setattr(Visitor, "require", lambda self, scope: required(self, scope) if scope is Scope.WRITE else None)
    patch.setattr(Caller, "require", lambda self, _: None)


@plant("a token sends its own documents without the scope", "scopes")
def _(patch: Patch) -> None:
    patch.setattr(Visitor, "may_send_own_documents", property(lambda self: self.scopes is not None))


@plant("a person's session sends its own documents", "scopes")
def _(patch: Patch) -> None:
    patch.setattr(
        Visitor, "may_send_own_documents", property(lambda self: self.is_session or Scope.ADHOC in self.scopes)
    )


@plant("a token introspects without the scope", "scopes")
def _(patch: Patch) -> None:
    patch.setattr(Visitor, "may_introspect", property(lambda self: self.scopes is not None))


@plant("an expired token is let in", "paths", roots="school")
def _(patch: Patch) -> None:
    patch.setattr(TokenRow, "is_valid", lambda self, _: self.revoked_at is None)


@plant("a revoked token is let in", "paths", roots="school")
def _(patch: Patch) -> None:
    patch.setattr(TokenRow, "is_valid", lambda self, at: at < self.expires_at)


@plant("a session that was ended is let in", "paths", roots="school")
def _(patch: Patch) -> None:
    patch.setattr(SessionRow, "is_open", lambda self, at: at < self.expires_at)


@plant("a session that has expired is let in", "paths", roots="school")
def _(patch: Patch) -> None:
    patch.setattr(SessionRow, "is_open", lambda self, _: self.ended_at is None)


def _posts_of(patch: Patch, days: timedelta) -> None:
    on_the_day = DirectoryRepository.get_person

    async def get_person(self: DirectoryRepository, person_id: Any, *, on: Any) -> Any:
        return await on_the_day(self, person_id, on=on + days)

    patch.setattr(DirectoryRepository, "get_person", get_person)


@plant("a post counts for a while after its end", "paths", roots="school")
def _(patch: Patch) -> None:
    _posts_of(patch, timedelta(days=-2))


@plant("a post counts before its first day", "paths", roots="school")
def _(patch: Patch) -> None:
    _posts_of(patch, timedelta(days=2))


@plant("who has chosen no post acts in the first", "paths", roots="school")
def _(patch: Patch) -> None:
    acting = SignedInPerson.caller
    patch.setattr(
        SignedInPerson,
        "caller",
        lambda self: acting(self if self.acting_post else replace(self, acting_post=next(iter(self.posts), None))),
    )


@plant("who has two posts acts in the last", "paths", "endpoints", roots="school")
def _(patch: Patch) -> None:
    acting = SignedInPerson.caller
    patch.setattr(
        SignedInPerson, "caller", lambda self: acting(replace(self, acting_post=next(reversed(self.posts), None)))
    )


@plant("the cache of sessions looks at its newest entry only", "paths")
def _(patch: Patch) -> None:
    def find(self: SignedInCache, _: str) -> Any:
        return next((entry.found for entry in reversed(self._entries.values())), None)

    patch.setattr(SignedInCache, "find", find)


@plant("who shows nothing is who came before", "paths", "endpoints")
def _(patch: Patch) -> None:
    last: list[Visitor] = []

    async def look(*arguments: Any) -> Visitor:
        try:
            last[:] = [await visitor_of(*arguments)]
        except BadRequest:
            if not last:
                raise
        return last[0]

    patch.setattr(endpoint, "visitor_of", look)


def _open_to_all(patch: Patch) -> None:
    """Both checks of the tenant are gone: at the door, and where the session is opened."""

    @asynccontextmanager
    async def open_school(database: Any, caller: Any, *, school_id: Any, read_only: bool = False) -> Any:
        settings = {"school_id": school_id, "trust_id": caller.trust_id}
        async with database.transaction(Role.SCHOOL, read_only=read_only, **settings) as transaction:
            yield SchoolSession(caller, school_id, caller.trust_id, transaction)

    @asynccontextmanager
    async def open_trust(database: Any, caller: Any, *, trust_id: Any, read_only: bool = False) -> Any:
        async with database.transaction(Role.TRUST, read_only=read_only, trust_id=trust_id) as transaction:
            yield TrustSession(caller, trust_id, transaction)

    patch.setattr(reading, "open_school", open_school)
    patch.setattr(changing, "open_school", open_school)
    patch.setattr(reading, "open_trust", open_trust)


@plant("the school is that of the address, whoever asks", "endpoints")
def _(patch: Patch) -> None:
    _open_to_all(patch)

    async def require_school(self: Endpoints, visitor: Visitor, urn: str) -> Any:
        settings = {"school_id": visitor.caller.trust_id, "trust_id": visitor.caller.trust_id}
        async with self._database.transaction(Role.SCHOOL, read_only=True, **settings) as transaction:
            school = await Register(transaction).find_school(urn=urn)
        if school is None:
            raise endpoint.NOT_HERE
        return school

    patch.setattr(Endpoints, "_require_school", require_school)


@plant("a school's people come in by the trust's endpoint", "endpoints")
def _(patch: Patch) -> None:
    _open_to_all(patch)

    async def require_trust(self: Endpoints, visitor: Visitor, uid: str) -> None:
        async with self._database.transaction(
            Role.TRUST, read_only=True, trust_id=visitor.caller.trust_id
        ) as transaction:
            trust = await Register(transaction).find_trust(uid=uid)
        if trust is None or trust.id != visitor.caller.trust_id:
            raise endpoint.NOT_HERE

    patch.setattr(Endpoints, "_require_trust", require_trust)


@plant("an executive comes in by the schools' endpoints", "endpoints")
def _(patch: Patch) -> None:
    _open_to_all(patch)
    known = Endpoints._require_school

    async def require_school(self: Endpoints, visitor: Visitor, urn: str) -> Any:
        caller = visitor.caller
        if caller.school_id is not None:
            return await known(self, visitor, urn)
        async with self._database.transaction(Role.TRUST, read_only=True, trust_id=caller.trust_id) as transaction:
            register = Register(transaction)
            school = await register.find_school(urn=urn)
            if school is None or await register.trust_of(school.id, on=today()) != caller.trust_id:
                raise endpoint.NOT_HERE
        return school

    patch.setattr(Endpoints, "_require_school", require_school)


@plant("the trust's read opens a school with a caller made up for it", "paths", roots="comparison")
def _(patch: Patch) -> None:
    database: list[Any] = []
    read, told = reading.read_trust, reading._read

    async def read_trust(of: Any, *arguments: Any, **named: Any) -> Any:
        database[:] = [of]
        return await read(of, *arguments, **named)

    async def read_more(operation: Any, context: Any, **named: Any) -> bytes:
        body = await told(operation, context, **named)
        schools = {access.school_id for noted in getattr(context, "noted", {}).values() for access in noted}
        titles = " ".join([await _a_title(context.session.trust_id, school_id) for school_id in schools])
        return body.replace(b'"contextNote":"', f'"contextNote":"{titles} '.encode())

    async def _a_title(trust_id: Any, school_id: Any) -> str:
        made_up = Caller(CallerKind.JOB, school_id, "job", "job", trust_id, school_id, frozenset())
        async with sessions.open_school(database[0], made_up, school_id=school_id) as session:
            return str(await session.transaction.scalar(select(activity.c.title).limit(1)))

    patch.setattr(reading, "read_trust", read_trust)
    patch.setattr(reading, "_read", read_more)
