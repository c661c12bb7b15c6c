"""Who sends slowly, or nothing, is cut off, and everybody else goes on being answered."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import httpx
import pytest

from tests.foundation.people import World
from tests.foundation.server import Copy
from tests.gateway.dribble import CutOff, SlowClient, idle_connections, unread
from tests.gateway.running_gateway import RunningGateway, running_gateway

HEADERS = ("headers_byte_by_byte", "headers_line_by_line", "headers_that_never_end", "nothing_at_all")
BODIES = (
    "body_byte_by_byte", "body_in_chunks_of_a_byte", "body_that_never_comes", "body_that_stops",
    "body_that_stops_as_a_stranger",
)  # fmt: skip
CUT_OFF_WITHIN = 20.0
EACH = 20
IDLE = 200
INTROSPECTION = "{ __schema { types { name description fields { name description } } } }"


@dataclass
class Siege:
    """What became of all slow clients at once, and of the plain queries beside them."""

    cut_off: dict[str, list[CutOff]] = field(default_factory=dict)
    beside: list[httpx.Response] = field(default_factory=list)


@pytest.fixture(scope="module")
async def gateway(
    world_copy: Copy, world: World, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[RunningGateway]:
    async with running_gateway(world_copy, world, tmp_path_factory.mktemp("slow")) as running:
        yield running


@pytest.fixture(scope="module")
async def siege(gateway: RunningGateway) -> Siege:
    """All of them at once, so that it takes as long as the slowest."""
    siege, slow = Siege(), SlowClient(gateway.school, gateway.port)
    content = json.dumps({"query": INTROSPECTION}).encode()
    silent = await idle_connections(gateway.port, IDLE)
    silent += await unread(gateway.school, gateway.port, content, EACH)
    over = asyncio.Event()
    neighbour = asyncio.create_task(ask(gateway, over))
    try:
        waiting = {name: [getattr(slow, name)() for _ in range(EACH)] for name in (*HEADERS, *BODIES)}
        for name, ended in zip(waiting, await asyncio.gather(*map(together, waiting.values())), strict=True):
            siege.cut_off[name] = ended
    finally:
        over.set()
        siege.beside = await neighbour
        for writer in silent:
            writer.transport.abort()
    return siege


async def together(waiting: list[object]) -> list[CutOff]:
    return list(await asyncio.gather(*waiting))  # type: ignore[call-overload]


async def ask(gateway: RunningGateway, over: asyncio.Event) -> list[httpx.Response]:
    answers = []
    async with httpx.AsyncClient(headers=gateway.trust.authorization, timeout=10, trust_env=False) as http:
        while not over.is_set():
            answers.append(await http.post(gateway.trust.url, json={"query": "{ trust { uid } }"}))
            await asyncio.sleep(0.2)
    return answers


@pytest.mark.parametrize("name", HEADERS)
def test_slow_headers_are_cut_off(siege: Siege, name: str) -> None:
    assert [ended for ended in siege.cut_off[name] if ended.seconds is None or ended.seconds > CUT_OFF_WITHIN] == []
    assert {ended.status for ended in siege.cut_off[name]} <= {None, 408}


@pytest.mark.parametrize("name", BODIES)
def test_slow_bodies_are_cut_off_and_told_why(siege: Siege, name: str) -> None:
    assert [ended for ended in siege.cut_off[name] if ended.seconds is None or ended.seconds > CUT_OFF_WITHIN] == []
    assert {ended.status for ended in siege.cut_off[name]} == {408}


def test_everybody_else_is_answered_meanwhile(siege: Siege, world: World) -> None:
    assert len(siege.beside) > 10
    assert {answer.status_code for answer in siege.beside} == {200}
    assert {answer.json()["data"]["trust"]["uid"] for answer in siege.beside} == {world.trusts[0].uid}


async def test_clients_that_hang_up_in_the_middle_cost_nothing(gateway: RunningGateway, siege: Siege) -> None:
    """After them, as many plain queries at once as there are connections to the database, and more."""
    slow = SlowClient(gateway.school, gateway.port)
    hanging = [asyncio.create_task(slow.body_that_stops()) for _ in range(50)]
    await asyncio.wait(hanging, timeout=0.5)
    for task in hanging:
        task.cancel()
    await asyncio.gather(*hanging, return_exceptions=True)
    async with httpx.AsyncClient(headers=gateway.school.authorization, timeout=10, trust_env=False) as http:
        asked = [http.post(gateway.school.url, json={"query": "{ school { urn } }"}) for _ in range(30)]
        answers = await asyncio.gather(*asked)
    assert {answer.status_code for answer in answers} == {200}
