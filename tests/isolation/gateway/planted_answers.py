"""Defects of answers: what tells foreign from missing, or says in passing what is another's."""

import logging
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from footbridge.gateway import endpoint
from footbridge.gateway.endpoint import Endpoints
from footbridge.gateway.execution import changing, reading
from footbridge.gateway.fields import scalars
from footbridge.gateway.http.answers import BadRequest
from footbridge.gateway.http.callers import Visitor
from footbridge.runtime.database import Role
from footbridge.runtime.errors import NotFound, NotPermitted
from footbridge.runtime.ids import parse_global_id
from footbridge.tenancy import tables
from footbridge.tenancy.register import Register
from tests.isolation.gateway.contract import Side
from tests.isolation.gateway.plant import plant
from tests.isolation.gateway.read_path import by_hand

Patch = pytest.MonkeyPatch
log = logging.getLogger("footbridge.gateway")


async def _known(endpoints: Endpoints, visitor: Visitor, urn: str) -> Any:
    """Any school of the register."""
    trust_id = visitor.caller.trust_id
    async with endpoints._database.transaction(Role.TRUST, read_only=True, trust_id=trust_id) as transaction:
        return await Register(transaction).find_school(urn=urn)


def _not_here(patch: Patch, told: Any) -> None:
    """What is told at the endpoint of a school that there is."""
    required = Endpoints._require_school

    async def require_school(self: Endpoints, visitor: Visitor, urn: str) -> Any:
        try:
            return await required(self, visitor, urn)
        except BadRequest as error:
            school = await _known(self, visitor, urn)
            raise (error if school is None else told(error, school)) from None

    patch.setattr(Endpoints, "_require_school", require_school)


@plant("another school's endpoint is forbidden, a missing one is not found", "endpoints")
def _(patch: Patch) -> None:
    _not_here(patch, lambda error, school: BadRequest(403, "NOT_FOUND", error.message))


@plant("another school's endpoint has a message of its own", "endpoints")
def _(patch: Patch) -> None:
    _not_here(patch, lambda error, school: BadRequest(404, "NOT_FOUND", "There is no such endpoint for you!"))


@plant("another school's endpoint says whose it is", "endpoints")
def _(patch: Patch) -> None:
    _not_here(patch, lambda error, school: BadRequest(404, "NOT_FOUND", f"{school.name} is not yours."))


@plant("another school's endpoint answers with a header more", "endpoints")
def _(patch: Patch) -> None:
    _not_here(patch, lambda error, school: BadRequest(404, error.code, error.message, headers={"X-Known": "yes"}))


@plant("another trust's endpoint has a code of its own", "endpoints")
def _(patch: Patch) -> None:
    required = Endpoints._require_trust

    async def require_trust(self: Endpoints, visitor: Visitor, uid: str) -> None:
        trust_id = visitor.caller.trust_id
        try:
            await required(self, visitor, uid)
        except BadRequest:
            async with self._database.transaction(Role.TRUST, read_only=True, trust_id=trust_id) as transaction:
                if await Register(transaction).find_trust(uid=uid) is not None:
                    raise BadRequest(404, "OF_ANOTHER_TRUST", endpoint.NOT_HERE.message) from None
            raise

    patch.setattr(Endpoints, "_require_trust", require_trust)


@plant("another trust's school is refused, a missing one is empty", "ids of queries", roots="school")
def _(patch: Patch) -> None:
    def make(found: Any) -> Any:
        async def school(source: Any, info: Any, *, urn: str) -> Any:
            known = await found(source, info, urn=urn)
            if known is None and await Register(info.context.session.transaction).find_school(urn=urn) is not None:
                raise NotPermitted("This school is of another trust.")
            return known

        return school

    by_hand(patch, Side.TRUST, "school", make)


@plant("a group that is nobody's is not found, another trust's is empty", "ids of queries", roots="comparison")
def _(patch: Patch) -> None:
    def make(found: Any) -> Any:
        async def comparison(source: Any, info: Any, *, groupId: str | None = None, **said: Any) -> Any:  # noqa: N803
            if groupId is not None:
                group = tables.trust_group.c.id == scalars.Prefix.TRUST_GROUP.parse(groupId)
                if await info.context.session.transaction.scalar(select(tables.trust_group.c.id).where(group)) is None:
                    raise NotFound("group")
            return await found(source, info, groupId=groupId, **said)

        return comparison

    by_hand(patch, Side.TRUST, "comparison", make)


@plant("an id's prefix is not looked at", "ids of queries", "ids of mutations")
def _(patch: Patch) -> None:
    patch.setattr(
        scalars, "parse_global_id", lambda prefix, text: parse_global_id(prefix, f"{prefix}_{text.partition('_')[2]}")
    )


@plant("an answer names who asked before in a header", "endpoints", "paths")
def _(patch: Patch) -> None:
    last = ["nobody"]
    chosen = Endpoints._at_school

    async def at_school(self: Endpoints, asked: Any) -> Any:
        response = await chosen(self, asked)
        response.headers["X-Before"] = last[0].encode("ascii", "replace").decode()
        last[0] = asked.visitor.caller.name
        return response

    patch.setattr(Endpoints, "_at_school", at_school)


@plant("an answer has the one before in its extensions", "paths")
def _(patch: Patch) -> None:
    before = [b"null"]
    told = reading.read_school

    async def read_school(*arguments: Any, **named: Any) -> Any:
        outcome = await told(*arguments, **named)
        debug = outcome.body[:-1] + b',"extensions":{"before":' + before[0] + b"}}"
        before[0] = outcome.body
        return replace(outcome, body=debug)

    patch.setattr(reading, "read_school", read_school)


@plant("answers are logged", "paths")
def _(patch: Patch) -> None:
    told = reading.read_school

    async def read_school(*arguments: Any, **named: Any) -> Any:
        outcome = await told(*arguments, **named)
        log.warning("answered %s", outcome.body)
        return outcome

    patch.setattr(reading, "read_school", read_school)


@plant("what was sent with a refused change is logged", "texts", roots="addPartnership addActivity")
def _(patch: Patch) -> None:
    noted = changing._refused

    def refused(session: Any, operation: Any, refusal: Any) -> Any:
        log.warning("refused %s with %s", operation.field.name.value, operation.variables)
        return noted(session, operation, refusal)

    patch.setattr(changing, "_refused", refused)


@plant("a missing thing is a fault", "ids of queries", roots="partnership", is_fault=True)
def _(patch: Patch) -> None:
    def make(found: Any) -> Any:
        async def partnership(*arguments: Any, **named: Any) -> Any:
            known = await found(*arguments, **named)
            if known is None:
                raise LookupError("no such partnership")
            return known

        return partnership

    by_hand(patch, Side.SCHOOL, "partnership", make)


@plant("a tag is the document's and not the answer's", "gets")
def _(patch: Patch) -> None:
    told = endpoint._tagged

    def tagged(asked: Any, outcome: Any) -> Any:
        response = told(asked, outcome)
        known = asked.request.headers.get("if-none-match")
        tag = f'"{hash(asked.request.query_params["documentId"])}"'
        response.headers["ETag"] = tag
        if known == tag:
            response.status_code = 304
        return response

    patch.setattr(endpoint, "_tagged", tagged)


@plant("another school's endpoint has a tag", "gets")
def _(patch: Patch) -> None:
    required = Endpoints._require_school

    async def require_school(self: Endpoints, visitor: Visitor, urn: str) -> Any:
        try:
            return await required(self, visitor, urn)
        except BadRequest as error:
            school = await _known(self, visitor, urn)
            if school is None:
                raise
            raise BadRequest(error.status, error.code, error.message, headers={"ETag": school.urn}) from None

    patch.setattr(Endpoints, "_require_school", require_school)
