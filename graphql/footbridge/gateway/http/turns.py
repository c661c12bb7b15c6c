"""So many requests of one tenant are worked on at once: the others find connections left for them."""

import asyncio
from collections.abc import AsyncIterator, Hashable
from contextlib import asynccontextmanager

from footbridge.gateway.http.answers import BadRequest


class TooManyAtOnce(BadRequest):
    def __init__(self) -> None:
        message = "Too many requests of your school or trust are under way. Try again in a moment."
        super().__init__(503, "BUSY", message, headers={"Retry-After": "1"})


class Turns:
    """In this process; a tenant of whom nothing is under way takes no memory."""

    def __init__(self, *, at_once: int, wait_seconds: float) -> None:
        self._at_once = at_once
        self._wait_seconds = wait_seconds
        self._waiting: dict[Hashable, tuple[asyncio.Semaphore, int]] = {}

    @asynccontextmanager
    async def turn(self, tenant: Hashable) -> AsyncIterator[None]:
        """Waits for a place like for a connection; raises TooManyAtOnce if none comes free in time."""
        places, known = self._waiting.get(tenant, (asyncio.Semaphore(self._at_once), 0))
        self._waiting[tenant] = (places, known + 1)
        try:
            await self._take(places)
            try:
                yield
            finally:
                places.release()
        finally:
            self._leave(tenant)

    async def _take(self, places: asyncio.Semaphore) -> None:
        if not places.locked():
            await places.acquire()  # at once
            return
        try:
            async with asyncio.timeout(self._wait_seconds):
                await places.acquire()
        except TimeoutError:
            raise TooManyAtOnce from None

    def _leave(self, tenant: Hashable) -> None:
        places, known = self._waiting[tenant]
        if known == 1:
            del self._waiting[tenant]
        else:
            self._waiting[tenant] = (places, known - 1)
