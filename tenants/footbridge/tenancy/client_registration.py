"""Registers, changes, lists and revokes clients: frontends of others that people may use with their session."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from footbridge.audit.event import event_row
from footbridge.runtime.clock import now, today
from footbridge.runtime.errors import FootbridgeError, InvalidInput, NotFound
from footbridge.runtime.ids import new_id
from footbridge.tenancy.client import Client, ClientDocument
from footbridge.tenancy.client_address import OriginUnsuitable, is_same_place, read_origin, read_redirect_address
from footbridge.tenancy.client_repository import ClientRepository
from footbridge.tenancy.enrolment import Change
from footbridge.tenancy.names import name_of
from footbridge.tenancy.operator import RegisterOperator
from footbridge.tenancy.session import RegisterSession


class OriginTaken(FootbridgeError):
    code = "ORIGIN_TAKEN"

    def __init__(self, origin: str, name: str) -> None:
        super().__init__(f"{origin} is an origin of the client “{name}”. Revoke that one first, or take it from there.")


@dataclass(frozen=True)
class RegisteredClient:
    """`withdrawn`: how many documents it may not run any more."""

    client: Client
    change: Change
    withdrawn: int = 0


async def register_client(
    register: RegisterSession,
    *,
    name: str,
    owner: str,
    origins: Collection[str],
    redirect_addresses: Collection[str],
    review_on: date,
    documents: Collection[ClientDocument],
    own_origin: str,
) -> RegisteredClient:
    """The client of that name with just this; one that was revoked is registered anew. Twice changes nothing.

    `own_origin` is where Footbridge itself is reached, which is nobody else's. Raises InvalidInput (OriginUnsuitable
    and RedirectAddressUnsuitable among them) or OriginTaken, and then nothing has been written.
    """
    told = _read_client(name, owner, origins, redirect_addresses, review_on, own_origin)
    _check_documents(documents)
    clients = ClientRepository(register)
    await clients.wait_turn()
    known = await clients.find_named(told.name)
    told = replace(told, id=known.id) if known else told
    await _refuse_taken(clients, told)
    before = set(await clients.list_documents(told.id))
    if told == known and before == set(documents):
        return RegisteredClient(told, Change.UNCHANGED)
    await clients.save(told, at=now())
    await clients.save_documents(told.id, documents, at=now())
    withdrawn = len(_keys(before) - _keys(documents))
    change = Change.UPDATED if known else Change.CREATED
    action = "tenancy.change_client" if known else "tenancy.register_client"
    await _tell(register, action, told, {"documents": len(documents), "withdrawn": withdrawn})
    return RegisteredClient(told, change, withdrawn)


async def revoke_client(register: RegisterSession, *, name: str) -> Client:
    """From the next request on it may run nothing and nobody returns to it. Safe to run twice; NotFound."""
    clients = ClientRepository(register)
    await clients.wait_turn()
    known = await clients.find_named(name) if name.isprintable() else None
    if known is None:
        raise NotFound(f"client as “{' '.join(name.split())}”" if name.isprintable() else "client")
    if known.revoked_at is not None:
        return known
    revoked = replace(known, origins=(), revoked_at=now())
    await clients.save(revoked, at=now())
    await _tell(register, "tenancy.revoke_client", revoked, {})
    return revoked


async def list_clients(register: RegisterSession) -> Sequence[Client]:
    """All that ever were, by name."""
    return await ClientRepository(register).list_by_name()


def _read_client(
    name: str,
    owner: str,
    origins: Collection[str],
    redirect_addresses: Collection[str],
    review_on: date,
    own_origin: str,
) -> Client:
    read = sorted({read_origin(origin) for origin in origins})
    if not read:
        raise InvalidInput("A client needs at least one origin.")
    own = next((each for each in read if is_same_place(each, own_origin)), None)
    if own is not None:
        raise OriginUnsuitable(own, "it is where Footbridge itself is reached")
    if review_on <= today():
        raise InvalidInput("The day of the review has to lie in the future.")
    addresses = sorted({read_redirect_address(address, read) for address in redirect_addresses})
    return Client(
        id=new_id(),
        name=_read_line(name, "client's name"),
        owner=_read_line(owner, "client's owner"),
        review_on=review_on,
        origins=tuple(read),
        redirect_addresses=tuple(addresses),
        revoked_at=None,
    )


def _check_documents(documents: Collection[ClientDocument]) -> None:
    if not documents:
        raise InvalidInput("A client needs at least one operation that it may run.")
    for document in documents:
        if "\0" in document.text:
            raise InvalidInput(f"The operation {document.name} holds a NUL, which no text of a document does.")


def _read_line(text: str, what: str) -> str:
    if not text.strip().isprintable():
        raise InvalidInput(f"The {what} stands on one line.")
    return name_of(text, what)


async def _refuse_taken(clients: ClientRepository, client: Client) -> None:
    taken = await clients.find_holder(client.origins, but=client.id)
    if taken is not None:
        raise OriginTaken(*taken)


def _keys(documents: Collection[ClientDocument]) -> set[tuple[str, str]]:
    return {(document.side, document.document_id) for document in documents}


async def _tell(register: RegisterSession, action: str, client: Client, counts: Mapping[str, Any]) -> None:
    event = event_row(RegisterOperator(), action, trust_id=None, subject_id=client.id, **counts)
    await register.transaction.run(event)
