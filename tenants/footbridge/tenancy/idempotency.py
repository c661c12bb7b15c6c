"""Makes a mutation safe to send twice: the first answer is kept 24 hours and told again."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, delete, func, select, text, update
from sqlalchemy.dialects.postgresql import insert

from footbridge.runtime.errors import FootbridgeError
from footbridge.tenancy import tables
from footbridge.tenancy.session import SchoolSession


class IdempotencyKeyReused(FootbridgeError):
    code = "IDEMPOTENCY_KEY_REUSED"

    def __init__(self) -> None:
        super().__init__("This idempotency key was used for another request. Send a new key with a new request.")


@dataclass(frozen=True)
class Claim:
    """The key of one mutation by one caller; `answer` is there if it was sent before."""

    mutation: str
    key: str
    fingerprint: str
    answer: str | None = None
    release_id: str | None = None


async def claim(school: SchoolSession, wanted: Claim) -> Claim:
    """Takes the key, waiting for another request that holds it; raises IdempotencyKeyReused for other content."""
    table = tables.idempotency_key
    expired = table.c.created_at < func.now() - text("interval '24 hours'")
    await school.transaction.run(delete(table).where(*_of_caller(school), expired))
    values = {
        "school_id": school.school_id,
        "actor_id": school.caller.id,
        "mutation": wanted.mutation,
        "key": wanted.key,
        "fingerprint": wanted.fingerprint,
    }
    if await school.transaction.run(insert(table).values(values).on_conflict_do_nothing()):
        return wanted
    columns = (table.c.mutation, table.c.key, table.c.fingerprint, table.c.answer, table.c.release_id)
    earlier = await school.transaction.record(select(*columns).where(_key(school, wanted)), Claim)
    if earlier is None or earlier.fingerprint != wanted.fingerprint:
        raise IdempotencyKeyReused
    return earlier


async def keep_answer(school: SchoolSession, claimed: Claim, answer: str, release_id: str | None) -> None:
    table = tables.idempotency_key
    changed = update(table).where(_key(school, claimed)).values(answer=answer, release_id=release_id)
    await school.transaction.run(changed)


def _key(school: SchoolSession, wanted: Claim) -> ColumnElement[bool]:
    table = tables.idempotency_key
    return and_(
        *_of_caller(school),
        table.c.mutation == wanted.mutation,
        table.c.key == wanted.key,
    )


def _of_caller(school: SchoolSession) -> tuple[ColumnElement[bool], ...]:
    table = tables.idempotency_key
    return (table.c.school_id == school.school_id, table.c.actor_id == school.caller.id)
