"""The session behind a browser's cookie: who it is, in which post they act, and its end."""

from uuid import UUID

from footbridge.directory.lookup import Lookup, open_lookup
from footbridge.directory.one_time_secret import hash_of
from footbridge.directory.records import EventActor, Issuer, SessionRow, SignedInPerson, get_post
from footbridge.directory.repository import DirectoryRepository
from footbridge.directory.signed_in_cache import SignedInCache
from footbridge.runtime.clock import now, today
from footbridge.runtime.database import Database
from footbridge.runtime.errors import FootbridgeError
from footbridge.tenancy.caller import CallerKind

_known = SignedInCache()


class SignInNeeded(FootbridgeError):
    """The same for a session that never was, has expired or has ended."""

    code = "SIGN_IN_NEEDED"

    def __init__(self) -> None:
        super().__init__("You are not signed in, or not any more. Please sign in again.")


async def find_signed_in(database: Database, session_token: str) -> SignedInPerson | None:
    """None for a session that never was, has expired or has ended.

    Up to two seconds old: a session that ends, or changes its post, in this process is seen at once.
    """
    session_hash = hash_of(session_token)
    found = _known.find(session_hash)
    if found is not None:
        return found
    begun = _known.begin_lookup()
    found = await _look_up(database, session_hash)
    if found is not None:
        _known.remember(session_hash, found, begun)
    return found


async def act_in(database: Database, session_token: str, post_id: UUID) -> SignedInPerson:
    """From now on in this post; NotFound for every post but the person's own of today, else SignInNeeded."""
    session_hash = hash_of(session_token)
    async with open_lookup(database, session_hash) as lookup:
        session, directory = await _require_session(lookup, session_hash)
        person, posts = await directory.get_person(session.person_id, on=today())
        post = get_post(posts, post_id)
        await lookup.change_session(session_hash, post_id=post.id)
        await directory.record(_actor(session), "directory.acted_in", subject_id=post.id)
    _known.forget(session_hash)
    return SignedInPerson(person, posts, post, session.expires_at)


async def end_session(database: Database, session_token: str) -> Issuer | None:
    """The directory it came from; None for a session that had ended before, or never was."""
    session_hash = hash_of(session_token)
    async with open_lookup(database, session_hash) as lookup:
        try:
            session, directory = await _require_session(lookup, session_hash)
        except SignInNeeded:
            return None
        await lookup.change_session(session_hash, ended_at=now())
        await directory.record(_actor(session), "directory.signed_out")
        issuer = await directory.get_issuer_of_person(session.person_id)
    _known.forget(session_hash)
    return issuer


async def _look_up(database: Database, session_hash: str) -> SignedInPerson | None:
    async with open_lookup(database, session_hash, read_only=True) as lookup:
        session = await lookup.find_session(session_hash)
        if session is None or not session.is_open(now()):
            return None
        directory = await lookup.enter(session.trust_id)
        person, posts = await directory.get_person(session.person_id, on=today())
    acting = next((post for post in posts if post.id == session.post_id), None)
    return SignedInPerson(person, posts, acting, session.expires_at)


async def _require_session(lookup: Lookup, session_hash: str) -> tuple[SessionRow, DirectoryRepository]:
    session = await lookup.find_session(session_hash, for_change=True)
    if session is None or not session.is_open(now()):
        raise SignInNeeded
    return session, await lookup.enter(session.trust_id)


def _actor(session: SessionRow) -> EventActor:
    return EventActor(CallerKind.PERSON, session.person_id)
