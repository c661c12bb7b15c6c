"""Signs a person out, here and at the directory of their trust."""

from footbridge.directory.openid import RelyingParty
from footbridge.directory.sign_in import configuration_of
from footbridge.directory.sign_in_errors import SignInRefused
from footbridge.directory.sign_in_session import end_session
from footbridge.runtime.database import Database


async def sign_out(
    database: Database, relying_party: RelyingParty, session_token: str, *, return_to: str
) -> str | None:
    """Ends the session here; answers with where it ends at the directory, for the browser to go to.

    None where there is no such place, the directory does not answer, or the session had ended before.
    """
    issuer = await end_session(database, session_token)
    if issuer is None:
        return None
    try:
        return await relying_party.logout_url(configuration_of(issuer, return_to), return_to=return_to)
    except SignInRefused:
        return None  # the person is signed out here, which is what was asked of us
