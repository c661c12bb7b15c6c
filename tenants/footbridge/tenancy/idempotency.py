"""Makes a mutation safe to send twice: the first answer is kept 24 hours and told again."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, delete, func, select, text, update
from sqlalchemy.dialects.postgresql import insert

from footbridge.runtime.errors import FootbridgeError
from footbridge.runtime.statement import Prepared, Question
from footbridge.tenancy import tables
from footbridge.tenancy.session import SchoolSession

_TABLE = tables.idempotency_key
_KEY = ("school_id", "actor_id", "mutation", "key")
_EXPIRED = _TABLE.c.created_at < func.now() - text("interval '24 hours'")
_OF_CALLER = tuple(_TABLE.c[name] == bindparam(f"of_{name}") for name in _KEY[:2])
_THIS = tuple(_TABLE.c[name] == bindparam(f"of_{name}") for name in _KEY)
_ANEW: dict[str, Any] = {
    "fingerprint": bindparam("fingerprint"),
    "answer": None,
    "release_id": None,
    "created_at": func.now(),
}

_TAKE = Prepared(
    insert(_TABLE)
    .values({name: bindparam(name) for name in (*_KEY, "fingerprint")})
    .on_conflict_do_update(index_elements=_KEY, set_=_ANEW, where=_EXPIRED)
)
_FIND = Prepared(
    select(*(_TABLE.c[name] for name in ("mutation", "key", "fingerprint", "answer", "release_id"))).where(*_THIS)
)
_KEEP = Prepared(update(_TABLE).where(*_THIS).values(answer=bindparam("kept"), release_id=bindparam("signed")))
_PURGE = Prepared(delete(_TABLE).where(*_OF_CALLER, _EXPIRED))


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
    """Takes the key, waiting for another request that holds it; raises IdempotencyKeyReused for other content.

    A key that is over a day old is taken anew where it stands; the caller's other old ones are cleared away by every
    sixteenth request, whose fingerprint says so.
    """
    key = _key(school, wanted)
    if wanted.fingerprint.startswith("0"):
        await school.transaction.run(_PURGE(of_school_id=school.school_id, of_actor_id=school.caller.id))
    if await school.transaction.run(_TAKE(**key, fingerprint=wanted.fingerprint)):
        return wanted
    earlier = await school.transaction.record(_FIND(**_of(key)), Claim)
    if earlier is None or earlier.fingerprint != wanted.fingerprint:
        raise IdempotencyKeyReused
    return earlier


async def keep_answer(school: SchoolSession, claimed: Claim, answer: str, release_id: str | None) -> None:
    key = _key(school, claimed)
    await school.transaction.run(_KEEP(**_of(key), kept=answer, signed=release_id))


def keeping(
    school: SchoolSession, claimed: Claim, asked: Question, *, before: str, after: str, release_id: str | None
) -> Question:
    """Keeps as the answer what a SELECT of one text makes, between two words; and tells that text."""
    first = len(asked.arguments) + 1
    own = " and ".join(f"{name} = ${first + 3 + place}" for place, name in enumerate(_KEY))
    sql = (
        f"with told(answer) as materialized ({asked.sql}) update school.idempotency_key"
        f" set answer = ${first}::text || told.answer || ${first + 1}::text, release_id = ${first + 2}"
        f" from told where {own} returning told.answer"
    )
    return Question(sql, [*asked.arguments, before, after, release_id, *_key(school, claimed).values()])


def _key(school: SchoolSession, wanted: Claim) -> dict[str, Any]:
    return {
        "school_id": school.school_id,
        "actor_id": school.caller.id,
        "mutation": wanted.mutation,
        "key": wanted.key,
    }


def _of(key: dict[str, Any]) -> dict[str, Any]:
    return {f"of_{name}": value for name, value in key.items()}
