"""One gateway over one database: sends, listens, and judges every answer by what holds of all of them."""

import logging
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Self
from unittest.mock import patch

import httpx
import orjson

from footbridge.directory import sign_in_session
from footbridge.directory.signed_in_cache import SignedInCache
from footbridge.gateway.execution import changing, reading
from footbridge.gateway.http.callers import cookie_name
from tests.foundation.people import World
from tests.foundation.server import Copy
from tests.gateway.client import ORIGIN
from tests.isolation.gateway.contract import Side
from tests.isolation.gateway.document import Document
from tests.isolation.gateway.gateway_under_test import make_gateway
from tests.isolation.gateway.ledger import Allowed, Ledger, State, changed
from tests.isolation.gateway.population import Senders
from tests.isolation.gateway.sender import Home, Sender, every_word
from tests.isolation.gateway.sighting import Sighting, coordinates_hit, sightings
from tests.isolation.gateway.visible import hidden_from

JSON = "application/graphql-response+json"
OF_ALL_IN_A_TRUST = frozenset({"CalendarEntry"})
"""What sibling schools have in common."""
_ID = re.compile(r"[a-z]{3}_[0-9a-f]{32}")
UNEQUAL = frozenset({"date", "server"})


@dataclass(frozen=True)
class Answer:
    document: Document | None
    status: int
    headers: Mapping[str, str]
    text: str
    sightings: tuple[Sighting, ...] = field(default=(), repr=False)

    @cached_property
    def content(self) -> Any:
        with suppress(ValueError):
            return orjson.loads(self.text)
        return None

    @property
    def errors(self) -> list[dict[str, Any]]:
        content = self.content
        return content.get("errors") or [] if isinstance(content, dict) else []

    @property
    def codes(self) -> list[str]:
        """Of errors and of refusals."""
        told = [str(error.get("extensions", {}).get("code")) for error in self.errors]
        return told + [str(seen.values["code"]) for seen in self.refusals]

    @property
    def refusals(self) -> list[Sighting]:
        return [seen for seen in self.sightings if {"code", "message"} <= set(seen.values)]

    @property
    def is_done(self) -> bool:
        """Answered with what was asked for, and nothing else."""
        content = self.content
        return self.status == 200 and isinstance(content, dict) and not self.codes

    @property
    def is_replayed(self) -> bool:
        return "idempotency-replayed" in self.headers

    def masked(self, *sent: str) -> tuple[int, str, tuple[tuple[str, str], ...]]:
        """All of it, with what was sent replaced; two answers that tell nothing apart are equal."""
        headers = tuple(
            sorted((name, _masked(text, sent)) for name, text in self.headers.items() if name not in UNEQUAL)
        )
        return self.status, _masked(self.text, sent), headers

    def __str__(self) -> str:
        return f"{self.status} {self.text[:240]}"


def _masked(text: str, sent: tuple[str, ...]) -> str:
    for value in sorted(filter(None, sent), key=len, reverse=True):
        text = text.replace(value, "‹sent›")
    return text


class Heard(logging.Handler):
    """Everything that the process says in its log."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self._formatter = logging.Formatter()
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        if not record.name.startswith("httpx"):  # that one is our own client
            self.lines.append(self._formatter.format(record))

    def taken(self) -> str:
        lines, self.lines = self.lines, []
        return "\n".join(lines)


class Arena:
    def __init__(self, copy: Copy, world: World, senders: Senders, documents: Iterable[Document]) -> None:
        self.copy = copy
        self.world = world
        self.senders = senders
        self.ledger = Ledger(copy)
        self.hit: set[tuple[Side, str]] = set()
        self.asked = 0
        self._words = every_word(world)
        self._said: dict[Home, set[str]] = defaultdict(set)
        self._noticed: list[str] = []
        self._owners: dict[tuple[Side, str, str], Home] = {}
        self._heard = Heard()
        self._ordinarily = False
        self._patched = ExitStack()
        app = make_gateway(copy.database, documents)
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        self._http = httpx.AsyncClient(transport=transport, base_url=ORIGIN)

    async def __aenter__(self) -> Self:
        anew = patch.object(sign_in_session, "_known", SignedInCache())  # as in a process that has just begun
        self._patched.enter_context(anew)
        for module, name in ((reading, "read_school"), (reading, "read_trust"), (changing, "change_school")):
            chosen = self._by_the_chosen_path(getattr(module, name))
            self._patched.enter_context(patch.object(module, name, chosen))
        logging.getLogger().addHandler(self._heard)
        return self

    async def __aexit__(self, *_: object) -> None:
        logging.getLogger().removeHandler(self._heard)
        self._patched.close()
        await self._http.aclose()
        self.ledger.close()

    @contextmanager
    def ordinarily(self) -> Iterator[None]:
        """What is asked meanwhile is told by the ordinary path, and by nothing that is remembered."""
        self._ordinarily = True
        try:
            yield
        finally:
            self._ordinarily = False

    def _by_the_chosen_path(self, run: Callable[..., Any]) -> Callable[..., Any]:
        async def chosen(*arguments: Any, **named: Any) -> Any:
            return await run(*arguments, **named, **({"compiled": False} if self._ordinarily else {}))

        return chosen

    async def ask(
        self, sender: Sender, document: Document, variables: Mapping[str, Any], *, path: str | None = None,
        own_text: bool | None = None,
    ) -> Answer:  # fmt: skip
        """A program sends the text itself, a person the document's hash."""
        by_text = sender.is_program if own_text is None else own_text
        said: dict[str, Any] = {"query": document.text} if by_text else {"documentId": document.id}
        answer = await self.post(sender, path or sender.home.path, {**said, "variables": dict(variables)}, document)
        if isinstance(answer.content, dict):
            hit = coordinates_hit(document, variables, answer.content.get("data"))
            self.hit |= {(document.side, coordinate) for coordinate in hit}
        return answer

    async def post(self, sender: Sender, path: str, content: Any, document: Document | None = None) -> Answer:
        self.asked += 1
        body = orjson.dumps(content)
        headers = {"Content-Type": "application/json", "Accept": JSON, **sender.headers(cookie_name(ORIGIN), ORIGIN)}
        response = await self._http.post(path, content=body, headers=headers)
        return self._heard_of(sender, path, document, content, body, response)

    async def get(
        self, sender: Sender, path: str, document: Document | None = None, variables: Mapping[str, Any] | None = None,
        tag: str | None = None,
    ) -> Answer:  # fmt: skip
        """A page, or a query by its document's hash; with the tag of an answer that is known already."""
        self.asked += 1
        asked = {"documentId": document.id, "variables": orjson.dumps(variables or {}).decode()} if document else {}
        headers = {"Accept": JSON, **sender.headers(cookie_name(ORIGIN), ORIGIN)}
        headers |= {"If-None-Match": tag} if tag else {}
        response = await self._http.get(path, params=asked, headers=headers)
        return self._heard_of(sender, path, document, asked, orjson.dumps(asked), response)

    def _heard_of(
        self, sender: Sender, path: str, document: Document | None, content: Any, body: bytes, response: httpx.Response
    ) -> Answer:
        self._said[sender.home] |= {word for word in self._words if word.encode() in body}
        answer = Answer(document, response.status_code, dict(response.headers), response.text)
        data = answer.content.get("data") if isinstance(answer.content, dict) else None
        seen = tuple(sightings(document, data)) if document else ()
        answer = Answer(document, answer.status, answer.headers, answer.text, seen)
        about = f"{sender} at {path} with {document or 'a body'} {_short(content)}"
        self._judge(sender, answer, about)
        for finding in self._ids_of_others(sender, answer, body.decode()):
            self.notice(f"{about}: {finding}")
        return answer

    def findings(self) -> list[str]:
        """What was noticed since the last time."""
        noticed, self._noticed = self._noticed, []
        return noticed

    def notice(self, finding: str) -> None:
        self._noticed.append(finding)

    def compare_rows(self, before: State, allowed: Allowed, about: str) -> State:
        """Notices what changed though it should not; answers with how it is now."""
        after = self.ledger.state()
        for difference in changed(before, after, allowed):
            self.notice(f"{about}: {difference}")
        return after

    def _judge(self, sender: Sender, answer: Answer, about: str) -> None:
        told = (answer.text + " ".join(answer.headers.values())).casefold()
        allowed = sender.words | self._said[sender.home]
        for word in sorted(_foreign(told, self._words, allowed)):
            self.notice(f"{about}: shows the word {word}: …{_around(told, word)}…")
        logged = self._heard.taken().casefold()
        for word in sorted(word for word in self._words if word in logged):
            self.notice(f"{about}: the log has the word {word}")
        for kind in sorted(hidden_from(sender, answer.sightings)):
            self.notice(f"{about}: shows a {kind}, which is not for that post")
        if answer.status >= 500 or "UNEXPECTED" in answer.codes:
            self.notice(f"{about}: a fault: {answer}")

    def _ids_of_others(self, sender: Sender, answer: Answer, sent: str) -> Iterator[str]:
        """An id belongs to the tenant to whom it was shown first; a hub's executive is shown none of the others'."""
        for hidden in sorted(sender.hidden):
            if hidden in answer.text and hidden not in sent:
                yield f"shows {hidden}, which is not of that hub"
        for seen in answer.sightings:
            known = seen.values.get("id")
            if isinstance(known, str) and _ID.fullmatch(known) and seen.type not in OF_ALL_IN_A_TRUST:
                owner = self._owners.setdefault((sender.side, seen.type, known), sender.home)
                if owner != sender.home:
                    yield f"shows {known} of {owner.key}"


def _foreign(told: str, words: frozenset[str], allowed: frozenset[str] | set[str]) -> set[str]:
    """A school's private word begins with its plain one: each is looked for without the other."""
    found = set()
    for word in words - allowed:
        longer = "|".join(other.removeprefix(word) for other in words if other != word and other.startswith(word))
        if re.search(f"{word}(?!{longer})" if longer else word, told):
            found.add(word)
    return found


def _around(told: str, word: str) -> str:
    at = told.index(word)
    return told[max(0, at - 80) : at + 40]


def _short(content: Any) -> str:
    variables = content.get("variables") if isinstance(content, dict) else content
    return str(variables)[:300]
