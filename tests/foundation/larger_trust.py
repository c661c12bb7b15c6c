"""A trust of as many schools as a test needs, each with a roll and a head."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import insert

from footbridge.runtime.database import Database
from footbridge.runtime.ids import new_id
from footbridge.tenancy import tables
from footbridge.tenancy.caller import Caller
from footbridge.tenancy.permission import PostRole
from footbridge.tenancy.session import open_register
from tests.foundation.people import make_caller


@dataclass(frozen=True)
class Trust:
    id: UUID
    uid: str
    executive: Caller
    heads: tuple[Caller, ...]
    urns: tuple[str, ...]


async def build_trust(database: Database, schools: int, *, roll: int = 200, word: str = "larger") -> Trust:
    """School n is called `School nn`; its roll is of January 2025."""
    trust_id, uid = new_id(), f"x-{word}"
    executive = make_caller(word, PostRole.TRUST_EXECUTIVE, trust_id=trust_id, school_id=None)
    ids = [new_id() for _ in range(schools)]
    urns = tuple(f"98{number:04}" for number in range(schools))
    async with open_register(database) as register:
        run = register.transaction.run
        await run(insert(tables.trust).values(id=trust_id, uid=uid, name=f"Trust {word}", sort_name=f"trust {word}"))
        if not ids:
            return Trust(trust_id, uid, executive, (), ())
        await run(insert(tables.school), [_school(*row) for row in zip(ids, urns, strict=True)])
        await run(insert(tables.school_urn), [_urn(*row) for row in zip(ids, urns, strict=True)])
        await run(insert(tables.membership), [_member(trust_id, school_id) for school_id in ids])
        await run(insert(tables.public_fact), [_roll(school_id, roll) for school_id in ids])
    heads = tuple(make_caller(word, PostRole.HEAD, trust_id=trust_id, school_id=school_id) for school_id in ids)
    return Trust(trust_id, uid, executive, heads, urns)


def _school(school_id: UUID, urn: str) -> dict[str, object]:
    return {"id": school_id, "urn": urn, "name": f"School {urn}", "sort_name": f"school {urn}", "phase": "primary"}


def _urn(school_id: UUID, urn: str) -> dict[str, object]:
    return {"urn": urn, "school_id": school_id, "kind": "current"}


def _member(trust_id: UUID, school_id: UUID) -> dict[str, object]:
    return {"trust_id": trust_id, "id": new_id(), "school_id": school_id, "from_on": date(2022, 9, 1)}


def _roll(school_id: UUID, roll: int) -> dict[str, object]:
    return {
        "school_id": school_id, "indicator": "roll", "academic_year": "2024-25", "as_of_on": date(2025, 1, 16),
        "numerator": roll, "source": "School census", "matched_by": "urn",
    }  # fmt: skip
