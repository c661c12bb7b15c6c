"""Twenty tenants at work at once over four connections, some of whom give up: nobody sees a word of another's."""

import asyncio
import itertools
from collections import Counter
from collections.abc import AsyncIterator, Iterator

import pytest

from footbridge.runtime.database import Database
from tests.foundation.processes import await_true
from tests.foundation.server import Copy
from tests.gateway.storm.channel import Answer
from tests.gateway.storm.operations import Chance
from tests.gateway.storm.tenants import CONNECTIONS, ROLES, Actor, Tenants, tenants_at_work

WORKERS = 16
GIVEN_UP = 0.06
_SETTINGS = "footbridge.school_id", "footbridge.trust_id", "footbridge.lookup_key"
_STATES = (
    "select usename, state, count(*) from pg_stat_activity where datname = %s and pid <> pg_backend_pid() group by 1, 2"
)


@pytest.fixture(scope="module")
async def tenants(shared_copy: Copy) -> AsyncIterator[Tenants]:
    async with tenants_at_work(shared_copy) as tenants:
        yield tenants


async def test_twenty_tenants_at_once_stay_apart(tenants: Tenants, shared_copy: Copy) -> None:
    await storm(tenants, shared_copy, 20_000)


@pytest.mark.prove
async def test_twenty_tenants_at_once_stay_apart_for_long(tenants: Tenants, shared_copy: Copy) -> None:
    await storm(tenants, shared_copy, 200_000)


def test_a_foreign_word_would_be_noticed(tenants: Tenants) -> None:
    school, foreign = tenants.schools[0], tenants.schools[1]
    for answer in (Answer(200, [], foreign.word.encode()), Answer(200, [(b"x-a", foreign.word.upper().encode())])):
        assert foreign_words(tenants, school, answer) == [foreign.word]
    assert foreign_words(tenants, school, Answer(200, [], school.word.encode())) == []


async def storm(tenants: Tenants, copy: Copy, count: int) -> None:
    seen, numbers = Counter[str](), iter(range(count))
    await asyncio.gather(*(work(tenants, seed, numbers, seen) for seed in range(WORKERS)))
    assert seen["asked"] == count
    assert tenants.intruders == []
    assert seen["own word"] > count * 0.3, seen
    assert seen["given up"] > count * GIVEN_UP / 4, seen
    assert seen["200"] > count * 0.6, seen
    assert {status for status in seen if status.isdecimal()} <= {"200", "400", "403", "404", "409", "503"}, seen
    assert seen["503"] < count * 0.01, seen
    await check_rest(tenants.database, copy)


async def work(tenants: Tenants, seed: int, numbers: Iterator[int], seen: Counter[str]) -> None:
    chance = Chance(tenants, seed)
    for _ in numbers:
        seen["asked"] += 1
        actor, send = chance.operation()
        asked = asyncio.ensure_future(send())
        if chance.random.random() < GIVEN_UP:
            await give_up(asked, after=chance.random.uniform(0, 0.015))
        answer = await outcome(asked)
        if answer is None:
            seen["given up"] += 1
            continue
        seen[str(answer.status)] += 1
        seen["own word"] += actor.word in answer.text
        assert foreign_words(tenants, actor, answer) == [], f"{actor.word} was told {answer.text}"


async def give_up(asked: "asyncio.Future[Answer]", *, after: float) -> None:
    """As a person who closes the page; the answer may have been there before."""
    await asyncio.wait([asked], timeout=after)
    asked.cancel()


async def outcome(asked: "asyncio.Future[Answer]") -> Answer | None:
    try:
        return await asked
    except asyncio.CancelledError:
        return None


def foreign_words(tenants: Tenants, actor: Actor, answer: Answer) -> list[str]:
    text = answer.text.lower()
    return sorted(word for word in tenants.world.words - actor.may_see if word in text)


async def check_rest(database: Database, copy: Copy) -> None:
    """Every connection lies idle in its pool, and none carries a tenant."""
    await asyncio.to_thread(await_idle, copy)
    for role in ROLES:
        pool = database.pool(role)
        assert pool.lent == 0
        connections = [await pool.take() for _ in range(CONNECTIONS)]
        for connection, setting in itertools.product(connections, _SETTINGS):
            assert await connection.fetchval(f"select current_setting('{setting}', true)") in {None, ""}
        for connection in connections:
            pool.give_back(connection)


def await_idle(copy: Copy) -> None:
    """Statements that were under way when somebody gave up come to their end."""
    await_true(lambda: {row[1] for row in states(copy)} <= {"idle"}, "the end of all statements")


def states(copy: Copy) -> list[tuple[object, ...]]:
    with copy.connect() as connection:
        return connection.execute(_STATES, (copy.name,)).fetchall()
