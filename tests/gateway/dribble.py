"""Clients that are slow, or silent, on purpose: each says how long the gateway bore with it and what it was told."""

import asyncio
import time
from contextlib import suppress
from dataclasses import dataclass

from tests.gateway.running_gateway import HOST, Endpoint

PAUSE = 0.4
PATIENCE = 25.0
QUERY = b'{"query":"{ school { urn } }"}'


@dataclass(frozen=True)
class CutOff:
    """Seconds until the connection was closed; None if it never was while we waited. `told` is what came before."""

    seconds: float | None
    told: bytes

    @property
    def status(self) -> int | None:
        return int(self.told.split(b" ")[1]) if self.told.startswith(b"HTTP/") else None


class SlowClient:
    def __init__(self, endpoint: Endpoint, port: int) -> None:
        self._port = port
        path = endpoint.url.partition(f":{port}")[2]
        self._head = (
            f"POST {path} HTTP/1.1\r\nHost: {HOST}:{port}\r\nAuthorization: Bearer {endpoint.token}\r\n"
            "Content-Type: application/json\r\n"
        ).encode()

    async def headers_byte_by_byte(self) -> CutOff:
        return await self._connected(self._head, b"X-Slow: " + b"x" * 1000)

    async def headers_line_by_line(self) -> CutOff:
        return await self._connected(self._head, b"X-Slow: x\r\n" * 100, size=11)

    async def headers_that_never_end(self) -> CutOff:
        return await self._connected(self._head)

    async def nothing_at_all(self) -> CutOff:
        return await self._connected(b"")

    async def body_byte_by_byte(self) -> CutOff:
        return await self._connected(self._head + b"Content-Length: 1000\r\n\r\n", QUERY + b" " * 970)

    async def body_in_chunks_of_a_byte(self) -> CutOff:
        return await self._connected(self._head + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\n \r\n" * 200, size=6)

    async def body_that_never_comes(self) -> CutOff:
        return await self._connected(self._head + b"Content-Length: 1000\r\n\r\n")

    async def body_that_stops(self) -> CutOff:
        return await self._connected(self._head + b"Content-Length: 1000\r\n\r\n" + QUERY)

    async def body_that_stops_as_a_stranger(self) -> CutOff:
        head = b"\r\n".join(line for line in self._head.split(b"\r\n") if not line.startswith(b"Authorization"))
        return await self._connected(head + b"Content-Length: 1000\r\n\r\n" + QUERY)

    async def _connected(self, at_once: bytes, slowly: bytes = b"", *, size: int = 1) -> CutOff:
        reader, writer = await asyncio.open_connection(HOST, self._port)
        began = time.monotonic()
        dribbling = asyncio.create_task(_dribble(writer, at_once, slowly, size))
        told = b""
        try:
            async with asyncio.timeout(PATIENCE):
                while read := await reader.read(65536):
                    told += read
            return CutOff(time.monotonic() - began, told)
        except TimeoutError:
            return CutOff(None, told)
        except ConnectionError:
            return CutOff(time.monotonic() - began, told)
        finally:
            dribbling.cancel()
            writer.close()


async def _dribble(writer: asyncio.StreamWriter, at_once: bytes, slowly: bytes, size: int) -> None:
    """Until it has sent everything, or the connection is closed."""
    with suppress(ConnectionError):
        writer.write(at_once)
        for start in range(0, len(slowly), size):
            await asyncio.sleep(PAUSE)
            writer.write(slowly[start : start + size])
            await writer.drain()


async def idle_connections(port: int, count: int) -> list[asyncio.StreamWriter]:
    """Opened, and silent."""
    return [(await asyncio.open_connection(HOST, port))[1] for _ in range(count)]


async def unread(endpoint: Endpoint, port: int, body: bytes, count: int) -> list[asyncio.StreamWriter]:
    """Clients that ask for a great deal and read nothing of it."""
    path = endpoint.url.partition(f":{port}")[2]
    head = (
        f"POST {path} HTTP/1.1\r\nHost: {HOST}:{port}\r\nAuthorization: Bearer {endpoint.token}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    ).encode()
    writers = await idle_connections(port, count)
    for writer in writers:
        writer.transport.pause_reading()  # type: ignore[attr-defined]
        writer.write((head + body) * 20)
    return writers
