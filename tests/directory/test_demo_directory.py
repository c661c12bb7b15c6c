"""The demo directory: it starts, signs people in by name and password, and leaves nothing behind."""

import asyncio
import json
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from granian.constants import Interfaces
from granian.server.embed import Server
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from footbridge.command.browser import BrowserLost, Credentials, PasswordRefused, SignInBrowser, read_forms
from footbridge.command.demo_directory import DirectoryClient, DirectoryDescription, DirectoryPerson, issuer
from footbridge.directory.openid import IssuerConfiguration, LoginTransaction, RelyingParty

CALLBACK = "http://127.0.0.1:9/sign-in/callback"
SIGNED_OUT = "http://127.0.0.1:9/signed-out"
AMAL = Credentials("amal", "correct horse")
BO = Credentials("bo", "battery staple")


def description(**changes: Any) -> DirectoryDescription:
    people = (DirectoryPerson("amal", "Amal", "Okafor", "amal@larch.example", "correct horse", ("heads",)),)
    clients = (DirectoryClient("footbridge", (CALLBACK,), (SIGNED_OUT,), client_secret="s"),)
    return DirectoryDescription(**{"people": people, "clients": clients, **changes})


def public(running: Any) -> IssuerConfiguration:
    return IssuerConfiguration(running.issuer, "public", CALLBACK)


def test_description_survives_its_json() -> None:
    assert DirectoryDescription.from_json(description().to_json()) == description()


def test_description_needs_neither_groups_nor_secret() -> None:
    people = [{"user_name": "a", "given_name": "A", "family_name": "B", "email": "a@b.example", "password": "p"}]
    clients = [{"client_id": "c", "redirect_uris": [CALLBACK]}]
    read = DirectoryDescription.from_json(json.dumps({"people": people, "clients": clients}))
    assert read.people[0].groups == ()
    assert read.clients[0].client_secret is None


async def test_person_signs_in_with_name_and_password_and_no_consent_page(demo_directory: Any) -> None:
    async with RelyingParty() as us, SignInBrowser() as browser:
        begun = await us.begin(public(demo_directory))
        callback = await browser.authorize(begun.authorization_url, AMAL, redirect_uri=CALLBACK)
        names = {cookie.name for cookie in browser.client.cookies.jar}
    assert callback["state"] == begun.transaction.state
    assert callback["iss"] == demo_directory.issuer
    assert callback["code"]
    assert names
    assert all(not name.removeprefix("__Host-").startswith("footbridge") for name in names)


async def test_person_signs_in_with_the_email_as_well(demo_directory: Any) -> None:
    async with RelyingParty() as us, SignInBrowser() as browser:
        begun = await us.begin(public(demo_directory))
        person = Credentials("amal@larch.example", "correct horse")
        assert (await browser.authorize(begun.authorization_url, person, redirect_uri=CALLBACK))["code"]


async def test_client_that_is_not_ours_asks_for_consent_and_gets_it(demo_directory: Any) -> None:
    theirs = IssuerConfiguration(demo_directory.issuer, "consent", CALLBACK)
    async with RelyingParty() as us, SignInBrowser() as browser:
        begun = await us.begin(theirs)
        callback = await browser.authorize(begun.authorization_url, AMAL, redirect_uri=CALLBACK)
        assert (await us.complete(theirs, begun.transaction, callback)).subject == "amal"


class Application:
    """The smallest relying party: sends the browser away, takes it back, and says who it is."""

    def __init__(self, us: RelyingParty, ours: IssuerConfiguration) -> None:
        self._us, self._ours = us, ours
        self._begun: dict[str, LoginTransaction] = {}
        routes = [Route("/sign-in", self.sign_in), Route("/callback", self.callback), Route("/", self.home)]
        self.asgi = Starlette(routes=routes)

    async def sign_in(self, request: Request) -> Response:
        begun = await self._us.begin(self._ours)
        self._begun[begun.transaction.state] = begun.transaction
        response = RedirectResponse(begun.authorization_url, 303)
        response.set_cookie("footbridge_sign_in", begun.transaction.state, httponly=True, samesite="lax")
        return response

    async def callback(self, request: Request) -> Response:
        transaction = self._begun.pop(request.cookies["footbridge_sign_in"])
        identity = await self._us.complete(self._ours, transaction, request.query_params)
        response = RedirectResponse("/", 303)
        response.set_cookie("footbridge_session", identity.subject, httponly=True, samesite="lax")
        return response

    async def home(self, request: Request) -> Response:
        return PlainTextResponse(request.cookies.get("footbridge_session", "nobody"))


@pytest.fixture
async def application(demo_directory: Any) -> AsyncIterator[str]:
    address = f"http://127.0.0.1:{demo_directory.application_port}"
    ours = IssuerConfiguration(demo_directory.issuer, "application", f"{address}/callback")
    async with RelyingParty() as us:
        served = Application(us, ours).asgi
        server = Server(served, port=demo_directory.application_port, interface=Interfaces.ASGINL, log_enabled=False)
        serving = asyncio.create_task(server.serve())
        async with httpx.AsyncClient(transport=httpx.AsyncHTTPTransport(retries=8)) as client:
            assert (await client.get(address)).text == "nobody"
        yield address
        stop: Any = server.stop
        stop()
        await serving


async def test_browser_goes_through_the_directory_and_lands_at_home(application: str) -> None:
    async with SignInBrowser() as browser:
        page = await browser.sign_in(f"{application}/sign-in", AMAL)
        assert (str(page.url), page.text) == (f"{application}/", "amal")
        assert (await browser.client.get(application)).text == "amal"


async def test_browser_that_has_signed_in_before_is_not_asked_again(application: str) -> None:
    async with SignInBrowser() as browser:
        await browser.sign_in(f"{application}/sign-in", AMAL)
        again = await browser.sign_in(f"{application}/sign-in", Credentials("amal", "not asked for"))
        assert again.text == "amal"


async def test_people_who_sign_in_at_once_do_not_get_in_each_others_way(demo_directory: Any) -> None:
    async with RelyingParty() as us, SignInBrowser() as one, SignInBrowser() as two:
        ours = public(demo_directory)
        first, second, left = await us.begin(ours), await us.begin(ours), await us.begin(ours)
        await one.authorize(left.authorization_url, AMAL, redirect_uri=CALLBACK)
        back = await two.authorize(second.authorization_url, BO, redirect_uri=CALLBACK)
        came = await one.authorize(first.authorization_url, AMAL, redirect_uri=CALLBACK)
        assert (await us.complete(ours, first.transaction, came)).subject == "amal"
        assert (await us.complete(ours, second.transaction, back)).subject == "bo"


@pytest.mark.parametrize("person", [Credentials("amal", "wrong"), Credentials("nobody", "correct horse")])
async def test_wrong_name_or_password_is_refused(demo_directory: Any, person: Credentials) -> None:
    async with RelyingParty() as us, SignInBrowser() as browser:
        begun = await us.begin(public(demo_directory))
        with pytest.raises(PasswordRefused) as refused:
            await browser.authorize(begun.authorization_url, person, redirect_uri=CALLBACK)
    assert person.password not in refused.value.message


async def test_address_that_was_not_registered_is_not_returned_to(demo_directory: Any) -> None:
    elsewhere = IssuerConfiguration(demo_directory.issuer, "public", "http://127.0.0.1:9/elsewhere")
    async with RelyingParty() as us, SignInBrowser() as browser:
        begun = await us.begin(elsewhere)
        with pytest.raises(BrowserLost):
            await browser.authorize(begun.authorization_url, AMAL, redirect_uri=elsewhere.redirect_uri)


async def test_logout_ends_the_session_and_returns_to_us(demo_directory: Any) -> None:
    async with RelyingParty() as us, SignInBrowser() as browser:
        begun = await us.begin(public(demo_directory))
        await browser.authorize(begun.authorization_url, AMAL, redirect_uri=CALLBACK)
        leave = await us.logout_url(public(demo_directory), return_to=SIGNED_OUT, state="s1")
        assert leave is not None
        left = await browser.client.get(leave)
        if not left.has_redirect_location:
            [form] = [form for form in read_forms(left.text) if "logout" in form.choices.get("answer", ())]
            left = await browser.client.post(leave, data={**form.fields, "answer": "logout"})
        again = await us.begin(public(demo_directory))
        with pytest.raises(PasswordRefused):
            await browser.authorize(again.authorization_url, Credentials("amal", "wrong"), redirect_uri=CALLBACK)
    assert left.headers["location"] == f"{SIGNED_OUT}?state=s1"


def start(source: str, port: int, **options: Any) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "footbridge.command.demo_directory", "--port", str(port), source]
    return subprocess.Popen(command, text=True, stderr=subprocess.PIPE, **options)


def test_taken_port_ends_it_with_an_error(demo_directory: Any, tmp_path: Path) -> None:
    people = tmp_path / "people.json"
    people.write_text(description().to_json(), encoding="utf-8")
    second = start(str(people), demo_directory.port)
    _, complaint = second.communicate(timeout=60)
    assert second.returncode != 0
    assert str(demo_directory.port) in complaint or "in use" in complaint.lower()


def test_it_reads_standard_input_and_ends_quietly_when_told(
    tmp_path: Path, free_port: int, until_it_answers: Callable[[str, subprocess.Popen[str]], None]
) -> None:
    child = start("-", free_port, stdin=subprocess.PIPE, cwd=tmp_path)
    assert child.stdin is not None
    child.stdin.write(description(name="Larch directory").to_json())
    child.stdin.close()
    child.stdin = None
    until_it_answers(issuer(free_port), child)
    assert "Larch directory" in httpx.get(issuer(free_port) + "/login", trust_env=False).text
    child.send_signal(signal.SIGTERM)
    _, complaint = child.communicate(timeout=10)
    assert child.returncode == 0
    assert complaint == ""


def test_it_ends_when_its_parent_is_killed(
    tmp_path: Path, free_port: int, until_it_answers: Callable[[str, subprocess.Popen[str]], None]
) -> None:
    people = tmp_path / "people.json"
    people.write_text(description().to_json(), encoding="utf-8")
    command = [sys.executable, "-m", "footbridge.command.demo_directory", "--port", str(free_port)]
    script = f"import subprocess; subprocess.Popen({[*command, str(people)]!r}).wait()"
    parent = subprocess.Popen([sys.executable, "-c", script], text=True, stdout=subprocess.PIPE)
    until_it_answers(issuer(free_port), parent)
    parent.kill()
    parent.communicate(timeout=30)  # its output closes when the last process that holds it has ended
    with pytest.raises(httpx.ConnectError):
        httpx.get(issuer(free_port), trust_env=False)
