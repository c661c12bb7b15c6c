"""Rows found by their own key before a trust is known: e-mail domains, logins under way, sessions and tokens.

Row-level security shows a row to one who holds its key, and lets it be written for one trust at a time.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, insert, select, update
from sqlalchemy.dialects.postgresql import insert as insert_unless_there

from footbridge.directory import tables
from footbridge.directory.records import LoginRow, SessionRow, TokenRow
from footbridge.directory.repository import DirectoryRepository
from footbridge.runtime.database import Database, Role, Transaction, set_local
from footbridge.tenancy.register import Register, columns_of


class Lookup:
    """One transaction that holds one key at a time, and enters the trust that the key leads to."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    @property
    def register(self) -> Register:
        return Register(self._transaction)

    async def hold(self, key: str) -> None:
        """Changes the key; the rows of the one before are out of sight again."""
        await self._transaction.command(set_local("lookup_key", key))

    async def enter(self, trust_id: UUID) -> DirectoryRepository:
        await self._transaction.command(set_local("trust_id", trust_id))
        return DirectoryRepository(self._transaction, trust_id)

    async def find_issuer_of_domain(self, domain: str) -> tuple[UUID, UUID] | None:
        """Trust and issuer."""
        table = tables.email_domain
        row = await self._transaction.first(select(table.c.trust_id, table.c.issuer_id).where(table.c.domain == domain))
        return None if row is None else (row.trust_id, row.issuer_id)

    async def add_domain(self, domain: str, trust_id: UUID, issuer_id: UUID) -> bool:
        """False if the domain is taken already, be it by this trust or by another."""
        values = {"domain": domain, "trust_id": trust_id, "issuer_id": issuer_id}
        added = insert_unless_there(tables.email_domain).values(values).on_conflict_do_nothing()
        return await self._transaction.run(added) > 0

    async def move_domain(self, domain: str, issuer_id: UUID) -> None:
        table = tables.email_domain
        await self._transaction.run(update(table).where(table.c.domain == domain).values(issuer_id=issuer_id))

    async def add_login(self, state_hash: str, login: LoginRow) -> None:
        values = {column.name: getattr(login, column.name) for column in columns_of(tables.login_transaction, LoginRow)}
        await self._transaction.run(insert(tables.login_transaction).values(state_hash=state_hash, **values))

    async def take_login(self, state_hash: str) -> LoginRow | None:
        """Deletes what it finds: of two who ask at once, one gets it."""
        table = tables.login_transaction
        taken = delete(table).where(table.c.state_hash == state_hash).returning(*columns_of(table, LoginRow))
        return await self._transaction.record(taken, LoginRow)

    async def add_session(self, session_hash: str, session: SessionRow) -> None:
        values = {name: getattr(session, name) for name in ("trust_id", "person_id", "post_id", "expires_at")}
        await self._transaction.run(insert(tables.sign_in_session).values(session_hash=session_hash, **values))

    async def find_session(self, session_hash: str, *, for_change: bool = False) -> SessionRow | None:
        table = tables.sign_in_session
        query = select(*columns_of(table, SessionRow)).where(table.c.session_hash == session_hash)
        return await self._transaction.record(query.with_for_update() if for_change else query, SessionRow)

    async def change_session(self, session_hash: str, **changes: Any) -> None:
        table = tables.sign_in_session
        await self._transaction.run(update(table).where(table.c.session_hash == session_hash).values(**changes))

    async def add_token(self, token_hash: str, token: TokenRow) -> None:
        values = {column.name: getattr(token, column.name) for column in columns_of(tables.token, TokenRow)}
        await self._transaction.run(insert(tables.token).values(token_hash=token_hash, **values))

    async def find_token(self, token_hash: str) -> TokenRow | None:
        query = select(*columns_of(tables.token, TokenRow)).where(tables.token.c.token_hash == token_hash)
        return await self._transaction.record(query, TokenRow)

    async def revoke_token(self, token_hash: str, *, at: datetime) -> bool:
        """False if it was revoked before."""
        table = tables.token
        standing = update(table).where(table.c.token_hash == token_hash, table.c.revoked_at.is_(None))
        return await self._transaction.run(standing.values(revoked_at=at)) > 0


@asynccontextmanager
async def open_lookup(database: Database, key: str, *, read_only: bool = False) -> AsyncIterator[Lookup]:
    async with database.transaction(Role.DIRECTORY, read_only=read_only, lookup_key=key) as transaction:
        yield Lookup(transaction)
