"""What the database said a moment ago, so that a page's requests do not each ask it."""

import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")

LIFETIME = 2.0
"""Seconds, as a session is remembered."""
MOST = 2000


class Recent(Generic[Key, Value]):
    """What was found, counted from when it was asked for; what was refused is asked anew. The oldest goes when full."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic, most: int = MOST) -> None:
        self._clock = clock
        self._most = most
        self._kept: OrderedDict[Key, tuple[float, Value]] = OrderedDict()

    async def get(self, key: Key, find: Callable[[], Awaitable[Value]]) -> Value:
        now = self._clock()
        until, known = self._kept.get(key, (now, None))
        if known is not None and now < until:
            return known
        found = await find()
        self._kept[key] = (now + LIFETIME, found)
        self._kept.move_to_end(key)
        while len(self._kept) > self._most:
            self._kept.popitem(last=False)
        return found
