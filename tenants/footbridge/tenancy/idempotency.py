"""Makes a mutation safe to send twice: the first answer is kept 24 hours and told again.

The key is taken by the row that keeps the answer, as the last change of its transaction: whoever comes second with it
waits there, and then undoes what it did.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, select

from footbridge.runtime.errors import FootbridgeError
from footbridge.runtime.statement import Prepared, Question
from footbridge.tenancy import tables
from footbridge.tenancy.session import SchoolSession

_TABLE = tables.idempotency_key
_KEY = ("school_id", "actor_id", "mutation", "key")
_THIS = tuple(_TABLE.c[name] == bindparam(f"of_{name}") for name in _KEY)

_FIND = Prepared(select(_TABLE.c.fingerprint, _TABLE.c.answer, _TABLE.c.release_id).where(*_THIS))
_CLEAR = """
    delete from school.idempotency_key where ctid = any(array(
        select ctid from school.idempotency_key
        where school_id = $1 and actor_id = $2 and created_at < now() - interval '24 hours'
        for update skip locked
    ))
"""
"""But those that another request takes anew just now: two that wait for each other would both be in vain."""
_COLUMNS = (*_KEY, "fingerprint", "release_id", "answer")
_ANEW = ", ".join(f"{name} = excluded.{name}" for name in ("fingerprint", "release_id", "answer"))


class KeyTaken(Exception):
    """The key was used before; what this request has done is to be undone."""


class IdempotencyKeyReused(FootbridgeError):
    code = "IDEMPOTENCY_KEY_REUSED"

    def __init__(self) -> None:
        super().__init__("This idempotency key was used for another request. Send a new key with a new request.")


@dataclass(frozen=True)
class Claim:
    """The key of one mutation by one caller, with a fingerprint of all that was sent."""

    mutation: str
    key: str
    fingerprint: str


@dataclass(frozen=True)
class Kept:
    """What was answered; `release_id` is of what was signed."""

    fingerprint: str
    answer: str
    release_id: str | None


async def keep(school: SchoolSession, claim: Claim, answer: str, release_id: str | None) -> None:
    """Raises KeyTaken, after waiting for another request that holds it."""
    require_kept(await school.transaction.all(keeping(school, claim, Question("$1::text", [answer]), release_id)))


def keeping(school: SchoolSession, claim: Claim, asked: Question, release_id: str | None) -> Question:
    """Keeps as the answer what an expression makes, and tells it; without a row, the key is taken.

    A key that is over a day old is taken anew where it stands.
    """
    first = len(asked.arguments) + 1
    own = ", ".join(f"${first + place}" for place in range(len(_COLUMNS) - 1))
    sql = (
        f"insert into school.idempotency_key ({', '.join(_COLUMNS)}) values ({own}, ({asked.sql}))"
        f" on conflict ({', '.join(_KEY)}) do update set {_ANEW}, created_at = now()"
        " where idempotency_key.created_at < now() - interval '24 hours' returning answer"
    )
    own_values = (*_key(school, claim).values(), claim.fingerprint, release_id)
    return Question(sql, [*asked.arguments, *own_values])


def require_kept(rows: Any) -> str | None:
    """The answer that `keeping` told; raises KeyTaken if it told none."""
    if not rows:
        raise KeyTaken
    answer: str | None = rows[0][0]
    return answer


async def clear_old_keys(school: SchoolSession, claim: Claim) -> None:
    """The caller's keys that are over a day old, by every sixteenth request, whose fingerprint says so."""
    if claim.fingerprint.startswith("0"):
        await school.transaction.run(Question(_CLEAR, [school.school_id, school.caller.id]))


async def find_kept(school: SchoolSession, claim: Claim) -> Kept:
    """The answer to this very request; raises IdempotencyKeyReused for other content."""
    key = {f"of_{name}": value for name, value in _key(school, claim).items()}
    kept = await school.transaction.record(_FIND(**key), Kept)
    if kept is None or kept.fingerprint != claim.fingerprint:
        raise IdempotencyKeyReused
    return kept


def _key(school: SchoolSession, claim: Claim) -> dict[str, Any]:
    return {"school_id": school.school_id, "actor_id": school.caller.id, "mutation": claim.mutation, "key": claim.key}
