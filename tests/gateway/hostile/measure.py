"""Sends a hostile request while somebody else works, and measures how long the event loop stood still."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx

from tests.gateway.hostile.case import Case

TICK = 0.001
PAUSE = 0.005


@dataclass(frozen=True)
class Measured:
    """`stall`: the longest work, in seconds, in which nothing else was served; `beside`: what the neighbour was told."""

    response: httpx.Response
    seconds: float
    stall: float
    beside: tuple[httpx.Response, ...]

    def row(self, case: Case) -> dict[str, Any]:
        return {
            "case": case.name, "sender": case.sender.name.lower(), "status": self.response.status_code,
            "code": code_of(self.response), "ms": round(self.seconds * 1000, 1), "stall_ms": round(self.stall * 1000, 1),
        }  # fmt: skip


async def measured(
    send: Callable[[], Awaitable[httpx.Response]], beside: Callable[[], Awaitable[httpx.Response]]
) -> Measured:
    """The neighbour asks again and again until the request is answered, and once more after it."""
    answered = asyncio.Event()
    async with _ticking() as stalls:
        neighbour = asyncio.create_task(_asking(beside, answered))
        await asyncio.sleep(0)
        began = time.perf_counter()
        try:
            response = await send()
        finally:
            seconds = time.perf_counter() - began
            answered.set()
            answers = await neighbour
    return Measured(response, seconds, max(stalls), tuple(answers))


async def _asking(ask: Callable[[], Awaitable[httpx.Response]], answered: asyncio.Event) -> list[httpx.Response]:
    answers = []
    while not answered.is_set():
        answers.append(await ask())
        await asyncio.sleep(PAUSE)
    return [*answers, await ask()]


@asynccontextmanager
async def _ticking() -> AsyncIterator[list[float]]:
    """What the loop worked between two ticks, in this thread's own time: a busy machine does not count."""
    stretches = [0.0]

    async def tick() -> None:
        while True:
            began = time.thread_time()
            await asyncio.sleep(TICK)
            stretches.append(time.thread_time() - began)

    ticker = asyncio.create_task(tick())
    try:
        yield stretches
    finally:
        await asyncio.sleep(2 * TICK)  # so that a stretch at the very end is told too
        ticker.cancel()


def code_of(response: httpx.Response) -> str:
    """Of the first error, or what there is in its place."""
    try:
        content = response.json()
    except ValueError:
        return "no JSON"
    errors = content.get("errors") if isinstance(content, dict) else None
    return errors[0].get("extensions", {}).get("code", "no code") if errors else "answered"
