"""Sign-in over HTTP: through the trust's own directory and back, with a session in a cookie."""

from typing import Literal, TypedDict
from urllib.parse import urlencode, urlsplit

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from footbridge.directory import sign_in, sign_in_session
from footbridge.directory.openid import RelyingParty
from footbridge.directory.return_address import HOME, return_address
from footbridge.directory.sign_out import sign_out
from footbridge.gateway.fields.scalars import Prefix
from footbridge.gateway.http.address_rate import address_of
from footbridge.gateway.http.callers import cookie_name
from footbridge.gateway.http.cross_site import CrossSite, registered_origin
from footbridge.gateway.http.form import read_form
from footbridge.gateway.http.limits import Buckets, Limits
from footbridge.gateway.pages.page import page
from footbridge.runtime.database import Database
from footbridge.runtime.errors import FootbridgeError

SESSION_SECONDS = 12 * 60 * 60


class Attributes(TypedDict):
    """What every cookie of ours has."""

    path: str
    httponly: bool
    samesite: Literal["lax"]
    secure: bool


class SignInPages:
    """`/sign-in`, `/sign-in/callback`, `/sign-out`, `/act-as`."""

    def __init__(self, database: Database, origin: str, limits: Limits, buckets: Buckets) -> None:
        self._database = database
        self._limits = limits
        self._buckets = buckets
        self._relying_party = RelyingParty()
        self._origin = origin
        self._redirect_uri = f"{origin}/sign-in/callback"
        self._cookie = cookie_name(origin)
        self._browser_cookie = f"{self._cookie}_sign_in"

    async def form(self, request: Request) -> Response:
        return_to = request.query_params.get("return_to", HOME)
        if request.url.netloc != urlsplit(self._origin).netloc:  # cookies and forms belong to one address
            return RedirectResponse(f"{self._origin}/sign-in?{urlencode({'return_to': return_to})}", 303)
        return _form(return_to=return_to)

    async def begin(self, request: Request) -> Response:
        self._require_own_form(request)
        self._buckets.take(("sign-in", address_of(request, self._limits)), self._limits.sign_in)
        form = await read_form(request, seconds=self._limits.body_seconds)
        email, return_to = form.get("email", "").strip(), form.get("return_to", HOME)
        try:
            begun = await sign_in.begin_sign_in(
                self._database,
                self._relying_party,
                email=email,
                return_to=return_to,
                redirect_uri=self._redirect_uri,
            )
        except FootbridgeError as error:
            return _form(400, email=email, return_to=return_to, error=error.message)
        response = RedirectResponse(begun.authorization_url, 303)
        self._set_cookie(response, self._browser_cookie, begun.browser_token, 600)
        return response

    async def callback(self, request: Request) -> Response:
        try:
            signed_in = await sign_in.complete_sign_in(
                self._database,
                self._relying_party,
                params=dict(request.query_params),
                browser_token=request.cookies.get(self._browser_cookie, ""),
                redirect_uri=self._redirect_uri,
            )
        except FootbridgeError as error:
            response: Response = _form(400, error=error.message)
        else:
            await sign_in_session.end_session(self._database, request.cookies.get(self._cookie, ""))
            response = RedirectResponse(signed_in.return_to, 303)
            self._set_cookie(response, self._cookie, signed_in.session_token, SESSION_SECONDS)
        self._delete_cookie(response, self._browser_cookie)
        return response

    async def act_as(self, request: Request) -> Response:
        """Also from a registered client's page, to which it returns if that address is registered."""
        await self._require_known_form(request)
        form = await read_form(request, seconds=self._limits.body_seconds)
        token = request.cookies.get(self._cookie, "")
        try:
            await sign_in_session.act_in(self._database, token, Prefix.POST.parse(form.get("post", "")))
        except FootbridgeError as error:
            return page("message.html", 404, title="Not possible", message=error.message)
        return RedirectResponse(await return_address(self._database, form.get("return_to", HOME)), 303)

    async def sign_out(self, request: Request) -> Response:
        await self._require_known_form(request)
        token = request.cookies.get(self._cookie, "")
        home = f"{self._origin}/"
        address = await sign_out(self._database, self._relying_party, token, return_to=home)
        response = RedirectResponse(address or "/", 303)
        self._delete_cookie(response, self._cookie)
        return response

    async def close(self) -> None:
        await self._relying_party.close()

    def _set_cookie(self, response: Response, name: str, value: str, seconds: int) -> None:
        response.set_cookie(name, value, max_age=seconds, **self._attributes)

    def _delete_cookie(self, response: Response, name: str) -> None:
        response.delete_cookie(name, **self._attributes)

    @property
    def _attributes(self) -> Attributes:
        return {"path": "/", "httponly": True, "samesite": "lax", "secure": self._origin.startswith("https:")}

    async def _require_known_form(self, request: Request) -> None:
        """From our own page or a registered client's, and of this site."""
        await registered_origin(request, self._database, self._origin)
        if request.headers.get("sec-fetch-site") == "cross-site":
            raise CrossSite

    def _require_own_form(self, request: Request) -> None:
        """A form of ours comes from our own page; browsers say so in Origin or Sec-Fetch-Site."""
        own = request.headers.get("origin") in {None, self._origin}
        if not own or request.headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
            raise CrossSite


def _form(status: int = 200, *, email: str = "", return_to: str = HOME, error: str | None = None) -> Response:
    """What stands in `return_to` is checked when it is sent, and again when the sign-in ends."""
    return page("sign_in.html", status, title="Sign in", email=email, return_to=return_to, error=error)
