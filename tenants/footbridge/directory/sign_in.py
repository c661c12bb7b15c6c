"""Signs a person in through the directory of their trust, found from the domain of their e-mail address."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

from footbridge.directory.claims import Identity
from footbridge.directory.email_domain import domain_of
from footbridge.directory.lookup import open_lookup
from footbridge.directory.one_time_secret import hash_of, is_secret_of, new_secret
from footbridge.directory.openid import IssuerConfiguration, LoginTransaction, RelyingParty
from footbridge.directory.posts import synchronise_posts
from footbridge.directory.records import EventActor, HeldPost, Issuer, LoginRow, SessionRow
from footbridge.directory.repository import DirectoryRepository
from footbridge.directory.return_address import return_address
from footbridge.directory.sign_in_errors import IdTokenFault, IdTokenRefused, SignInNotStartedHere, SignInRefused
from footbridge.runtime.clock import now, today
from footbridge.runtime.database import Database, Role
from footbridge.tenancy.caller import CallerKind

LOGIN_LIFETIME = timedelta(minutes=10)
SESSION_LIFETIME = timedelta(hours=12)
LONGEST_NAME = 200


class UnknownEmailDomain(SignInRefused):
    code = "UNKNOWN_EMAIL_DOMAIN"

    def __init__(self, domain: str) -> None:
        super().__init__(
            f"No trust signs in here with e-mail addresses that end in {domain}. Please check the address; "
            "it is the one that your school or trust gave you."
        )


@dataclass(frozen=True)
class SignInBegun:
    """`browser_token` goes into a cookie of this browser, and comes back with the callback."""

    authorization_url: str
    browser_token: str = field(repr=False)


@dataclass(frozen=True)
class SignedIn:
    session_token: str = field(repr=False)
    return_to: str


async def begin_sign_in(
    database: Database, relying_party: RelyingParty, *, email: str, return_to: str | None, redirect_uri: str
) -> SignInBegun:
    """Raises InvalidInput for what is no e-mail address, UnknownEmailDomain, or another SignInRefused.

    `return_to` is a path of ours or a registered client's address; anything else becomes home.
    """
    issuer = await _find_issuer(database, domain_of(email))
    begun = await relying_party.begin(configuration_of(issuer, redirect_uri), login_hint=email.strip())
    browser_token = new_secret()
    login = LoginRow(
        trust_id=issuer.trust_id,
        issuer_id=issuer.id,
        nonce=begun.transaction.nonce,
        code_verifier=begun.transaction.code_verifier,
        browser_hash=hash_of(browser_token),
        return_to=await return_address(database, return_to),
        expires_at=now() + LOGIN_LIFETIME,
    )
    state_hash = hash_of(begun.transaction.state)
    async with open_lookup(database, state_hash) as lookup:
        await lookup.enter(issuer.trust_id)
        await lookup.add_login(state_hash, login)
    return SignInBegun(begun.authorization_url, browser_token)


async def complete_sign_in(
    database: Database,
    relying_party: RelyingParty,
    *,
    params: Mapping[str, str],
    browser_token: str | None,
    redirect_uri: str,
) -> SignedIn:
    """Turns the callback into a new session, once; raises a SignInRefused.

    What was kept of this sign-in is deleted and committed before anything else, so that the same callback never
    works again, whatever comes of it.
    """
    state = params.get("state", "")
    issuer, login = await _take_login(database, state)
    if login.expires_at <= now() or not is_secret_of(browser_token or "", login.browser_hash):
        raise SignInNotStartedHere
    kept = LoginTransaction(issuer.issuer_url, state, login.nonce, login.code_verifier)
    try:
        identity = await relying_party.complete(configuration_of(issuer, redirect_uri), kept, params)
        _check_subject(identity)
    except SignInRefused as refusal:
        await _record_refusal(database, issuer, refusal)
        raise
    return_to = await return_address(database, login.return_to)  # its client may have been revoked meanwhile
    return SignedIn(await _open_session(database, issuer, identity), return_to)


def configuration_of(issuer: Issuer, redirect_uri: str) -> IssuerConfiguration:
    return IssuerConfiguration(issuer.issuer_url, issuer.client_id, redirect_uri, issuer.client_secret)


async def _find_issuer(database: Database, domain: str) -> Issuer:
    async with open_lookup(database, domain, read_only=True) as lookup:
        found = await lookup.find_issuer_of_domain(domain)
        if found is None:
            raise UnknownEmailDomain(domain)
        trust_id, issuer_id = found
        directory = await lookup.enter(trust_id)
        return await directory.get_issuer(issuer_id)


async def _take_login(database: Database, state: str) -> tuple[Issuer, LoginRow]:
    state_hash = hash_of(state)
    async with open_lookup(database, state_hash) as lookup:
        login = await lookup.take_login(state_hash)
        if login is None:
            raise SignInNotStartedHere
        directory = await lookup.enter(login.trust_id)
        return await directory.get_issuer(login.issuer_id), login


def _check_subject(identity: Identity) -> None:
    """PostgreSQL holds neither NUL nor lone surrogates, and a subject has neither."""
    if not identity.subject.isprintable():
        raise IdTokenRefused(IdTokenFault.SUBJECT)


async def _record_refusal(database: Database, issuer: Issuer, refusal: SignInRefused) -> None:
    fault = refusal.fault.name if isinstance(refusal, IdTokenRefused) else None
    async with database.transaction(Role.DIRECTORY, trust_id=issuer.trust_id) as transaction:
        directory = DirectoryRepository(transaction, issuer.trust_id)
        await directory.record(EventActor("issuer", issuer.id), "directory.refused", code=refusal.code, fault=fault)


async def _open_session(database: Database, issuer: Issuer, identity: Identity) -> str:
    """A new token at each sign-in: nobody can have planted it in the browser beforehand."""
    session_token = new_secret()
    session_hash = hash_of(session_token)
    async with open_lookup(database, session_hash) as lookup:
        directory = await lookup.enter(issuer.trust_id)
        person_id, post = await _admit(directory, issuer, identity)
        session = SessionRow(
            trust_id=issuer.trust_id,
            person_id=person_id,
            post_id=None if post is None else post.id,
            expires_at=now() + SESSION_LIFETIME,
            ended_at=None,
        )
        await lookup.add_session(session_hash, session)
    return session_token


async def _admit(directory: DirectoryRepository, issuer: Issuer, identity: Identity) -> tuple[UUID, HeldPost | None]:
    """The person with their posts of today; the post to act in only where there is nothing to choose."""
    on = today()
    person_id = await directory.save_person(
        issuer_id=issuer.id,
        subject=identity.subject,
        name=_displayed(identity.name) or identity.subject,
        email=_displayed(identity.email or "") or None,
        signed_in_at=now(),
    )
    changes = await synchronise_posts(
        directory, person_id=person_id, issuer_id=issuer.id, groups=identity.groups, on=on
    )
    _, held = await directory.get_person(person_id, on=on)
    person = EventActor(CallerKind.PERSON, person_id)
    await directory.record(
        person, "directory.signed_in", subject_id=issuer.id, begun=len(changes.begun), ended=len(changes.ended)
    )
    return person_id, held[0] if len(held) == 1 else None


def _displayed(text: str) -> str:
    """As much of a name as a page shows, without control characters."""
    return "".join(character for character in text if character.isprintable())[:LONGEST_NAME].strip()
