"""Typed sessions: a function's first argument says whose data it may touch, and the database agrees.

Each is one open transaction of one login role with one tenant set.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import update

from footbridge.runtime.database import Database, Role, Transaction
from footbridge.tenancy.caller import Caller
from footbridge.tenancy.tables import version


@dataclass(frozen=True)
class SchoolSession:
    """A school's private record, as `footbridge_school`."""

    caller: Caller
    school_id: UUID
    trust_id: UUID
    transaction: Transaction


@dataclass(frozen=True)
class TrustSession:
    """What schools have published to their trust, as `footbridge_trust`."""

    caller: Caller
    trust_id: UUID
    transaction: Transaction


@dataclass(frozen=True)
class RegisterSession:
    """Public facts of trusts and schools, written from the command line, as `footbridge_register`."""

    transaction: Transaction


@asynccontextmanager
async def open_school(
    database: Database, caller: Caller, *, school_id: UUID, read_only: bool = False
) -> AsyncIterator[SchoolSession]:
    """The caller's own school only: a caller of another one is a programming error, and stops here."""
    if caller.school_id != school_id:
        raise PermissionError("the caller does not belong to this school")
    opened = database.transaction(Role.SCHOOL, read_only=read_only, school_id=school_id, trust_id=caller.trust_id)
    async with opened as transaction:
        yield SchoolSession(caller, school_id, caller.trust_id, transaction)


@asynccontextmanager
async def open_trust(
    database: Database, caller: Caller, *, trust_id: UUID, read_only: bool = False
) -> AsyncIterator[TrustSession]:
    if caller.trust_id != trust_id or caller.school_id is not None:
        raise PermissionError("the caller does not act for this trust")
    async with database.transaction(Role.TRUST, read_only=read_only, trust_id=trust_id) as transaction:
        yield TrustSession(caller, trust_id, transaction)


@asynccontextmanager
async def open_register(database: Database) -> AsyncIterator[RegisterSession]:
    """What is remembered of public facts anywhere ends when this commits: their version is another then."""
    async with database.transaction(Role.REGISTER) as transaction:
        yield RegisterSession(transaction)
        await transaction.run(update(version).values(number=version.c.number + 1))
