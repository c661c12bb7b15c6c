"""The world's public facts, written as the command line writes them."""

import hashlib
from datetime import date

from sqlalchemy import insert

from footbridge.runtime.database import Database
from footbridge.runtime.ids import new_id
from footbridge.tenancy import tables
from footbridge.tenancy.client import ClientDocument, Side
from footbridge.tenancy.client_registration import register_client
from footbridge.tenancy.session import RegisterSession, open_register
from tests.foundation.people import WorldSchool, WorldTrust

FIRST_DAY = date(2022, 9, 1)


async def fill_register(database: Database, trust: WorldTrust) -> None:
    async with open_register(database) as register:
        await _add_trust(register, trust)
        hub_id = await _add_hub(register, trust)
        for school in trust.schools:
            await _add_school(register, school)
            member = {"trust_id": trust.id, "school_id": school.id, "from_on": FIRST_DAY}
            await register.transaction.run(insert(tables.membership).values(id=new_id(), **member))
            hub_member = insert(tables.trust_group_membership).values(id=new_id(), group_id=hub_id, **member)
            await register.transaction.run(hub_member)
            await _add_facts(register, school)


async def add_client(database: Database, trust: WorldTrust) -> None:
    """A dashboard that the trust's people use: not its property, but with its word in every text."""
    origin = f"https://dashboard.{trust.word}.example"
    async with open_register(database) as register:
        await register_client(
            register,
            name=f"Dashboard {trust.word}",
            owner=f"Owner {trust.word}",
            origins=[origin],
            redirect_addresses=[f"{origin}/signed-in"],
            review_on=date(2099, 1, 1),
            documents=[client_document(Side.SCHOOL, f"School{trust.word}", "{ school { name } }")],
            own_origin="https://footbridge.example",
        )


def client_document(side: Side, name: str, selection: str, cost: int = 1) -> ClientDocument:
    text = f"query {name} {selection}\n"
    return ClientDocument(side, f"sha256:{hashlib.sha256(text.encode()).hexdigest()}", name, text, cost)


async def _add_trust(register: RegisterSession, trust: WorldTrust) -> None:
    row = {"id": trust.id, "uid": trust.uid, "name": f"Trust {trust.word}", "sort_name": f"trust {trust.word}"}
    await register.transaction.run(insert(tables.trust).values(row))
    term = {
        "kind": "term",
        "name": f"Autumn {trust.word}",
        "starts_on": date(2024, 9, 2),
        "ends_on": date(2024, 12, 20),
    }
    await register.transaction.run(insert(tables.calendar_entry).values(trust_id=trust.id, id=new_id(), **term))


async def _add_hub(register: RegisterSession, trust: WorldTrust) -> object:
    hub = {"id": new_id(), "trust_id": trust.id, "name": f"Hub {trust.word}", "sort_name": f"hub {trust.word}"}
    await register.transaction.run(insert(tables.trust_group).values(kind="hub", **hub))
    return hub["id"]


async def _add_school(register: RegisterSession, school: WorldSchool) -> None:
    name = {"name": f"School {school.word}", "sort_name": f"school {school.word}"}
    row = {"id": school.id, "urn": school.urn, "phase": "primary", "low_age": 4, "high_age": 11} | name
    await register.transaction.run(insert(tables.school).values(row))
    urn = {"urn": school.urn, "school_id": school.id, "kind": "current"}
    await register.transaction.run(insert(tables.school_urn).values(urn))


async def _add_facts(register: RegisterSession, school: WorldSchool) -> None:
    """A roll for each of three years."""
    for year in (2022, 2023, 2024):
        fact = {
            "school_id": school.id, "indicator": "roll", "academic_year": f"{year}-{(year + 1) % 100:02}",
            "as_of_on": date(year + 1, 1, 15), "numerator": 240, "source": f"Census {school.word}", "matched_by": "urn",
        }  # fmt: skip
        await register.transaction.run(insert(tables.public_fact).values(fact))
