"""Remembers for two seconds who holds a session, so that a page's requests do not each ask the database."""

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from footbridge.directory.records import SignedInPerson
from footbridge.runtime.clock import now, today

LIFETIME = 2.0
MOST = 2000


@dataclass(frozen=True)
class _Entry:
    found: SignedInPerson
    until: float
    day: date


class SignedInCache:
    """By session hash; the oldest goes when it is full. Posts begin and end at midnight, and so do entries."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic, most: int = MOST) -> None:
        self._clock = clock
        self._most = most
        self._entries: OrderedDict[str, _Entry] = OrderedDict()
        self._changes = 0

    def begin_lookup(self) -> tuple[int, float]:
        """To be taken before the database is asked, and given to `remember`."""
        return self._changes, self._clock() + LIFETIME

    def remember(self, session_hash: str, found: SignedInPerson, begun: tuple[int, float]) -> None:
        """Unless a session has changed since the lookup began: the answer may be from before."""
        changes, until = begun
        if changes != self._changes:
            return
        self._entries[session_hash] = _Entry(found, until, today())
        self._entries.move_to_end(session_hash)
        while len(self._entries) > self._most:
            self._entries.popitem(last=False)

    def find(self, session_hash: str) -> SignedInPerson | None:
        entry = self._entries.get(session_hash)
        if entry is None:
            return None
        if self._clock() >= entry.until or entry.day != today() or entry.found.expires_at <= now():
            del self._entries[session_hash]
            return None
        return entry.found

    def forget(self, session_hash: str) -> None:
        """Once the change is committed."""
        self._changes += 1
        self._entries.pop(session_hash, None)
