"""What was published changes rarely: an answer at a trust's endpoint is kept until a version says otherwise.

The versions are asked of PostgreSQL each time, under the reader's own policies and in one round trip: who may not see
the version gets neither version nor answer, and a withdrawal is seen at once.
"""

import hashlib
import json
from collections import OrderedDict
from collections.abc import Collection, Hashable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from footbridge.delegation.access import Access
from footbridge.runtime.clock import now, today
from footbridge.runtime.database import Database, Role
from footbridge.tenancy.caller import Caller

MOST_BYTES = 16 * 1024 * 1024
MOST_READINGS = 5000

VERSIONS = (
    "(select number from register.version where name = 'register'), coalesce((select number from published.version), 0)"
)
"""Of the public register, and of what the reader's trust has been given: policies show that one row only."""
STILL_SO = (
    "SELECT 1 FROM register.version WHERE name = 'register' AND number = {} "
    "AND coalesce((SELECT number FROM published.version), 0) = {}"
)


@dataclass(frozen=True)
class Noted:
    """Whose figures an answer shows, each with the text that it was made of: school, measure, period and version."""

    parts: Sequence[tuple[str, Collection[Access]]]

    @cached_property
    def digest(self) -> bytes:
        return hashlib.sha256("\n".join(text for text, _ in self.parts).encode()).digest()

    @property
    def accesses(self) -> set[Access]:
        return {access for _, some in self.parts for access in some}


@dataclass(frozen=True)
class Answer:
    """A body, the versions it holds for, and whose figures it shows."""

    body: bytes
    versions: tuple[int, int]
    noted: Noted

    @cached_property
    def size(self) -> int:
        """Bytes, roughly: of the body, of what it was made of, and of keeping it at all."""
        return len(self.body) + sum(len(text) + 200 * len(some) for text, some in self.noted.parts) + 1000

    @cached_property
    def tag(self) -> str:
        return tag_of(self.body)


def tag_of(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


def key_of(caller: Caller, document_id: str, operation: str | None, variables: Any, *, personal: bool) -> Hashable:
    """All that an answer depends on but the versions. One with cursors is a person's own: they are marked."""
    sent = hashlib.sha256(json.dumps(variables, sort_keys=True).encode()).digest()
    scope = (caller.trust_id, caller.group_id, caller.permissions, caller.id if personal else None)
    return (document_id, operation, sent, scope, today())


class PublishedAnswers:
    """The answers asked for last, up to `most` bytes in all."""

    def __init__(self, *, most: int = MOST_BYTES) -> None:
        self._most = most
        self._bytes = 0
        self._kept: OrderedDict[Hashable, Answer] = OrderedDict()

    async def find(self, database: Database, caller: Caller, key: Hashable) -> Answer | None:
        """One that is still so; the others are forgotten."""
        known = self._kept.get(key)
        if known is None:
            return None
        if await database.check(Role.TRUST, STILL_SO, *known.versions, trust_id=caller.trust_id):
            if key in self._kept:
                self._kept.move_to_end(key)
            return known
        if self._kept.get(key) is known:
            self._forget(key)
        return None

    def keep(self, key: Hashable, answer: Answer) -> None:
        self._forget(key)
        self._kept[key] = answer
        self._bytes += answer.size
        while self._bytes > self._most:
            self._forget(next(iter(self._kept)))

    def _forget(self, key: Hashable) -> None:
        known = self._kept.pop(key, None)
        if known is not None:
            self._bytes -= known.size


class Readings:
    """What this process has recorded within the hour: the same reading again is one row already."""

    def __init__(self, *, most: int = MOST_READINGS) -> None:
        self._most = most
        self._kept: OrderedDict[Hashable, None] = OrderedDict()

    def is_recorded(self, reading: Hashable) -> bool:
        return reading in self._kept

    def add(self, reading: Hashable) -> None:
        self._kept[reading] = None
        if len(self._kept) > self._most:
            self._kept.popitem(last=False)


def reading_of(caller: Caller, operation: str, noted: Noted) -> Hashable:
    """Who read what in which hour."""
    return (caller, operation, _hour(), noted.digest)


def _hour() -> datetime:
    return now().replace(minute=0, second=0, microsecond=0)
