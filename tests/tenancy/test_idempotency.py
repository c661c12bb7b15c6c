"""A key is taken once: whoever comes second waits, and hears the first one's answer or takes a key set free."""

import asyncio
from dataclasses import replace
from uuid import UUID

import pytest

from footbridge.runtime.database import Database
from footbridge.runtime.ids import new_id
from footbridge.runtime.statement import Question
from footbridge.tenancy.caller import Caller
from footbridge.tenancy.idempotency import (
    Claim,
    IdempotencyKeyReused,
    KeyTaken,
    clear_old_keys,
    find_kept,
    keep,
)
from footbridge.tenancy.session import SchoolSession, open_school
from tests.foundation.larger_trust import build_trust
from tests.foundation.server import Copy

WANTED = Claim("addOrganisation", "key-1", "fingerprint")
ANSWER = '{"added": true}'
WAITING = "select count(*) from pg_stat_activity where datname = %s and wait_event_type = 'Lock'"

READ = "select idx_tup_fetch + seq_tup_read from pg_stat_xact_user_tables where relname = 'idempotency_key'"


class Failed(Exception):
    """Stands for whatever stops the first request, while a second one waits."""

    def __init__(self, second: "asyncio.Task[str | None]") -> None:
        self.second = second


def school_of(caller: Caller) -> UUID:
    assert caller.school_id is not None
    return caller.school_id


async def send(database: Database, caller: Caller, wanted: Claim = WANTED, answer: str = ANSWER) -> str | None:
    """What was answered before; a first sending keeps its answer."""
    try:
        async with open_school(database, caller, school_id=school_of(caller)) as school:
            await keep(school, wanted, answer, None)
            await clear_old_keys(school, wanted)
    except KeyTaken:
        async with open_school(database, caller, school_id=school_of(caller)) as school:
            return (await find_kept(school, wanted)).answer
    return None


async def until_one_waits(copy: Copy) -> None:
    """The second request stands at the first one's lock."""
    with copy.connect() as connection:
        async with asyncio.timeout(20):
            while connection.execute(WAITING, (copy.name,)).fetchone() != (1,):  # noqa: ASYNC110
                await asyncio.sleep(0)


async def hold(copy: Copy, school: SchoolSession, caller: Caller, wanted: Claim) -> "asyncio.Task[str | None]":
    """Takes the key in one transaction while another request asks for it."""
    await keep(school, WANTED, ANSWER, None)
    second = asyncio.create_task(send(copy.database, caller, wanted, answer="the second's"))
    await until_one_waits(copy)
    assert not second.done()
    return second


async def fail_while_another_waits(copy: Copy, caller: Caller, wanted: Claim) -> None:
    async with open_school(copy.database, caller, school_id=school_of(caller)) as school:
        second = await hold(copy, school, caller, wanted)
        raise Failed(second)


async def test_the_second_waits_and_gets_the_firsts_answer(fresh_copy: Copy) -> None:
    (head,) = (await build_trust(fresh_copy.database, 1)).heads
    async with open_school(fresh_copy.database, head, school_id=school_of(head)) as school:
        second = await hold(fresh_copy, school, head, WANTED)
    assert await second == ANSWER
    assert await send(fresh_copy.database, head) == ANSWER


async def test_a_first_that_fails_sets_the_key_free(fresh_copy: Copy) -> None:
    (head,) = (await build_trust(fresh_copy.database, 1)).heads
    other = replace(WANTED, fingerprint="other content")
    with pytest.raises(Failed) as failed:
        await fail_while_another_waits(fresh_copy, head, other)
    second = failed.value.second
    assert await second is None, "the second took the key itself"
    assert await send(fresh_copy.database, head, other) == "the second's"


async def test_a_second_with_other_content_is_refused_once_the_first_is_done(fresh_copy: Copy) -> None:
    (head,) = (await build_trust(fresh_copy.database, 1)).heads
    async with open_school(fresh_copy.database, head, school_id=school_of(head)) as school:
        second = await hold(fresh_copy, school, head, replace(WANTED, fingerprint="other content"))
    with pytest.raises(IdempotencyKeyReused):
        await second
    assert await send(fresh_copy.database, head) == ANSWER


async def test_a_key_belongs_to_one_school_person_and_mutation(fresh_copy: Copy) -> None:
    head, sibling = (await build_trust(fresh_copy.database, 2)).heads
    assert await send(fresh_copy.database, head) is None
    for caller, wanted in (
        (sibling, WANTED),
        (replace(sibling, id=head.id), WANTED),
        (replace(head, id=new_id()), WANTED),
        (head, replace(WANTED, mutation="addPartnership")),
        (head, replace(WANTED, key="key-2")),
    ):
        assert await send(fresh_copy.database, caller, wanted, answer="another's") is None
    assert await send(fresh_copy.database, head) == ANSWER


async def test_a_key_is_free_again_after_a_day(fresh_copy: Copy) -> None:
    (head,) = (await build_trust(fresh_copy.database, 1)).heads
    await send(fresh_copy.database, head)
    age = "update school.idempotency_key set created_at = now() - %s::interval"
    with fresh_copy.connect() as connection:
        connection.execute(age, ("23 hours 59 minutes",))
        assert await send(fresh_copy.database, head, answer="a new one") == ANSWER
        connection.execute(age, ("24 hours 1 minute",))
        assert await send(fresh_copy.database, head, answer="a new one") is None
    assert await send(fresh_copy.database, head) == "a new one"


async def test_every_sixteenth_request_clears_the_callers_old_keys_away(fresh_copy: Copy) -> None:
    head, sibling = (await build_trust(fresh_copy.database, 2)).heads
    for caller, key in ((head, "old"), (head, "older"), (sibling, "theirs")):
        await send(fresh_copy.database, caller, replace(WANTED, key=key))
    with fresh_copy.connect() as connection:
        connection.execute("update school.idempotency_key set created_at = now() - interval '25 hours'")
        for fingerprint, left in (("1f", {"old", "older", "theirs", "1f"}), ("0f", {"1f", "theirs", "0f"})):
            await send(fresh_copy.database, head, replace(WANTED, key=fingerprint, fingerprint=fingerprint))
            assert {key for (key,) in connection.execute("select key from school.idempotency_key")} == left


async def test_to_clear_old_keys_away_the_others_are_not_read(fresh_copy: Copy) -> None:
    (head,) = (await build_trust(fresh_copy.database, 1)).heads
    with fresh_copy.connect() as connection:
        connection.execute(
            "insert into school.idempotency_key (school_id, actor_id, mutation, key, fingerprint, answer)"
            " select %s, %s, 'addOrganisation', number, '', '' from generate_series(1, 5000) as number",
            (school_of(head), head.id),
        )
        connection.execute("analyze school.idempotency_key")
    async with open_school(fresh_copy.database, head, school_id=school_of(head)) as school:
        await clear_old_keys(school, replace(WANTED, fingerprint="0f"))
        assert await school.transaction.scalar(Question(READ, [])) == 0
