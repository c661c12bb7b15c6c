"""What of a row's reading is recorded: whose figure it was, of which measure and period, at which version."""

from uuid import UUID

from footbridge.delegation.access import Access


def accesses_of(school_id: UUID, measure_id: str, period: str, version: int) -> list[Access]:
    return [Access(school_id, measure_id, period, version)]


def accesses_of_many(sharers: str | None, measure_id: str, period: str, version: int) -> list[Access]:
    """`sharers` are the ids of the schools, with commas between."""
    return [Access(UUID(each), measure_id, period, version) for each in (sharers or "").split(",") if each]
