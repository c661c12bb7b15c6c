"""Twenty schools of five trusts, each with its people at work, and what each knows of its own to ask for."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from footbridge.command.person import operation_file, operation_names
from footbridge.directory.tokens import create_token
from footbridge.gateway.app import make_app
from footbridge.gateway.documents.document import document_id
from footbridge.gateway.http.limits import Limits
from footbridge.runtime.database import Database, Role
from footbridge.tenancy.caller import Caller
from footbridge.tenancy.permission import Scope
from tests.foundation.connections import at_each_loan
from tests.foundation.people import World, WorldSchool, WorldTrust
from tests.foundation.server import Copy
from tests.foundation.world import build_world
from tests.gateway.client import ORIGIN, school_path, trust_path
from tests.gateway.conftest import open_session
from tests.gateway.storm.channel import Answer, Channel

CONNECTIONS = 4
ROLES = (Role.SCHOOL, Role.TRUST, Role.DIRECTORY)
WORDS = {f"flock{trust}word": tuple(f"bird{trust}{school}word" for school in range(4)) for trust in range(5)}
DOCUMENTS = {
    (side, name): document_id(operation_file(side, name).read_text(encoding="utf-8"))
    for side in ("school", "trust")
    for name in operation_names(side)
}
KNOWN = """{
  school { id }
  partnerships { edges { cursor node { id } } }
  activities { edges { cursor node { id } } }
  sessions { edges { cursor node { id } } }
  releases { edges { cursor node { id } } }
  observations { edges { cursor node { id } } }
}"""


@dataclass
class Actor:
    """Somebody at work for one tenant. `sends` runs registered operations, `program` documents of its own."""

    side: str
    word: str
    may_see: frozenset[str]
    sends: Channel
    program: Channel
    urns: tuple[str, ...]
    ids: dict[str, list[str]] = field(default_factory=dict)
    cursors: dict[str, list[str]] = field(default_factory=dict)

    async def run(self, name: str, variables: dict[str, Any]) -> Answer:
        return await self.sends.send({"documentId": DOCUMENTS[self.side, name], "variables": variables})

    async def ask(self, query: str, variables: dict[str, Any]) -> Answer:
        return await self.program.send({"query": query, "variables": variables})

    async def learn(self) -> None:
        """The ids and cursors of its own."""
        data = (await self.ask(KNOWN, {})).content["data"]
        for name, found in data.items():
            edges = found.get("edges", ())
            self.ids[name] = [edge["node"]["id"] for edge in edges] or [found.get("id", "")]
            self.cursors[name] = [edge["cursor"] for edge in edges]


@dataclass(frozen=True)
class Tenants:
    """`intruders`: how often somebody began on a connection while another’s transaction was open; the server says so."""

    database: Database
    intruders: list[str]
    world: World
    schools: tuple[Actor, ...]
    trusts: tuple[Actor, ...]


@asynccontextmanager
async def tenants_at_work(copy: Copy) -> AsyncIterator[Tenants]:
    """Over four connections a role."""
    world = await build_world(copy.database, WORDS)
    database = Database(copy.addresses, pool_size=CONNECTIONS)
    intruders = _heard_intruders(database)
    app = make_app(database, ORIGIN, Limits().widened(1000))
    schools = [await _school_actor(copy.database, app, world, school) for school in world.schools]
    trusts = [await _trust_actor(copy.database, app, trust) for trust in world.trusts]
    for actor in schools:
        await actor.learn()
    try:
        yield Tenants(database, intruders, world, tuple(schools), tuple(trusts))
    finally:
        await database.close()


def _heard_intruders(database: Database) -> list[str]:
    intruders: list[str] = []

    def hear(_: object, message: object) -> None:
        if "already a transaction" in str(message):
            intruders.append(str(message))

    for role in ROLES:
        at_each_loan(database.pool(role), lambda connection: connection.add_log_listener(hear))
    return intruders


async def _school_actor(database: Database, app: Any, world: World, school: WorldSchool) -> Actor:
    trust = next(trust for trust in world.trusts if trust.id == school.trust_id)
    path, may_see = school_path(school.urn), frozenset({school.word, trust.word})
    sends = Channel(app, path, await _session(database, school.head))
    program = Channel(app, path, await _token(database, school.head, *Scope))
    return Actor("school", school.word, may_see, sends, program, (school.urn,))


async def _trust_actor(database: Database, app: Any, trust: WorldTrust) -> Actor:
    path, may_see = trust_path(trust.uid), frozenset({trust.word, *(school.word for school in trust.schools)})
    sends = Channel(app, path, await _session(database, trust.executive))
    program = Channel(app, path, await _token(database, trust.executive, Scope.READ, Scope.ADHOC))
    return Actor("trust", trust.word, may_see, sends, program, tuple(school.urn for school in trust.schools))


async def _session(database: Database, caller: Caller) -> dict[str, str]:
    secret = await open_session(database, caller)
    return {"cookie": f"footbridge_session={secret}", "origin": ORIGIN, "sec-fetch-site": "same-origin"}


async def _token(database: Database, caller: Caller, *scopes: Scope) -> dict[str, str]:
    made = await create_token(
        database, trust_id=caller.trust_id, school_id=caller.school_id, name="Storm", scopes=scopes,
        expires_in=timedelta(days=1),
    )  # fmt: skip
    return {"authorization": f"Bearer {made.secret}"}
