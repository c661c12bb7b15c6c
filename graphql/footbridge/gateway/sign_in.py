"""Sign-in over HTTP: through the trust's own directory and back, with a session in a cookie."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from footbridge.directory import sign_in, sign_in_session
from footbridge.directory.openid import RelyingParty
from footbridge.gateway.answers import BadRequest
from footbridge.gateway.callers import cookie_name
from footbridge.gateway.pages.page import page
from footbridge.gateway.scalars import Prefix
from footbridge.runtime.database import Database
from footbridge.runtime.errors import FootbridgeError

SESSION_SECONDS = 12 * 60 * 60
BROWSER_COOKIE = "sign_in"


class SignInPages:
    """`/sign-in`, `/sign-in/callback`, `/sign-out`, `/act-as`."""

    def __init__(self, database: Database, relying_party: RelyingParty) -> None:
        self._database = database
        self._relying_party = relying_party

    async def form(self, request: Request) -> Response:
        return page("sign_in.html", title="Sign in", email="", error=None)

    async def begin(self, request: Request) -> Response:
        _require_own_form(request)
        form = await request.form()
        email = str(form.get("email", "")).strip()
        try:
            begun = await sign_in.begin_sign_in(
                self._database,
                self._relying_party,
                email=email,
                return_to=str(form.get("return_to", "/")),
                redirect_uri=_redirect_uri(request),
            )
        except FootbridgeError as error:
            return page("sign_in.html", 400, title="Sign in", email=email, error=error.message)
        response = RedirectResponse(begun.authorization_url, 303)
        _set_cookie(response, request, _browser_cookie(request), begun.browser_token, 600)
        return response

    async def callback(self, request: Request) -> Response:
        try:
            signed_in = await sign_in.complete_sign_in(
                self._database,
                self._relying_party,
                params=dict(request.query_params),
                browser_token=request.cookies.get(_browser_cookie(request), ""),
                redirect_uri=_redirect_uri(request),
            )
        except FootbridgeError as error:
            response: Response = page("sign_in.html", 400, title="Sign in", email="", error=error.message)
        else:
            response = RedirectResponse(signed_in.return_to, 303)
            _set_cookie(response, request, cookie_name(request), signed_in.session_token, SESSION_SECONDS)
        _delete_cookie(response, request, _browser_cookie(request))
        return response

    async def act_as(self, request: Request) -> Response:
        _require_own_form(request)
        form = await request.form()
        token = request.cookies.get(cookie_name(request), "")
        try:
            await sign_in_session.act_in(self._database, token, Prefix.POST.parse(str(form.get("post", ""))))
        except FootbridgeError as error:
            return page("message.html", 404, title="Not possible", message=error.message)
        return RedirectResponse("/", 303)

    async def sign_out(self, request: Request) -> Response:
        _require_own_form(request)
        token = request.cookies.get(cookie_name(request), "")
        home = str(request.url_for("home"))
        address = await sign_in_session.sign_out(self._database, self._relying_party, token, return_to=home)
        response = RedirectResponse(address or "/", 303)
        _delete_cookie(response, request, cookie_name(request))
        return response


def _redirect_uri(request: Request) -> str:
    return str(request.url_for("sign_in_callback"))


def _browser_cookie(request: Request) -> str:
    return f"{cookie_name(request)}_{BROWSER_COOKIE}"


def _set_cookie(response: Response, request: Request, name: str, value: str, seconds: int) -> None:
    response.set_cookie(
        name, value, max_age=seconds, path="/", httponly=True, samesite="lax", secure=request.url.scheme == "https"
    )


def _delete_cookie(response: Response, request: Request, name: str) -> None:
    response.delete_cookie(name, path="/", httponly=True, samesite="lax", secure=request.url.scheme == "https")


def _require_own_form(request: Request) -> None:
    """A form of ours comes from our own page; browsers say so in Origin or Sec-Fetch-Site."""
    origin = request.headers.get("origin")
    if origin is not None and origin.partition("://")[2] != request.url.netloc:
        raise BadRequest(403, "CROSS_SITE", "Forms from other sites are not taken.")
    if request.headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
        raise BadRequest(403, "CROSS_SITE", "Forms from other sites are not taken.")
