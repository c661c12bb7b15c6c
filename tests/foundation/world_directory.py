"""The world's people, posts, sessions and tokens, each trust's own directory."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert

from footbridge.directory import tables
from footbridge.runtime.database import Database, Role, Transaction, set_local
from footbridge.runtime.ids import new_id
from footbridge.tenancy.caller import Caller
from tests.foundation.people import WorldSchool, WorldTrust

LATER = datetime(2099, 1, 1, tzinfo=UTC)


async def fill_directory(database: Database, trust: WorldTrust) -> None:
    async with database.transaction(Role.DIRECTORY, trust_id=trust.id) as transaction:
        directory = _Directory(transaction, trust, new_id())
        await directory.add_issuer()
        await directory.add_person(trust.executive, trust.word)
        for school in trust.schools:
            for caller in (school.head, school.deputy, school.community_lead, school.governor):
                await directory.add_person(caller, school.word)
            await directory.add_group(school)


class _Directory:
    def __init__(self, transaction: Transaction, trust: WorldTrust, issuer_id: UUID) -> None:
        self._transaction = transaction
        self._trust = trust
        self._issuer_id = issuer_id

    async def add_issuer(self) -> None:
        word = self._trust.word
        issuer = {"id": self._issuer_id, "issuer_url": f"https://{word}.example", "client_id": f"client {word}"}
        await self._add(tables.issuer, client_secret=f"secret {word}", **issuer)
        await self._add_lookup(tables.email_domain, "domain", f"{word}.example", issuer_id=self._issuer_id)
        await self._add_lookup(
            tables.login_transaction, "state_hash", f"state-{word}",
            issuer_id=self._issuer_id, nonce=f"nonce {word}", code_verifier=f"verifier {word}",
            browser_hash=f"browser {word}", return_to=f"/{word}", expires_at=LATER,
        )  # fmt: skip

    async def add_person(self, caller: Caller, word: str) -> None:
        role = caller.role.replace(" ", "-")
        identity = {"issuer_id": self._issuer_id, "subject": f"{role} {word}"}
        await self._add(tables.person, id=caller.id, name=caller.name, email=f"{role}@{word}.example", **identity)
        post = {"id": new_id(), "person_id": caller.id, "role": caller.role, "school_id": caller.school_id}
        await self._add(tables.post, from_on=date(2022, 9, 1), **post)
        session = {"person_id": caller.id, "post_id": post["id"], "expires_at": LATER}
        await self._add_lookup(tables.sign_in_session, "session_hash", f"session-{role}-{word}", **session)
        token = {"id": new_id(), "school_id": caller.school_id, "name": f"Token {word}", "scopes": ["read"]}
        await self._add_lookup(tables.token, "token_hash", f"token-{role}-{word}", expires_at=LATER, **token)

    async def add_group(self, school: WorldSchool) -> None:
        group = {"issuer_id": self._issuer_id, "group_name": f"Heads {school.word}", "role": "head"}
        await self._add(tables.group_post, id=new_id(), school_id=school.id, **group)

    async def _add_lookup(self, table: Any, key: str, value: str, **values: Any) -> None:
        """Written by one who holds the key."""
        await self._transaction.command(set_local("lookup_key", value))
        await self._add(table, **{key: value}, **values)

    async def _add(self, table: Any, **values: Any) -> None:
        await self._transaction.run(insert(table).values(trust_id=self._trust.id, **values))
