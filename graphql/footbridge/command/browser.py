"""A person at a browser, for the tour and the tests: keeps cookies, fills in the directory's forms."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from types import TracebackType
from typing import Self
from urllib.parse import urljoin

import httpx

from footbridge.runtime.errors import FootbridgeError

MOST_STEPS = 30


class BrowserLost(FootbridgeError):
    code = "BROWSER_LOST"

    def __init__(self, response: httpx.Response) -> None:
        page = f"{response.url.scheme}://{response.url.netloc.decode()}{response.url.path}"
        super().__init__(f"The sign-in went astray at {page} (status {response.status_code}).")


class PasswordRefused(FootbridgeError):
    code = "PASSWORD_REFUSED"

    def __init__(self, user_name: str) -> None:
        super().__init__(f"The directory did not accept the user name {user_name} with this password.")


@dataclass(frozen=True)
class Credentials:
    user_name: str
    password: str = field(repr=False)


@dataclass
class Form:
    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict)
    choices: dict[str, set[str]] = field(default_factory=dict)


class SignInBrowser:
    """One browser profile; `client` carries its cookies and goes on with them after the sign-in."""

    def __init__(self, *, timeout: float = 20.0) -> None:
        self.client = httpx.AsyncClient(follow_redirects=False, timeout=timeout, trust_env=False)

    async def sign_in(self, url: str, person: Credentials) -> httpx.Response:
        """Goes from our sign-in address through the directory; answers with the page of ours it ends on."""
        page, _ = await self._walk(url, person, stop_before=None)
        return page

    async def sign_in_with(self, origin: str, email: str, person: Credentials) -> httpx.Response:
        """As a person does: gives the e-mail address at our sign-in page, and goes where it leads."""
        page = await self.client.post(f"{origin}/sign-in", data={"email": email}, headers={"Origin": origin})
        if not page.has_redirect_location:
            raise BrowserLost(page)
        page, _ = await self._follow(page, person, home=origin, stop_before=None)
        return page

    async def authorize(self, url: str, person: Credentials, *, redirect_uri: str) -> dict[str, str]:
        """Goes to the directory only; answers with the callback's parameters, without calling it."""
        page, stopped_at = await self._walk(url, person, stop_before=redirect_uri)
        if stopped_at is None:
            raise BrowserLost(page)
        return dict(stopped_at.params)

    async def close(self) -> None:
        await self.client.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def _walk(
        self, url: str, person: Credentials, *, stop_before: str | None
    ) -> tuple[httpx.Response, httpx.URL | None]:
        home = None if stop_before else _origin(httpx.URL(url))
        return await self._follow(await self.client.get(url), person, home=home, stop_before=stop_before)

    async def _follow(
        self, page: httpx.Response, person: Credentials, *, home: str | None, stop_before: str | None
    ) -> tuple[httpx.Response, httpx.URL | None]:
        visit = Visit(person)
        for _ in range(MOST_STEPS):
            if page.has_redirect_location:
                target = page.url.join(page.headers["location"])
                if stop_before and str(target).startswith(stop_before):
                    return page, target
                page = await self.client.get(target)
            elif home is not None and _origin(page.url) == home:
                return page, None
            else:
                page = await self._submit(page, visit)
        raise BrowserLost(page)

    async def _submit(self, page: httpx.Response, visit: "Visit") -> httpx.Response:
        form = visit.next_form(page)
        target = urljoin(str(page.url), form.action)
        headers = {"Referer": str(page.url), "Origin": _origin(page.url)}
        if form.method == "get":
            return await self.client.get(target, params=form.fields, headers=headers)
        return await self.client.post(target, data=form.fields, headers=headers)


class Visit:
    """One passage through the directory's pages; a question asked twice means that the answer was wrong."""

    def __init__(self, person: Credentials) -> None:
        self._person = person
        self._answers = {"login": person.user_name, "password": person.password, "answer": "accept"}
        self._asked: set[str] = set()

    def next_form(self, page: httpx.Response) -> Form:
        for form in read_forms(page.text):
            question = self._question(form)
            if question is None:
                continue
            if question in self._asked:
                raise PasswordRefused(self._person.user_name)
            self._asked.add(question)
            form.fields[question] = self._answers[question]
            return form
        raise BrowserLost(page)

    def _question(self, form: Form) -> str | None:
        for name in ("login", "password"):
            if name in form.fields:
                return name
        return "answer" if self._answers["answer"] in form.choices.get("answer", ()) else None


def read_forms(html: str) -> list[Form]:
    reader = _FormReader()
    reader.feed(html)
    reader.close()
    return reader.forms


class _FormReader(HTMLParser):
    """Fields that a browser would send (a tick box only if ticked), and apart from them the named buttons."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self._inside = False

    def handle_starttag(self, tag: str, attrs: Iterable[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append(Form(attributes.get("action", ""), attributes.get("method", "get").lower()))
            self._inside = True
        elif self._inside and attributes.get("name"):
            self._read_field(tag, attributes)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._inside = False

    def _read_field(self, tag: str, attributes: Mapping[str, str]) -> None:
        form, name, value = self.forms[-1], attributes["name"], attributes.get("value", "")
        kind = attributes.get("type", "text").lower()
        if tag == "button" or (tag == "input" and kind == "submit"):
            form.choices.setdefault(name, set()).add(value)
        elif tag == "input" and (kind not in {"checkbox", "radio"} or "checked" in attributes):
            form.fields[name] = value or ("on" if kind == "checkbox" else "")


def _origin(url: httpx.URL) -> str:
    return f"{url.scheme}://{url.netloc.decode()}"
