"""Bearer tokens: what a program shows to work for one school or one trust, within its scopes and until its day."""

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from footbridge.directory.lookup import Lookup, open_lookup
from footbridge.directory.one_time_secret import hash_of, new_secret
from footbridge.directory.records import OPERATOR, TokenRow
from footbridge.runtime.clock import now, today
from footbridge.runtime.database import Database
from footbridge.runtime.errors import InvalidInput, NotFound
from footbridge.runtime.ids import new_id
from footbridge.tenancy.caller import Caller, CallerKind
from footbridge.tenancy.permission import Scope, permissions_of_scopes

PREFIX = "fbt_"
LONGEST_LIFE = timedelta(days=366)
LONGEST_NAME = 200
_SECRET = re.compile(rf"{PREFIX}[A-Za-z0-9_-]{{43}}")
_HASH = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class CreatedToken:
    """`secret` is shown once and not kept. `fingerprint` opens nothing; whoever lost the secret revokes by it."""

    id: UUID
    secret: str = field(repr=False)
    fingerprint: str
    expires_at: datetime


async def create_token(
    database: Database,
    *,
    trust_id: UUID,
    school_id: UUID | None,
    name: str,
    scopes: Collection[Scope],
    expires_in: timedelta,
) -> CreatedToken:
    """Without a school it is the trust's. Kept as its SHA-256 (see `one_time_secret.hash_of` for why that is right).

    Raises InvalidInput, or NotFound for a trust that is not there and a school that is not one of its own.
    """
    _check(name, scopes, expires_in)
    secret = PREFIX + new_secret()
    token_hash = hash_of(secret)
    token = TokenRow(
        trust_id=trust_id,
        id=new_id(),
        school_id=school_id,
        name=name.strip(),
        scopes=sorted(scope.value for scope in set(scopes)),
        expires_at=now() + expires_in,
        revoked_at=None,
    )
    async with open_lookup(database, token_hash) as lookup:
        await lookup.register.get_trust(trust_id)
        if not await _is_at_home(lookup, token):
            raise NotFound("school")
        directory = await lookup.enter(trust_id)
        await lookup.add_token(token_hash, token)
        await directory.record(OPERATOR, "directory.token_created", subject_id=token.id, scopes=token.scopes)
    return CreatedToken(token.id, secret, token_hash, token.expires_at)


async def find_token(database: Database, secret: str) -> tuple[Caller, frozenset[Scope]] | None:
    """None for a token that never was, has expired, is revoked, or whose school has left the trust."""
    if not _SECRET.fullmatch(secret):
        return None
    token_hash = hash_of(secret)
    async with open_lookup(database, token_hash, read_only=True) as lookup:
        token = await lookup.find_token(token_hash)
        if token is None or not token.is_valid(now()) or not await _is_at_home(lookup, token):
            return None
    scopes = frozenset(Scope(scope) for scope in token.scopes)
    return _caller(token, scopes), scopes


async def revoke_token(database: Database, secret_or_fingerprint: str) -> UUID:
    """The id of the token, which holds from the next request on; safe to run twice. NotFound if it never was.

    By id it cannot be found: the database shows a token only to one who holds its hash.
    """
    token_hash = _hash_of_either(secret_or_fingerprint.strip())
    async with open_lookup(database, token_hash) as lookup:
        token = await lookup.find_token(token_hash)
        if token is None:
            raise NotFound("token")
        directory = await lookup.enter(token.trust_id)
        if await lookup.revoke_token(token_hash, at=now()):
            await directory.record(OPERATOR, "directory.token_revoked", subject_id=token.id)
    return token.id


def _check(name: str, scopes: Collection[Scope], expires_in: timedelta) -> None:
    if not name.strip() or not name.isprintable() or len(name) > LONGEST_NAME:
        raise InvalidInput("A token needs a name, on one line, that says what it is for.")
    if not scopes:
        raise InvalidInput(f"A token needs at least one scope of {', '.join(Scope)}.")
    if Scope.WRITE in scopes and Scope.READ not in scopes:
        raise InvalidInput("A token that may write may read as well: what it changes is answered. Give both scopes.")
    if not timedelta(0) < expires_in <= LONGEST_LIFE:
        raise InvalidInput(f"A token holds for at least a moment and at most {LONGEST_LIFE.days} days.")


def _hash_of_either(text: str) -> str:
    if _SECRET.fullmatch(text):
        return hash_of(text)
    if _HASH.fullmatch(text):
        return text
    raise NotFound("token")


async def _is_at_home(lookup: Lookup, token: TokenRow) -> bool:
    """A trust's token, or one of a school that belongs to that trust today."""
    if token.school_id is None:
        return True
    return await lookup.register.trust_of(token.school_id, on=today()) == token.trust_id


def _caller(token: TokenRow, scopes: frozenset[Scope]) -> Caller:
    return Caller(
        kind=CallerKind.TOKEN,
        id=token.id,
        name=token.name,
        role="token",
        trust_id=token.trust_id,
        school_id=token.school_id,
        permissions=permissions_of_scopes(scopes, school=token.school_id is not None),
    )
