"""Enters everybody who sends: people with their posts and sessions, programs with their tokens."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import chain, combinations
from uuid import UUID

from sqlalchemy import insert, select

from footbridge.directory import tables as directory
from footbridge.directory.lookup import open_lookup
from footbridge.directory.one_time_secret import hash_of, new_secret
from footbridge.directory.records import SessionRow
from footbridge.directory.tokens import create_token, revoke_token
from footbridge.runtime.clock import now, today
from footbridge.runtime.database import Database, Role
from footbridge.runtime.ids import global_id, new_id
from footbridge.tenancy import tables as register
from footbridge.tenancy.caller import Caller
from footbridge.tenancy.permission import PostRole, Scope
from footbridge.tenancy.session import open_register
from tests.foundation.people import TRUST_WORDS, World, WorldSchool, WorldTrust, make_caller
from tests.gateway.people import enter_person
from tests.isolation.gateway.sender import (
    ADMINISTRATOR,
    DEPUTY,
    EXECUTIVE,
    GOVERNOR,
    HEAD,
    NOTHING,
    Home,
    May,
    Sender,
    home_of_school,
    private,
)

RIGHTS = {
    PostRole.EXECUTIVE_HEAD: HEAD, PostRole.HEAD: HEAD, PostRole.ACTING_HEAD: HEAD, PostRole.DEPUTY: DEPUTY,
    PostRole.COMMUNITY_LEAD: DEPUTY, PostRole.GOVERNOR: GOVERNOR, PostRole.TRUST_EXECUTIVE: EXECUTIVE,
    PostRole.TRUST_ADMINISTRATOR: ADMINISTRATOR,
}  # fmt: skip
BEGAN = date(2022, 9, 1)
PROGRAM = (Scope.READ, Scope.WRITE, Scope.ADHOC)


def scope_sets() -> list[frozenset[Scope]]:
    """Every set of scopes that a token may have."""
    sets = chain.from_iterable(combinations(Scope, size) for size in range(1, len(Scope) + 1))
    return [frozenset(each) for each in sets if Scope.WRITE not in each or Scope.READ in each]


@dataclass(frozen=True)
class Senders:
    """By name; the first school and the first trust are `own`, the second school is its sibling."""

    all: dict[str, Sender]
    by_scopes: dict[frozenset[Scope], Sender]

    def __getitem__(self, name: str) -> Sender:
        return self.all[name]


class Population:
    def __init__(self, database: Database, world: World) -> None:
        self._database = database
        self._world = world
        self._senders: dict[str, Sender] = {}

    async def enter(self) -> Senders:
        own, other = self._world.trusts
        await self._people_of_school(own.schools[0])
        for name, school in (("sibling", own.schools[1]), ("stranger", other.schools[0])):
            for role in (PostRole.HEAD, PostRole.DEPUTY):
                await self._person(f"{name} {role}", _of_school(school, role), school.word)
            await self._program(f"{name} program", home_of_school(school), _words(school), DEPUTY, PROGRAM)
        await self._people_of_trust(own)
        await self._person("stranger trust executive", _of_trust(other, PostRole.TRUST_EXECUTIVE), other.word)
        await self._people_who_may_not(own.schools)
        await self._programs(own)
        self._add(Sender("nobody", home_of_school(own.schools[0]), NOTHING, frozenset(), reaches=False))
        return Senders(self._senders, await self._by_scopes(own.schools[0]))

    async def _people_of_school(self, school: WorldSchool) -> None:
        for role in PostRole:
            if role.is_of_school:
                await self._person(str(role), _of_school(school, role), school.word)

    async def _people_of_trust(self, trust: WorldTrust) -> None:
        for role in PostRole:
            if not role.is_of_school:
                await self._person(str(role), _of_trust(trust, role), trust.word)
        caller = make_caller(trust.word, PostRole.TRUST_EXECUTIVE, trust_id=trust.id, school_id=None)
        caller = replace(caller, group_id=await self._hub_of_one(trust))
        await self._person("hub executive", caller, trust.word, group_id=caller.group_id)
        hub = self._senders["hub executive"]
        beyond = (home_of_school(trust.schools[1]),)
        hidden = frozenset({global_id("sch", trust.schools[1].id), *await self._other_groups(caller)})
        words = frozenset({trust.word, trust.schools[0].word})
        self._add(replace(hub, words=words, beyond=beyond, hidden=hidden))

    async def _people_who_may_not(self, schools: Collection[WorldSchool]) -> None:
        """Of the first school: whose post has ended, is to come, whose session has; and one with a post in two."""
        school, sibling = schools
        yesterday, tomorrow = today() - timedelta(days=1), today() + timedelta(days=1)
        for name, days in (("former member", (BEGAN, yesterday)), ("future member", (tomorrow, None))):
            await self._person(name, _fresh(school), school.word, from_on=days[0], until_on=days[1], reaches=False)
        await self._person("signed out", _fresh(school), school.word, ended=True, reaches=False)
        await self._person("session expired", _fresh(school), school.word, lasts=timedelta(seconds=-1), reaches=False)
        both = _fresh(school)
        await self._person("head of two", both, school.word)
        await self._post(replace(both, school_id=sibling.id))
        await self._two_posts_of_one(school)
        await self._person("no post chosen", _fresh(school), school.word, acting=False, reaches=False)

    async def _two_posts_of_one(self, school: WorldSchool) -> None:
        """One person, signed in twice: as the deputy they are, and as the governor they are too."""
        deputy = make_caller(school.word, PostRole.DEPUTY, trust_id=school.trust_id, school_id=school.id)
        await self._person("deputy who governs", deputy, school.word)
        governor = replace(deputy, role=PostRole.GOVERNOR.value)
        await self._post(governor)
        home = home_of_school(school)
        secret = await self._session(governor, timedelta(hours=3), False, True)
        self._add(Sender("governor who deputises", home, GOVERNOR, _words(school), deputy.id, cookie=secret))

    async def _programs(self, trust: WorldTrust) -> None:
        school = trust.schools[0]
        home, words = home_of_school(school), _words(school)
        await self._program("program", home, words, DEPUTY, PROGRAM)
        await self._program("reading program", home, words, DEPUTY - {May.CHANGE}, (Scope.READ, Scope.ADHOC))
        trusts_home = Home(trust.id, None, trust.uid)
        trusts_words = frozenset({trust.word, *(school.word for school in trust.schools)})
        await self._program("trust program", trusts_home, trusts_words, EXECUTIVE, (Scope.READ, Scope.ADHOC))
        lasting = timedelta(microseconds=1)
        await self._program("expired program", home, words, NOTHING, PROGRAM, lasting=lasting, reaches=False)
        await self._program("revoked program", home, words, NOTHING, PROGRAM, reaches=False)
        await revoke_token(self._database, str(self._senders["revoked program"].bearer))

    async def _by_scopes(self, school: WorldSchool) -> dict[frozenset[Scope], Sender]:
        found = {}
        for scopes in scope_sets():
            name = "program with " + " + ".join(sorted(scopes))
            may = {May.READ, May.READ_SHARED} if Scope.READ in scopes else set[May]()
            may |= {May.CHANGE} if Scope.WRITE in scopes else set()
            await self._program(name, home_of_school(school), _words(school), frozenset(may), scopes)
            found[scopes] = self._senders.pop(name)
        return found

    async def _program(
        self, name: str, home: Home, words: frozenset[str], may: frozenset[May], scopes: Collection[Scope],
        *, lasting: timedelta = timedelta(days=1), reaches: bool = True,
    ) -> None:  # fmt: skip
        made = await create_token(
            self._database,
            trust_id=home.trust_id,
            school_id=home.school_id,
            name=name,
            scopes=scopes,
            expires_in=lasting,
        )
        self._add(Sender(name, home, may, words, made.id, bearer=made.secret, reaches=reaches))

    async def _person(
        self, name: str, caller: Caller, word: str, *, lasts: timedelta = timedelta(hours=3), ended: bool = False,
        reaches: bool = True, acting: bool = True, **post: object,
    ) -> None:  # fmt: skip
        if caller.id not in {known.id for known in _known(self._world)} or post:
            await self._enter(caller, post)
        secret = await self._session(caller, lasts, ended, acting)
        home, words = self._home_and_words(caller, word)
        may = RIGHTS[PostRole(caller.role)]
        self._add(Sender(name, home, may, words, caller.id, cookie=secret, reaches=reaches))

    def _home_and_words(self, caller: Caller, word: str) -> tuple[Home, frozenset[str]]:
        if caller.school_id is None:
            trust = next(trust for trust in self._world.trusts if trust.id == caller.trust_id)
            return Home(trust.id, None, trust.uid), frozenset({trust.word, *(each.word for each in trust.schools)})
        school = next(school for school in self._world.schools if school.id == caller.school_id)
        return home_of_school(school), _words(school)

    async def _enter(self, caller: Caller, post: dict[str, object]) -> None:
        await enter_person(self._database, caller)
        if not post:
            return
        async with self._database.transaction(Role.DIRECTORY, trust_id=caller.trust_id) as transaction:
            table = directory.post
            await transaction.run(table.update().where(table.c.person_id == caller.id).values(**post))

    async def _post(self, caller: Caller) -> None:
        values = {"trust_id": caller.trust_id, "id": new_id(), "person_id": caller.id, "role": caller.role}
        async with self._database.transaction(Role.DIRECTORY, trust_id=caller.trust_id) as transaction:
            entered = insert(directory.post).values(school_id=caller.school_id, from_on=BEGAN, **values)
            await transaction.run(entered)

    async def _session(self, caller: Caller, lasts: timedelta, ended: bool, acting: bool) -> str:
        table = directory.post
        async with self._database.transaction(Role.DIRECTORY, trust_id=caller.trust_id) as transaction:
            held = select(table.c.id).where(table.c.person_id == caller.id, table.c.role == caller.role)
            post_id = await transaction.scalar(held.order_by(table.c.id))
        secret = new_secret()
        row = SessionRow(caller.trust_id, caller.id, post_id if acting else None, now() + lasts, None)
        async with open_lookup(self._database, hash_of(secret)) as lookup:
            await lookup.enter(caller.trust_id)
            await lookup.add_session(hash_of(secret), row)
            if ended:
                await lookup.change_session(hash_of(secret), ended_at=now())
        return secret

    async def _hub_of_one(self, trust: WorldTrust) -> UUID:
        hub = {"id": new_id(), "trust_id": trust.id, "name": f"Small hub {trust.word}", "sort_name": "small hub"}
        member = {"id": new_id(), "trust_id": trust.id, "group_id": hub["id"], "school_id": trust.schools[0].id}
        async with open_register(self._database) as session:
            await session.transaction.run(insert(register.trust_group).values(kind="hub", **hub))
            joined = insert(register.trust_group_membership).values(from_on=BEGAN, **member)
            await session.transaction.run(joined)
        return UUID(str(hub["id"]))

    async def _other_groups(self, caller: Caller) -> list[str]:
        group = register.trust_group
        query = select(group.c.id).where(group.c.trust_id == caller.trust_id, group.c.id != caller.group_id)
        async with self._database.transaction(Role.TRUST, trust_id=caller.trust_id) as transaction:
            return [global_id("grp", found) for (found,) in await transaction.all(query)]

    def _add(self, sender: Sender) -> None:
        self._senders[sender.name] = sender


def _words(school: WorldSchool) -> frozenset[str]:
    trust = next(word for word, schools in TRUST_WORDS.items() if school.word in schools)
    return frozenset({school.word, private(school.word), trust})


def _known(world: World) -> list[Caller]:
    schools = [(school.head, school.deputy, school.community_lead, school.governor) for school in world.schools]
    return [*chain.from_iterable(schools), *(trust.executive for trust in world.trusts)]


def _of_school(school: WorldSchool, role: PostRole) -> Caller:
    known = {caller.role: caller for caller in (school.head, school.deputy, school.community_lead, school.governor)}
    return known.get(role.value) or make_caller(school.word, role, trust_id=school.trust_id, school_id=school.id)


def _of_trust(trust: WorldTrust, role: PostRole) -> Caller:
    if role is PostRole.TRUST_EXECUTIVE:
        return trust.executive
    return make_caller(trust.word, role, trust_id=trust.id, school_id=None)


def _fresh(school: WorldSchool) -> Caller:
    return make_caller(school.word, PostRole.HEAD, trust_id=school.trust_id, school_id=school.id)
