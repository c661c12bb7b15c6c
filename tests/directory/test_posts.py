"""Posts follow the directory's groups, hold while they are open, and are acted in one at a time."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from footbridge.directory.openid import RelyingParty
from footbridge.directory.posts import PostChanges, compare_posts, duties_of, synchronise_posts
from footbridge.directory.records import Duty, GroupPost, HeldPost, SignedInPerson
from footbridge.directory.repository import DirectoryRepository
from footbridge.directory.sign_in_session import act_in
from footbridge.directory.tables import issuer
from footbridge.runtime.clock import now, today
from footbridge.runtime.database import Database, Role
from footbridge.runtime.errors import NotFound
from footbridge.runtime.ids import new_id
from footbridge.tenancy.permission import PostRole, permissions_of_role
from footbridge.tenancy.register import Register
from tests.directory.arrivals import HEADS, arrive, enrol, head_of, look, register_trusts
from tests.foundation.people import WorldTrust
from tests.foundation.server import Copy

SCHOOL, OTHER_SCHOOL = new_id(), new_id()
HEAD = Duty(PostRole.HEAD, SCHOOL, None)
OTHER_HEAD = Duty(PostRole.HEAD, OTHER_SCHOOL, None)
EXECUTIVES = "executives"


@pytest.fixture
async def us() -> AsyncIterator[RelyingParty]:
    async with RelyingParty() as party:
        yield party


@pytest.fixture
async def trusts(fresh_database: Database) -> tuple[WorldTrust, WorldTrust]:
    return await register_trusts(fresh_database)


@pytest.fixture
async def trust(fresh_database: Database, trusts: tuple[WorldTrust, WorldTrust], hostile: Any) -> WorldTrust:
    """Groups for the head of each school, named by its word, and for an executive of the whole trust."""
    trust = trusts[0]
    groups = [head_of(school, school.word) for school in trust.schools]
    await enrol(fresh_database, trust, hostile.issuer, [*groups, GroupPost(EXECUTIVES, PostRole.TRUST_EXECUTIVE)])
    return trust


def history(copy: Copy) -> list[tuple[Any, ...]]:
    """Role, first day and the day on which it no longer holds of each post, oldest first."""
    with copy.connect() as connection:
        return connection.execute("select role, from_on, until_on from directory.post order by id").fetchall()


def change(copy: Copy, statement: str, *values: object) -> int:
    with copy.connect() as connection:
        return connection.execute(statement, values).rowcount


def post_at(person: SignedInPerson, school_id: object) -> HeldPost:
    [post] = [post for post in person.posts if post.school_id == school_id]
    return post


def test_two_groups_that_mean_the_same_post_are_one() -> None:
    both = [GroupPost("a", PostRole.HEAD, SCHOOL), GroupPost("b", PostRole.HEAD, SCHOOL)]
    assert duties_of(["a", "b", "c"], both) == {HEAD}


def test_group_names_are_compared_to_the_letter() -> None:
    assert duties_of(["Heads"], [GroupPost("heads", PostRole.HEAD, SCHOOL)]) == frozenset()


def test_post_that_stays_neither_begins_nor_ends() -> None:
    kept, lost = new_id(), new_id()
    changes = compare_posts([(kept, HEAD), (lost, OTHER_HEAD)], frozenset({HEAD}))
    assert changes == PostChanges(begun=frozenset(), ended=frozenset({lost}))


async def test_group_change_ends_the_post_and_keeps_its_history(
    fresh_database: Database, fresh_copy: Copy, us: RelyingParty, trust: WorldTrust, hostile: Any
) -> None:
    here, there = trust.schools
    first = await arrive(fresh_database, us, hostile, trust, groups=[here.word])
    change(fresh_copy, "update directory.post set from_on = from_on - 30")
    second = await arrive(fresh_database, us, hostile, trust, groups=[there.word])
    began = today() - timedelta(days=30)
    assert history(fresh_copy) == [("head", began, today()), ("head", today(), None)]
    assert (await look(fresh_database, first)).caller() is None, "the session of before has lost its post"
    caller = (await look(fresh_database, second)).caller()
    assert caller is not None
    assert caller.school_id == there.id


async def test_unchanged_groups_leave_the_post_as_it_is(
    fresh_database: Database, fresh_copy: Copy, us: RelyingParty, trust: WorldTrust, hostile: Any
) -> None:
    first = await look(fresh_database, await arrive(fresh_database, us, hostile, trust, groups=[trust.schools[0].word]))
    again = await look(fresh_database, await arrive(fresh_database, us, hostile, trust, groups=[trust.schools[0].word]))
    assert first.posts == again.posts
    assert len(history(fresh_copy)) == 1


async def test_post_lost_and_given_back_on_one_day_holds_again(
    fresh_database: Database, fresh_copy: Copy, us: RelyingParty, trust: WorldTrust, hostile: Any
) -> None:
    for groups in ([EXECUTIVES], [], [EXECUTIVES]):
        token = await arrive(fresh_database, us, hostile, trust, groups=groups)
    assert len((await look(fresh_database, token)).posts) == 1
    assert [until for _, _, until in history(fresh_copy)] == [today(), None]


async def test_person_who_signs_in_twice_at_once_gets_each_post_once(
    fresh_database: Database, fresh_copy: Copy, trust: WorldTrust
) -> None:
    async def admit() -> UUID:
        async with fresh_database.transaction(Role.DIRECTORY, trust_id=trust.id) as transaction:
            directory = DirectoryRepository(transaction, trust.id)
            issuer_id = await transaction.scalar(select(issuer.c.id))
            person = {"issuer_id": issuer_id, "subject": "one", "name": "Amal", "email": None}
            person_id = await directory.save_person(**person, signed_in_at=now())
            groups = [EXECUTIVES, trust.schools[0].word]
            await synchronise_posts(directory, person_id=person_id, issuer_id=issuer_id, groups=groups, on=today())
            return person_id

    assert len(set(await asyncio.gather(*(admit() for _ in range(8))))) == 1
    assert len(history(fresh_copy)) == 2


async def test_single_post_is_acted_in_at_once_and_of_several_none(
    fresh_database: Database, us: RelyingParty, trust: WorldTrust, hostile: Any
) -> None:
    one = await look(fresh_database, await arrive(fresh_database, us, hostile, trust, groups=[EXECUTIVES]))
    caller = one.caller()
    assert caller is not None
    assert (caller.role, caller.school_id) == ("trust executive", None)
    assert caller.permissions == permissions_of_role(PostRole.TRUST_EXECUTIVE)
    groups = [EXECUTIVES, trust.schools[0].word]
    several = await look(fresh_database, await arrive(fresh_database, us, hostile, trust, groups=groups))
    assert [post.role for post in several.posts] == [PostRole.TRUST_EXECUTIVE, PostRole.HEAD]
    assert (several.acting_post, several.caller()) == (None, None)


async def test_person_acts_in_one_post_and_then_in_another(
    fresh_database: Database, us: RelyingParty, trust: WorldTrust, hostile: Any
) -> None:
    here, there = trust.schools
    token = await arrive(fresh_database, us, hostile, trust, groups=[here.word, there.word])
    person = await look(fresh_database, token)
    for school in (here, there):
        acting = await act_in(fresh_database, token, post_at(person, school.id).id)
        caller = (await look(fresh_database, token)).caller()
        assert caller is not None
        assert caller == acting.caller()
        assert caller.school_id == school.id


async def test_choice_of_one_browser_leaves_the_other_as_it_was(
    fresh_database: Database, us: RelyingParty, trust: WorldTrust, hostile: Any
) -> None:
    groups = [school.word for school in trust.schools]
    here, there = [await arrive(fresh_database, us, hostile, trust, groups=groups) for _ in range(2)]
    person = await look(fresh_database, here)
    await act_in(fresh_database, here, person.posts[0].id)
    assert (await look(fresh_database, there)).acting_post is None


async def test_post_of_others_an_ended_and_a_missing_one_are_not_found_alike(
    fresh_database: Database, us: RelyingParty, trust: WorldTrust, trusts: tuple[WorldTrust, WorldTrust], hostile: Any
) -> None:
    elsewhere = trusts[1]
    await enrol(fresh_database, elsewhere, hostile.issuer, [head_of(elsewhere.schools[0])])
    foreign = await look(fresh_database, await arrive(fresh_database, us, hostile, elsewhere))
    colleague = await look(
        fresh_database, await arrive(fresh_database, us, hostile, trust, sub="b", groups=[EXECUTIVES])
    )
    earlier = await look(fresh_database, await arrive(fresh_database, us, hostile, trust, groups=[EXECUTIVES]))
    token = await arrive(fresh_database, us, hostile, trust, groups=[trust.schools[0].word])
    before = await look(fresh_database, token)
    told = set()
    for post_id in (foreign.posts[0].id, colleague.posts[0].id, earlier.posts[0].id, new_id()):
        with pytest.raises(NotFound) as refused:
            await act_in(fresh_database, token, post_id)
        told.add(refused.value.message)
    assert len(told) == 1
    assert await look(fresh_database, token) == before


async def test_post_holds_up_to_the_day_before_its_last(
    fresh_database: Database, fresh_copy: Copy, us: RelyingParty, trust: WorldTrust, hostile: Any
) -> None:
    tokens = [await arrive(fresh_database, us, hostile, trust, groups=[EXECUTIVES]) for _ in range(3)]
    days = [(-1, 1, True), (-1, 0, False), (1, None, False)]
    for token, (begins, ends, holds) in zip(tokens, days, strict=True):
        first, last = (None if days is None else today() + timedelta(days=days) for days in (begins, ends))
        change(fresh_copy, "update directory.post set from_on = %s, until_on = %s", first, last)
        assert ((await look(fresh_database, token)).caller() is not None) == holds


async def test_post_with_a_last_day_of_its_own_is_left_to_it(
    fresh_database: Database, fresh_copy: Copy, us: RelyingParty, trust: WorldTrust, hostile: Any
) -> None:
    await arrive(fresh_database, us, hostile, trust, groups=[EXECUTIVES])
    last = today() + timedelta(days=7)
    change(fresh_copy, "update directory.post set until_on = %s", last)
    await arrive(fresh_database, us, hostile, trust, groups=[])
    assert [until for _, _, until in history(fresh_copy)] == [last]


async def test_post_at_a_school_ends_when_the_school_leaves_the_trust(
    fresh_database: Database,
    fresh_copy: Copy,
    us: RelyingParty,
    trust: WorldTrust,
    trusts: tuple[WorldTrust, WorldTrust],
    hostile: Any,
) -> None:
    school = trust.schools[0]
    token = await arrive(fresh_database, us, hostile, trust, groups=[school.word, EXECUTIVES])
    change(fresh_copy, "update register.membership set until_on = %s where school_id = %s", today(), school.id)
    joins = "insert into register.membership (trust_id, id, school_id, from_on) values (%s, %s, %s, %s)"
    change(fresh_copy, joins, trusts[1].id, new_id(), school.id, today())
    person = await look(fresh_database, token)
    assert [post.role for post in person.posts] == [PostRole.TRUST_EXECUTIVE]


async def test_executive_of_a_hub_keeps_the_hub_on_the_post(
    fresh_database: Database, us: RelyingParty, trust: WorldTrust, hostile: Any
) -> None:
    async with fresh_database.transaction(Role.DIRECTORY, trust_id=trust.id) as transaction:
        [hub] = await Register(transaction).list_groups(trust.id)
    await enrol(fresh_database, trust, hostile.issuer, [GroupPost(HEADS, PostRole.TRUST_EXECUTIVE, None, hub.id)])
    person = await look(fresh_database, await arrive(fresh_database, us, hostile, trust))
    assert person.acting_post is not None
    assert (person.acting_post.trust_group_id, person.acting_post.trust_group_name) == (hub.id, hub.name)
