"""What of a row's reading is recorded: whose figure it was, of which measure and period, at which version."""

from base64 import b64decode
from uuid import UUID

from footbridge.delegation.access import Access


def accesses_of(school_id: UUID, measure_id: str, period: str, version: int) -> list[Access]:
    return [Access(school_id, measure_id, period, version)]


def accesses_of_many(sharers: str | None, measure_id: str, period: str, version: int) -> list[Access]:
    """`sharers` are the ids of the schools, 16 bytes each, in base64."""
    ids = b64decode(sharers or "")
    schools = (UUID(bytes=ids[start : start + 16]) for start in range(0, len(ids), 16))
    return [Access(school_id, measure_id, period, version) for school_id in schools]
