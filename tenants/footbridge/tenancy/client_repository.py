"""Registered clients as the command line writes them: what is no longer wanted is withdrawn, nothing is deleted."""

from collections.abc import Collection
from dataclasses import asdict
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, text, tuple_, update
from sqlalchemy.dialects.postgresql import insert

from footbridge.tenancy.client import Client, ClientDocument, Side, client_of, clients
from footbridge.tenancy.names import sort_key
from footbridge.tenancy.register import columns_of
from footbridge.tenancy.session import RegisterSession
from footbridge.tenancy.tables import client, client_document, client_origin


class ClientRepository:
    def __init__(self, register: RegisterSession) -> None:
        self._transaction = register.transaction

    async def wait_turn(self) -> None:
        """One registration at a time, until the transaction ends: two would not see each other's origins."""
        await self._transaction.run(text("select pg_advisory_xact_lock(hashtext('footbridge clients'))"))

    async def find_named(self, name: str) -> Client | None:
        return await self._transaction.record(clients().where(client.c.sort_name == sort_key(name)), client_of)

    async def find_holder(self, origins: Collection[str], *, but: UUID) -> tuple[str, str] | None:
        """An origin of these that another client has, and that client's name."""
        query = (
            select(client_origin.c.origin, client.c.name)
            .join(client, client.c.id == client_origin.c.client_id)
            .where(client_origin.c.origin.in_(origins), client_origin.c.withdrawn_at.is_(None), client.c.id != but)
        )
        found = await self._transaction.first(query.order_by(client_origin.c.origin).limit(1))
        return None if found is None else (found.origin, found.name)

    async def list_by_name(self) -> list[Client]:
        return await self._transaction.records(clients().order_by(client.c.sort_name), client_of)

    async def list_documents(self, client_id: UUID) -> list[ClientDocument]:
        query = select(*columns_of(client_document, ClientDocument)).where(
            client_document.c.client_id == client_id, client_document.c.withdrawn_at.is_(None)
        )
        query = query.order_by(client_document.c.side, client_document.c.name)
        return await self._transaction.records(query, _document)

    async def save(self, one: Client, *, at: datetime) -> None:
        """The client with its origins; those that it no longer has are withdrawn."""
        values = asdict(one) | {"sort_name": sort_key(one.name), "redirect_addresses": list(one.redirect_addresses)}
        del values["origins"]
        told = {name: value for name, value in values.items() if name != "id"}
        added = insert(client).values(values)
        await self._transaction.run(added.on_conflict_do_update(index_elements=["id"], set_=told))
        standing = (client_origin.c.client_id == one.id) & client_origin.c.withdrawn_at.is_(None)
        gone = update(client_origin).where(standing, client_origin.c.origin.not_in(one.origins))
        await self._transaction.run(gone.values(withdrawn_at=at))
        for origin in one.origins:
            added = insert(client_origin).values(client_id=one.id, origin=origin)
            again = added.on_conflict_do_update(index_elements=["client_id", "origin"], set_={"withdrawn_at": None})
            await self._transaction.run(again)

    async def save_documents(self, client_id: UUID, documents: Collection[ClientDocument], *, at: datetime) -> None:
        """These and no others."""
        standing = (client_document.c.client_id == client_id) & client_document.c.withdrawn_at.is_(None)
        kept = [(document.side, document.document_id) for document in documents]
        gone = tuple_(client_document.c.side, client_document.c.document_id).not_in(kept)
        await self._transaction.run(update(client_document).where(standing, gone).values(withdrawn_at=at))
        for document in documents:
            told = {"name": document.name, "text": document.text, "cost": document.cost, "withdrawn_at": None}
            added = insert(client_document).values(asdict(document) | {"client_id": client_id})
            key = ["client_id", "side", "document_id"]
            await self._transaction.run(added.on_conflict_do_update(index_elements=key, set_=told))


def _document(side: str, document_id: str, name: str, text: str, cost: int) -> ClientDocument:
    return ClientDocument(Side(side), document_id, name, text, cost)
