"""Requests to a directory: short, bounded, never redirected, and only over HTTPS or on loopback."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

import httpx

from footbridge.directory.sign_in_errors import DirectoryMisconfigured, DirectoryUnavailable
from footbridge.runtime.loopback import is_loopback

LARGEST_ANSWER = 256 * 1024
SLOWEST_ANSWER = 10.0
_PAUSES = httpx.Timeout(connect=5.0, read=5.0, write=5.0, pool=5.0)
_HEADERS = {"Accept": "application/json", "Accept-Encoding": "identity", "User-Agent": "footbridge"}


@dataclass(frozen=True)
class Answer:
    status: int
    body: bytes

    def json_object(self, what: str) -> dict[str, Any]:
        """`what` names the document in the refusal of anything but a JSON object."""
        try:
            document = json.loads(self.body)
        except (ValueError, RecursionError):
            document = None
        if not isinstance(document, dict):
            raise DirectoryMisconfigured(f"its {what} is not a JSON object")
        return document


class ProviderConnection:
    """One pool of connections to all directories; belongs to one event loop and is closed with it."""

    def __init__(self, *, slowest: float = SLOWEST_ANSWER, largest: int = LARGEST_ANSWER) -> None:
        self._slowest = slowest
        self._largest = largest
        self._client = httpx.AsyncClient(timeout=_PAUSES, headers=_HEADERS, follow_redirects=False, trust_env=False)

    async def get(self, url: str, *, bearer: str | None = None) -> Answer:
        headers = {"Authorization": f"Bearer {bearer}"} if bearer else {}
        return await self._answer(self._client.build_request("GET", url, headers=headers))

    async def post(self, url: str, form: Mapping[str, str], *, basic: tuple[str, str] | None = None) -> Answer:
        request = self._client.build_request("POST", url, data=dict(form))
        if basic:
            request = next(httpx.BasicAuth(*basic).auth_flow(request))
        return await self._answer(request)

    async def close(self) -> None:
        await self._client.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def _answer(self, request: httpx.Request) -> Answer:
        try:
            async with asyncio.timeout(self._slowest):
                response = await self._client.send(request, stream=True)
                try:
                    return await self._read(response)
                finally:
                    await response.aclose()
        except (TimeoutError, httpx.HTTPError) as error:
            raise DirectoryUnavailable from error

    async def _read(self, response: httpx.Response) -> Answer:
        if response.has_redirect_location or response.is_redirect:
            raise DirectoryMisconfigured("it sends us on to another address")
        if response.is_server_error:
            raise DirectoryUnavailable
        if response.headers.get("Content-Encoding", "identity") != "identity":
            raise DirectoryMisconfigured("it answers in an encoding that was not asked for")
        body = bytearray()
        async for chunk in response.aiter_raw():
            body += chunk
            if len(body) > self._largest:
                raise DirectoryMisconfigured("its answer is too long")
        return Answer(response.status_code, bytes(body))


def is_acceptable_address(url: object, *, loopback: bool) -> bool:
    """HTTPS anywhere, or plain HTTP on this machine where `loopback` allows it; no user name, no fragment."""
    if not isinstance(url, str):
        return False
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return False
    if not host or parts.username is not None or parts.fragment:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and loopback and is_loopback(host))
