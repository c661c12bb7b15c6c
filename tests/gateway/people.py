"""Enters a caller as a person with their post, so that a session can be opened for them."""

from datetime import date

from sqlalchemy import insert, select

from footbridge.directory import tables
from footbridge.runtime.database import Database, Role
from footbridge.runtime.ids import new_id
from footbridge.tenancy.caller import Caller

ISSUER = "https://directory.example"


async def enter_person(database: Database, caller: Caller) -> None:
    async with database.transaction(Role.DIRECTORY, trust_id=caller.trust_id) as transaction:
        issuer_id = await transaction.scalar(select(tables.issuer.c.id).where(tables.issuer.c.issuer_url == ISSUER))
        if issuer_id is None:
            issuer_id = new_id()
            issuer = {"trust_id": caller.trust_id, "id": issuer_id, "issuer_url": ISSUER, "client_id": "footbridge"}
            await transaction.run(insert(tables.issuer).values(issuer))
        person = {"trust_id": caller.trust_id, "id": caller.id, "issuer_id": issuer_id, "subject": caller.id.hex}
        await transaction.run(insert(tables.person).values(name=caller.name, **person))
        post = {"trust_id": caller.trust_id, "id": new_id(), "person_id": caller.id, "role": caller.role}
        await transaction.run(insert(tables.post).values(school_id=caller.school_id, from_on=date(2022, 9, 1), **post))
