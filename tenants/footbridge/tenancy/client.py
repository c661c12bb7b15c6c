"""Registered clients: which frontend a browser's origin is, and what it may run. Asked of the database each time.

What an operator revokes or withdraws holds from the next request on, in every process.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Select, any_, func, literal, select
from sqlalchemy.dialects.postgresql import aggregate_order_by

from footbridge.runtime.database import Database, Role
from footbridge.tenancy.client_address import is_plain_address
from footbridge.tenancy.tables import client, client_document, client_origin

_DOCUMENT_ID = re.compile(r"sha256:[0-9a-f]{64}")


class Side(StrEnum):
    """Which of the two schemas a document is written for."""

    SCHOOL = "school"
    TRUST = "trust"


@dataclass(frozen=True)
class Client:
    """A frontend of somebody else's. Its origins are empty once it is revoked."""

    id: UUID
    name: str
    owner: str
    review_on: date
    origins: tuple[str, ...]
    redirect_addresses: tuple[str, ...]
    revoked_at: datetime | None

    def is_due(self, on: date) -> bool:
        """Whether its owner is to be asked if it is still needed."""
        return self.revoked_at is None and self.review_on <= on


@dataclass(frozen=True)
class ClientDocument:
    """`document_id` is `sha256:` and the hash of the text; `cost` is what it costed when it was registered."""

    side: Side
    document_id: str
    name: str
    text: str
    cost: int


async def find_client(database: Database, origin: str) -> Client | None:
    """Whose origin it is now; `origin` as the browser sent it, whatever that is."""
    if not is_plain_address(origin):
        return None
    query = clients().where(client.c.revoked_at.is_(None), client.c.id.in_(_clients_at(origin)))
    async with database.transaction(Role.DIRECTORY, read_only=True) as transaction:
        return await transaction.record(query, client_of)


async def find_registered_document(database: Database, origin: str, side: Side, document_id: str) -> str | None:
    """The text; None if no client has this origin now, or that client's manifest does not hold the document."""
    if not is_plain_address(origin) or not _DOCUMENT_ID.fullmatch(document_id):
        return None
    query = (
        select(client_document.c.text)
        .join(client, client.c.id == client_document.c.client_id)
        .where(client.c.revoked_at.is_(None), client.c.id.in_(_clients_at(origin)))
        .where(client_document.c.side == side, client_document.c.document_id == document_id)
        .where(client_document.c.withdrawn_at.is_(None))
    )
    async with database.transaction(Role.DIRECTORY, read_only=True) as transaction:
        found: str | None = await transaction.scalar(query)
        return found


async def may_return_to(database: Database, address: str) -> bool:
    """Whether a sign-in may lead to this very address: one that a client has registered and that is not revoked."""
    if not is_plain_address(address):
        return False
    registered = literal(address) == any_(client.c.redirect_addresses)
    query = select(client.c.id).where(client.c.revoked_at.is_(None), registered)
    async with database.transaction(Role.DIRECTORY, read_only=True) as transaction:
        return await transaction.first(query.limit(1)) is not None


def clients() -> Select[*tuple[Any, ...]]:
    """All of them, as rows for `client_of`."""
    return select(
        client.c.id,
        client.c.name,
        client.c.owner,
        client.c.review_on,
        _origins(),
        client.c.redirect_addresses,
        client.c.revoked_at,
    )


def client_of(
    identifier: UUID,
    name: str,
    owner: str,
    review_on: date,
    origins: list[str] | None,
    redirect_addresses: list[str],
    revoked_at: datetime | None,
) -> Client:
    return Client(identifier, name, owner, review_on, tuple(origins or ()), tuple(redirect_addresses), revoked_at)


def _origins() -> Any:
    standing = (client_origin.c.client_id == client.c.id) & client_origin.c.withdrawn_at.is_(None)
    in_order = func.array_agg(aggregate_order_by(client_origin.c.origin, client_origin.c.origin))
    return select(in_order).where(standing).correlate(client).scalar_subquery()


def _clients_at(origin: str) -> Select[*tuple[Any, ...]]:
    """At most one, by the database's own rule."""
    return select(client_origin.c.client_id).where(
        client_origin.c.origin == origin, client_origin.c.withdrawn_at.is_(None)
    )
