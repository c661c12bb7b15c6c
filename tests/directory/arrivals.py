"""People who arrive from a directory, for the tests of signing in: trusts with schools, and a passage through."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import parse_qs, urlsplit

from footbridge.directory.enrolment import DirectoryAdded, add_directory
from footbridge.directory.openid import RelyingParty
from footbridge.directory.records import GroupPost, SignedInPerson
from footbridge.directory.sign_in import SignedIn, SignInBegun, begin_sign_in, complete_sign_in
from footbridge.directory.sign_in_session import find_signed_in
from footbridge.runtime.database import Database
from footbridge.tenancy.permission import PostRole
from tests.foundation.people import WorldSchool, WorldTrust, imagine_world
from tests.foundation.world_register import fill_register

CALLBACK = "http://127.0.0.1:9/sign-in/callback"
HEADS = "larch-heads"


async def register_trusts(database: Database) -> tuple[WorldTrust, WorldTrust]:
    """Two trusts with two schools each, known to the register and without a directory."""
    world = imagine_world()
    for trust in world.trusts:
        await fill_register(database, trust)
    first, second = world.trusts
    return first, second


def head_of(school: WorldSchool, group: str = HEADS) -> GroupPost:
    return GroupPost(group, PostRole.HEAD, school.id)


async def enrol(
    database: Database, trust: WorldTrust, issuer_url: str, groups: Sequence[GroupPost], **changes: Any
) -> DirectoryAdded:
    """The trust's word is its e-mail domain."""
    options = {"client_id": "footbridge", "domains": [f"{trust.word}.example"], **changes}
    return await add_directory(database, trust_id=trust.id, issuer_url=issuer_url, groups=groups, **options)


async def begin(
    database: Database, us: RelyingParty, trust: WorldTrust, *, return_to: str | None = None
) -> SignInBegun:
    email = f"amal@{trust.word}.example"
    return await begin_sign_in(database, us, email=email, return_to=return_to, redirect_uri=CALLBACK)


def asked(begun: SignInBegun, name: str) -> str:
    """A parameter of the address that the browser is sent to."""
    return parse_qs(urlsplit(begun.authorization_url).query)[name][0]


async def come_back(database: Database, us: RelyingParty, hostile: Any, begun: SignInBegun, **claims: Any) -> SignedIn:
    """As the scripted provider says: with `sub`, `groups` and whatever else it is told to claim."""
    hostile.nonce = asked(begun, "nonce")
    hostile.claims = claims
    callback = {"code": "c", "state": asked(begun, "state")}
    return await complete(database, us, callback, begun.browser_token)


async def complete(
    database: Database, us: RelyingParty, callback: dict[str, str], browser_token: str | None
) -> SignedIn:
    return await complete_sign_in(database, us, params=callback, browser_token=browser_token, redirect_uri=CALLBACK)


async def arrive(database: Database, us: RelyingParty, hostile: Any, trust: WorldTrust, **claims: Any) -> str:
    """The session token of one who signs in at the scripted provider."""
    begun = await begin(database, us, trust)
    return (await come_back(database, us, hostile, begun, **claims)).session_token


async def look(database: Database, session_token: str) -> SignedInPerson:
    found = await find_signed_in(database, session_token)
    assert found is not None
    return found
