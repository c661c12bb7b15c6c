"""Acts of a head, for tests of sharing."""

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any
from uuid import UUID

from sqlalchemy import select

from footbridge.gateway.fields.scalars import Prefix
from footbridge.measures.observation import NewObservation, record_observations
from footbridge.publication.publisher import complete_release
from footbridge.publication.records import Chosen, Release, ReleaseState
from footbridge.publication.service import prepare_release, preview_release, sign_release, withdraw_release
from footbridge.publication.tables import version
from footbridge.runtime.database import Database
from footbridge.tenancy.caller import Caller
from footbridge.tenancy.period import Period
from footbridge.tenancy.session import SchoolSession, open_school, open_trust
from tests.foundation.told import told

MEASURE = "persistent-absence"
PERIOD = Period.parse("2025-26")


def school_of(caller: Caller) -> UUID:
    assert caller.school_id is not None
    return caller.school_id


async def record(
    database: Database, head: Caller, numerator: int, denominator: int, period: Period = PERIOD, measure: str = MEASURE
) -> None:
    row = NewObservation(measure, period.code, numerator, denominator, source="register")
    async with open_school(database, head, school_id=school_of(head)) as school:
        await record_observations(school, [row])


async def prepare(
    database: Database,
    head: Caller,
    period: Period = PERIOD,
    measures: Sequence[str] = (MEASURE,),
    note: str | None = None,
) -> tuple[Release, str]:
    """The prepared release and the hash of its preview."""
    async with open_school(database, head, school_id=school_of(head)) as school:
        release = await prepare_release(school, period, [Chosen(measure, note) for measure in measures])
        return release, (await preview_release(school, release)).digest


async def sign(database: Database, head: Caller, release: Release, digest: str) -> Release:
    """Only the first transaction: signed, not yet out."""
    async with open_school(database, head, school_id=school_of(head)) as school:
        return await sign_release(school, release.id, preview_hash=digest)


async def share(
    database: Database, head: Caller, numerator: int, denominator: int, period: Period = PERIOD, note: str | None = None
) -> Release:
    """Records, prepares, signs and publishes one figure."""
    await record(database, head, numerator, denominator, period)
    release, digest = await prepare(database, head, period, note=note)
    await sign(database, head, release, digest)
    assert await complete_release(database, head, release.id) is ReleaseState.PUBLISHED
    return release


async def withdraw(database: Database, head: Caller, release: Release) -> None:
    async with open_school(database, head, school_id=school_of(head)) as school:
        await withdraw_release(school, release.id)
    assert await complete_release(database, head, release.id) is ReleaseState.WITHDRAWN


async def comparison(
    database: Database,
    executive: Caller,
    period: Period = PERIOD,
    measure: str = MEASURE,
    group_id: UUID | None = None,
) -> Any:
    """As the trust's endpoint tells it."""
    group = Prefix.TRUST_GROUP.id_of(group_id) if group_id else None
    return await told(database, executive, "Comparison", measureId=measure, period=period.code, groupId=group)


async def standing(database: Database, head: Caller, period: Period = PERIOD) -> tuple[str, int]:
    """Among the siblings, in words, and how many others there are."""
    found = await told(database, head, "SiblingStanding", measureId=MEASURE, period=period.code)
    return found["standing"], found["others"]


async def version_of(database: Database, executive: Caller) -> int | None:
    """Of the trust's published figures; None where nothing ever was."""
    async with open_trust(database, executive, trust_id=executive.trust_id, read_only=True) as trust:
        number: int | None = await trust.transaction.scalar(select(version.c.number))
        return number


def at(database: Database, head: Caller) -> AbstractAsyncContextManager[SchoolSession]:
    return open_school(database, head, school_id=school_of(head), read_only=True)
