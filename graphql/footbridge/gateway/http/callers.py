"""Who sends a request: a signed-in person by cookie, or a token by its header; and for which endpoint."""

from dataclasses import dataclass

from starlette.requests import Request

from footbridge.directory.sign_in_session import find_signed_in
from footbridge.directory.tokens import find_token
from footbridge.gateway.http.answers import BadRequest
from footbridge.runtime.database import Database
from footbridge.tenancy.caller import Caller
from footbridge.tenancy.permission import Scope

SECURE_COOKIE = "__Host-footbridge"
LOOPBACK_COOKIE = "footbridge_session"
BEARER = {"WWW-Authenticate": "Bearer"}


@dataclass(frozen=True)
class Visitor:
    """A caller and, for a token, its scopes; a cookie session has none and runs trusted documents only."""

    caller: Caller
    scopes: frozenset[Scope] | None

    @property
    def is_session(self) -> bool:
        return self.scopes is None

    @property
    def may_send_own_documents(self) -> bool:
        return self.scopes is not None and Scope.ADHOC in self.scopes

    @property
    def may_introspect(self) -> bool:
        return self.scopes is not None and Scope.INTROSPECT in self.scopes

    def require(self, scope: Scope) -> None:
        """Of a token; a session has no scopes, but a post's rights."""
        if self.scopes is not None and scope not in self.scopes:
            raise BadRequest(403, "SCOPE_MISSING", f"This token lacks the scope {scope}.")


def cookie_name(origin: str) -> str:
    """`__Host-` needs https; plain http is for loopback."""
    return SECURE_COOKIE if origin.startswith("https:") else LOOPBACK_COOKIE


async def visitor_of(request: Request, database: Database, origin: str) -> Visitor:
    """Raises BadRequest 401 for one who is nobody, and 403 for one who has chosen no post."""
    authorization = request.headers.get("authorization")
    if authorization is not None:
        return await _token(authorization, database)
    session_token = request.cookies.get(cookie_name(origin))
    person = await find_signed_in(database, session_token) if session_token else None
    if person is None:
        raise BadRequest(401, "NOT_SIGNED_IN", "Sign in first.", headers=BEARER)
    caller = person.caller()
    if caller is None:
        raise BadRequest(403, "NO_POST_CHOSEN", "Choose the post in which you act.")
    return Visitor(caller, None)


async def _token(authorization: str, database: Database) -> Visitor:
    scheme, _, secret = authorization.partition(" ")
    found = await find_token(database, secret.strip()) if scheme.lower() == "bearer" else None
    if found is None:
        invalid = {"WWW-Authenticate": 'Bearer error="invalid_token"'}
        raise BadRequest(
            401, "TOKEN_NOT_VALID", "This token is not valid: send Authorization: Bearer fbt_…", headers=invalid
        )
    return Visitor(*found)
