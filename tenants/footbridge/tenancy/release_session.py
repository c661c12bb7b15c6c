"""The session of a signed release on its way out: for `publication` only, as import-linter sees to."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from uuid import UUID

from footbridge.runtime.database import Database, Role, Transaction, set_local
from footbridge.tenancy.caller import Caller


@dataclass(frozen=True)
class ReleaseSession:
    """A signed release on its way from `release` to `published`, as `footbridge_release`."""

    caller: Caller
    school_id: UUID
    trust_id: UUID
    transaction: Transaction

    async def write_for(self, school_id: UUID) -> None:
        """Rows of which school may be written from here on; the policy checks each."""
        await self.transaction.command(set_local("school_id", school_id))


@asynccontextmanager
async def open_release(database: Database, caller: Caller, *, school_id: UUID) -> AsyncIterator[ReleaseSession]:
    if caller.school_id != school_id:
        raise PermissionError("the caller does not belong to this school")
    opened = database.transaction(Role.RELEASE, school_id=school_id, trust_id=caller.trust_id)
    async with opened as transaction:
        yield ReleaseSession(caller, school_id, caller.trust_id, transaction)
