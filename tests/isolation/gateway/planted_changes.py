"""Defects of changes: effects that outlive a refusal, answers told to others, and what is not told afterwards."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import and_, select, text

from footbridge.delegation.access import record_accesses
from footbridge.engagement import service as engagement
from footbridge.engagement.repository import EngagementRepository
from footbridge.gateway.execution import changing, reading
from footbridge.gateway.fields.refusal import Refused
from footbridge.partnerships import service as partnerships
from footbridge.publication import service as publication
from footbridge.publication.repository import ReleaseRepository
from footbridge.runtime.errors import NotFound
from footbridge.runtime.statement import Question
from footbridge.tenancy import idempotency, tables
from footbridge.tenancy.caller import Caller, CallerKind
from footbridge.tenancy.permission import Permission
from footbridge.tenancy.session import open_school
from tests.isolation.gateway.contract import Side
from tests.isolation.gateway.plant import ask_for, plant

Patch = pytest.MonkeyPatch


def _keep_effects(patch: Patch) -> None:
    """What was done before a refusal is committed."""
    changed = changing._change

    async def change(session: Any, *arguments: Any, **named: Any) -> Any:
        try:
            return await changed(session, *arguments, **named)
        except Refused:
            await session.transaction.command("COMMIT; BEGIN")
            raise

    patch.setattr(changing, "_change", change)


@plant("a release is signed before its preview is looked at, and stays so", "texts", roots="signRelease")
def _(patch: Patch) -> None:
    _keep_effects(patch)
    checked = publication.sign_release

    async def sign_release(school: Any, release_id: Any, *, preview_hash: str) -> Any:
        release = await ReleaseRepository(school).get(release_id)
        preview = await publication.preview_release(school, release)
        if preview.digest == preview_hash:
            return await checked(school, release_id, preview_hash=preview_hash)
        await ReleaseRepository(school).sign(release_id, preview.entries, preview.digest)
        raise publication.PreviewChanged(preview)

    patch.setattr(publication, "sign_release", sign_release)


@plant("a session is removed before the right to is looked at, and stays so", "changes", roots="removeSession")
def _(patch: Patch) -> None:
    _keep_effects(patch)
    ask_for(patch, Side.SCHOOL, "Mutation.removeSession", Permission.READ_OWN_RELEASES)

    async def remove_session(school: Any, session_id: UUID) -> Any:
        sessions = EngagementRepository(school)
        session = await sessions.get_session(session_id)
        await sessions.remove_session(session_id)
        await engagement._tell(school, "engagement.remove_session", session_id)
        school.caller.require(Permission.MANAGE_ACTIVITIES)
        return session

    patch.setattr(engagement, "remove_session", remove_session)


def _keep_database(patch: Patch) -> list[Any]:
    kept: list[Any] = []
    changed = changing.change_school

    async def change_school(database: Any, *arguments: Any, **named: Any) -> Any:
        kept[:] = [database]
        return await changed(database, *arguments, **named)

    patch.setattr(changing, "change_school", change_school)
    return kept


@plant("a session that is not here is removed where it is", "ids of mutations", roots="removeSession", is_fault=True)
def _(patch: Patch) -> None:
    database, own = _keep_database(patch), engagement.remove_session

    async def remove_session(school: Any, session_id: UUID) -> Any:
        try:
            return await own(school, session_id)
        except NotFound:
            for other, trust_id in await school.transaction.all(
                select(tables.membership.c.school_id, tables.membership.c.trust_id)
            ):
                made_up = Caller(CallerKind.JOB, other, "job", "job", trust_id, other, school.caller.permissions)
                async with open_school(database[0], made_up, school_id=other) as session:
                    found = await EngagementRepository(session).find_session(session_id)
                    if found is not None:
                        return await own(session, session_id)
            raise

    patch.setattr(engagement, "remove_session", remove_session)


@plant("an idempotency key is the school's and not the person's", "replays")
def _(patch: Patch) -> None:
    changed = changing._changed_or_refused

    async def changed_or_refused(opened: Any, operation: Any, claim: Any, **named: Any) -> Any:
        table = tables.idempotency_key
        same = and_(table.c.mutation == claim.mutation, table.c.key == claim.key)
        query = select(table.c.fingerprint, table.c.answer, table.c.release_id)
        async with opened() as session:
            earlier = await session.transaction.record(
                query.where(same, table.c.fingerprint == claim.fingerprint), idempotency.Kept
            )
        return earlier or await changed(opened, operation, claim, **named)

    patch.setattr(changing, "_changed_or_refused", changed_or_refused)


@plant("an idempotency key answers whatever else is sent with it", "replays")
def _(patch: Patch) -> None:
    claimed = changing._claim
    patch.setattr(changing, "_claim", lambda operation: replace(claimed(operation), fingerprint="same"))


@plant("a stored answer is told to one who may not any more", "replays")
def _(patch: Patch) -> None:
    patch.setattr(changing, "may_ask", lambda *_: True)


@plant("answers are kept for everybody in the process", "replays")
def _(patch: Patch) -> None:
    told, changed = dict[str, Any](), changing.change_school

    async def change_school(database: Any, caller: Any, school_id: Any, operation: Any, **named: Any) -> Any:
        key = str(operation.variables)
        if key not in told:
            told[key] = await changed(database, caller, school_id, operation, **named)
            return told[key]
        return replace(told[key], replayed=True)

    patch.setattr(changing, "change_school", change_school)


NO_EVENT = text("select 1")


@plant("a refusal leaves no event", "changes")
def _(patch: Patch) -> None:
    patch.setattr(changing, "_refused", lambda *_: NO_EVENT)


@plant("a refusal is told of somebody else", "changes")
def _(patch: Patch) -> None:
    noted = changing._refused

    def refused(session: Any, operation: Any, refusal: Any) -> Any:
        return noted(replace(session, caller=replace(session.caller, id=session.school_id)), operation, refusal)

    patch.setattr(changing, "_refused", refused)


async def _say_nothing(*_: Any) -> None:
    pass


@plant("a removed session leaves no event", "changes", roots="removeSession")
def _(patch: Patch) -> None:
    patch.setattr(engagement, "_tell", _say_nothing)


@plant("a partnership leaves no event", "changes", roots="addPartnership changePartnershipStatus")
def _(patch: Patch) -> None:
    patch.setattr(partnerships, "_tell", _say_nothing)


@plant("a signature leaves no event", "changes", roots="signRelease")
def _(patch: Patch) -> None:
    patch.setattr(publication, "_event", lambda *_: Question("select 1", []))


@plant("a reading of the trust leaves no record", "paths", roots="comparison node")
def _(patch: Patch) -> None:
    patch.setattr(reading, "record_accesses", _say_nothing)


@plant("a reading of the trust leaves one record for all schools", "paths", roots="comparison")
def _(patch: Patch) -> None:
    async def record(trust: Any, operation: str, accesses: Any) -> None:
        await record_accesses(trust, operation, list(accesses)[:1])

    patch.setattr(reading, "record_accesses", record)


@plant("a reading is recorded as the trust's and not the reader's", "paths", roots="comparison")
def _(patch: Patch) -> None:
    async def record(trust: Any, operation: str, accesses: Any) -> None:
        anybody = replace(trust, caller=replace(trust.caller, id=trust.trust_id))
        await record_accesses(anybody, operation, accesses)

    patch.setattr(reading, "record_accesses", record)
