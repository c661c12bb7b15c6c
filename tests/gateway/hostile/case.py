"""A hostile request: what is sent, by whom, and whether it may be answered at all."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

JSON = "application/json"
GRAPHQL = "application/graphql-response+json"


class Sender(StrEnum):
    PROGRAM = "a program that holds every scope"
    STRANGER = "a program that may not introspect"
    HEAD = "a head with a session"
    NOBODY = "nobody"


class Outcome(StrEnum):
    """What must become of it. Whatever it is, it is no fault of ours, it is bounded, and it has the one format."""

    REFUSED = "refused"
    ANSWERED = "answered"
    EITHER = "refused or answered"


@dataclass(frozen=True)
class Case:
    """`name` completes the sentence “Somebody sends …”. `body` is made when it is sent: many are large.

    `path` stands for itself; None is the school's endpoint. `told` must stand in the answer, `untold` must not.
    """

    name: str
    body: Callable[[], bytes] = bytes
    outcome: Outcome = Outcome.REFUSED
    sender: Sender = Sender.PROGRAM
    method: str = "POST"
    headers: tuple[tuple[bytes | str, bytes | str], ...] = ()
    parameters: Mapping[str, Any] = field(default_factory=dict)
    path: str | None = None
    told: str = ""
    untold: tuple[str, ...] = ()

    def all_headers(self) -> list[tuple[bytes, bytes]]:
        """JSON in and GraphQL out, unless it says otherwise; an empty value leaves a header out."""
        own = [(_bytes(name), _bytes(value)) for name, value in self.headers]
        named = {name.lower() for name, _ in own}
        usual = [(b"content-type", JSON.encode()), (b"accept", GRAPHQL.encode())]
        return [pair for pair in usual if pair[0] not in named] + [pair for pair in own if pair[1]]


def _bytes(value: bytes | str) -> bytes:
    return value if isinstance(value, bytes) else value.encode()


def raw(name: str, content: bytes | Callable[[], bytes], outcome: Outcome = Outcome.REFUSED, **more: Any) -> Case:
    """With a body as it stands."""
    return Case(name, content if callable(content) else lambda: content, outcome, **more)


def document(
    name: str,
    query: str | Callable[[], str],
    outcome: Outcome = Outcome.REFUSED,
    *,
    variables: Callable[[], Any] = dict,
    **more: Any,
) -> Case:
    """With a document of its own."""

    def body() -> bytes:
        text = query() if callable(query) else query
        return json.dumps({"query": text, "variables": variables()}, separators=(",", ":")).encode()

    return Case(name, body, outcome, **more)


def content(name: str, members: Mapping[str, Any], outcome: Outcome = Outcome.REFUSED, **more: Any) -> Case:
    """With a body that is this JSON object."""
    return Case(name, lambda: json.dumps(members).encode(), outcome, **more)
