"""The three operations: what is asked of each server, and which answer is right."""

import json
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from footbridge.command.person import operation_file
from footbridge.gateway.documents.document import document_id

from .data_set import PERIODS, activity_ids
from .tenants import LOGGING

PAGE = 50
DAY = "2025-07-01"


class Operation(StrEnum):
    Q1 = "q1"
    Q2 = "q2"
    Q3 = "q3"

    @property
    def words(self) -> str:
        return {
            Operation.Q1: "40 schools compared on 30 measures of a term",
            Operation.Q2: "a page of 50 partnerships with all that hangs on them",
            Operation.Q3: "a session is logged",
        }[self]


CONTRACT = {
    Operation.Q1: ("trust", "Comparisons"),
    Operation.Q2: ("school", "PartnershipOverview"),
    Operation.Q3: ("school", "RecordSession"),
}


def text_of(operation: Operation) -> str:
    return operation_file(*CONTRACT[operation]).read_text(encoding="utf-8")


def variables_of(operation: Operation) -> list[dict[str, Any]]:
    """What to send in turn: a session is logged at another activity each time."""
    match operation:
        case Operation.Q1:
            return [{"period": PERIODS[-1]}]
        case Operation.Q2:
            return [{"first": PAGE}]
        case Operation.Q3:
            return [
                {"input": _session(activity_id), "idempotencyKey": Fresh.KEY} for activity_id in activity_ids(LOGGING)
            ]


def _session(activity_id: str) -> dict[str, Any]:
    return {
        "activityId": f"act_{activity_id}", "heldOn": DAY, "kind": "WORKSHOP", "hours": "1.50", "ledBy": "PUPILS",
        "designedBy": "JOINTLY", "space": "THEIRS",
    }  # fmt: skip


class Fresh(StrEnum):
    """Stands in a body where each request has its own value of 32 digits."""

    KEY = "k" * 32


MADE_UP = "anew"
"""Begins a name that a request has made up itself."""


@dataclass
class Requests:
    """One operation of one server, as the bytes to send; `is_right` compares a read with the answer that was checked.

    `expected` stands before and after what the request has made up itself, if it has.
    """

    port: int
    path: str
    bodies: list[bytes]
    headers: Mapping[str, str] = field(default_factory=dict)
    expected: tuple[bytes, bytes] | None = None
    refusals: tuple[bytes, ...] = (b'"errors"', b"Refusal")
    holds: bytes = DAY.encode()

    def __post_init__(self) -> None:
        self._value, self._made = b"", self._endless()

    def next(self) -> bytes:
        return next(self._made)

    def is_right(self, body: bytearray) -> bool:
        if self.expected is not None:
            head, tail = self.expected
            length = len(head) + len(tail) + (len(Fresh.KEY) if tail else 0)
            return len(body) == length and body.startswith(head) and body.endswith(tail)
        return self.holds in body and not any(refusal in body for refusal in self.refusals)

    def expect(self, answer: bytes) -> None:
        """From now on this one, which was given to the request that was made last."""
        head, _, tail = answer.partition(self._value) if self._value else (answer, b"", b"")
        self.expected = head, tail

    def _endless(self) -> Iterator[bytes]:
        parts = [self._request(body).partition(Fresh.KEY.encode()) for body in self.bodies]
        number = int.from_bytes(os.urandom(8), "big") << 64
        while True:
            for head, mark, tail in parts:
                number += 1
                self._value = b"%032x" % number if mark else b""
                yield head + self._value + tail

    def _request(self, body: bytes) -> bytes:
        headers = {
            "Host": f"127.0.0.1:{self.port}",
            "Content-Type": "application/json",
            "Content-Length": str(len(body)),
            **self.headers,
        }
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        return f"POST {self.path} HTTP/1.1\r\n{lines}\r\n".encode() + body


Body = Callable[[Operation, dict[str, Any]], dict[str, Any]]


def by_hash(operation: Operation, variables: dict[str, Any]) -> dict[str, Any]:
    return {"documentId": document_id(text_of(operation)), "variables": variables}


def by_text(operation: Operation, variables: dict[str, Any]) -> dict[str, Any]:
    return {"query": text_of(operation), "variables": variables}


def by_new_text(operation: Operation, variables: dict[str, Any]) -> dict[str, Any]:
    """A text that nobody has sent before, and for which no statement is prepared: an answer's name is in both."""
    text = text_of(operation).replace("endCursor", f"{MADE_UP}{Fresh.KEY}: endCursor")
    return {"query": text, "variables": variables}


def bodies_of(operation: Operation, body: Body) -> list[bytes]:
    return [json.dumps(body(operation, variables)).encode() for variables in variables_of(operation)]
