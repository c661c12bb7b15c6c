"""Who read what and when: one row for each reader, school, operation, version and hour."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert

from footbridge.delegation.tables import access_record
from footbridge.runtime.clock import now
from footbridge.runtime.ids import new_id
from footbridge.runtime.pages import Keyset
from footbridge.tenancy.session import TrustSession

BATCH = 1000

NEWEST = Keyset((access_record.c.read_at, access_record.c.id), descending=True)


@dataclass(frozen=True)
class Access:
    """One school's figure of a measure and period, as it was shown to a reader."""

    school_id: UUID
    measure_id: str
    period: str
    version: int


async def record_accesses(trust: TrustSession, operation: str, accesses: Collection[Access]) -> None:
    """Written before the answer leaves; the same reading within an hour is one row."""
    hour = now().replace(minute=0, second=0, microsecond=0)
    reader = {"reader_id": trust.caller.id, "reader_name": trust.caller.name, "reader_role": trust.caller.role}
    rows = [
        {"trust_id": trust.trust_id, "id": new_id(), "operation": operation, "hour": hour}
        | reader
        | {"school_id": a.school_id, "measure_id": a.measure_id, "period": a.period, "version": a.version}
        for a in accesses
    ]
    for some in batched(rows, BATCH):
        await trust.transaction.run(insert(access_record).values(some).on_conflict_do_nothing())


def batched(rows: Sequence[dict[str, Any]], size: int) -> Iterator[Sequence[dict[str, Any]]]:
    """A statement takes 32,767 parameters and no more."""
    return (rows[start : start + size] for start in range(0, len(rows), size))
