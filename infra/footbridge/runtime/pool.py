"""Connections of one login role: made when they are needed, kept, and lent to one transaction at a time."""

import asyncio
import json
from collections.abc import Mapping
from typing import Any

import asyncpg
from sqlalchemy import URL

PATIENCE = 1.0
"""Seconds that one who finds all connections lent waits for the next."""
LARGEST_STATEMENT = 32 * 1024
"""Characters of one that the driver keeps prepared; our own compiled reads have up to eight thousand of them, and a
prepared one takes the server some hundred times as many bytes."""
KEPT_STATEMENTS = 100


Connection = Any
"""Of asyncpg; its types know a parameter here and none there."""


class NoConnectionFree(TimeoutError):
    """Of so many none came back in time."""

    def __init__(self, size: int) -> None:
        super().__init__(f"All {size} connections of the pool are lent.")


class Row(asyncpg.Record):  # type: ignore[misc]
    """A row whose columns are its items, by place and by name, and its attributes."""

    def __getattr__(self, name: str) -> Any:
        try:
            return self[name]
        except KeyError:
            raise AttributeError(name) from None


class Pool:
    def __init__(self, address: URL, *, size: int, server_settings: Mapping[str, str]) -> None:
        self._address = address
        self._size = size
        self._server_settings = dict(server_settings)
        self._idle: list[Connection] = []
        self._places = asyncio.Semaphore(size)
        self._closed = False
        self.lent = 0

    async def take(self) -> Connection:
        """The one that was used last. Raises NoConnectionFree, or what the driver says of a server that is away.

        One whose server has gone is left out; no round trip is spent on asking.
        """
        await self._take_place()
        try:
            while self._idle:
                connection = self._idle.pop()
                if not connection.is_closed():
                    return connection
            return await self._connect()
        except BaseException:
            self._leave()
            raise

    def give_back(self, connection: Connection) -> None:
        """One that was closed, or outlives its pool, is not kept."""
        if self._closed:
            connection.terminate()
        elif not connection.is_closed():
            self._idle.append(connection)
        self._leave()

    async def close(self) -> None:
        self._closed = True
        while self._idle:
            await self._idle.pop().close()

    async def _take_place(self) -> None:
        if self._places.locked():
            try:
                async with asyncio.timeout(PATIENCE):
                    await self._places.acquire()
            except TimeoutError:
                raise NoConnectionFree(self._size) from None
        else:
            await self._places.acquire()  # at once
        self.lent += 1

    def _leave(self) -> None:
        self.lent -= 1
        self._places.release()

    async def _connect(self) -> Connection:
        connection: Connection = await asyncpg.connect(
            self._address.set(drivername="postgresql").render_as_string(hide_password=False),
            timeout=5,
            server_settings=self._server_settings,
            record_class=Row,
            statement_cache_size=KEPT_STATEMENTS,
            max_cacheable_statement_size=LARGEST_STATEMENT,
        )
        try:
            for name in ("json", "jsonb"):
                await connection.set_type_codec(
                    name, schema="pg_catalog", encoder=str, decoder=json.loads, format="text"
                )
        except BaseException:
            connection.terminate()
            raise
        return connection
