"""What schools have published to their trust, as the trust reads it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import any_, select

from footbridge.comparison.records import Total, TrustRelease
from footbridge.publication.tables import published_release, total, value, version
from footbridge.runtime.pages import Keyset, Page, PageRequest
from footbridge.tenancy.register import columns_of
from footbridge.tenancy.session import TrustSession

NEWEST = Keyset((published_release.c.published_at, published_release.c.id), descending=True)


@dataclass(frozen=True)
class SharedValue:
    school_id: UUID
    state: str
    numerator: Decimal | None
    denominator: Decimal | None
    pupils: int | None
    rate: str | None
    interval_low: str | None
    interval_high: str | None
    context_note: str | None
    shared_at: datetime
    school_name: str
    phase: str


class ComparisonRepository:
    def __init__(self, trust: TrustSession) -> None:
        self._trust_id = trust.trust_id
        self._transaction = trust.transaction

    async def version(self) -> int:
        query = select(version.c.number).where(version.c.trust_id == self._trust_id)
        return await self._transaction.scalar(query) or 0

    async def list_values(self, measure_id: str, period: str) -> list[SharedValue]:
        query = (
            select(
                value.c.school_id, value.c.state, value.c.numerator, value.c.denominator, value.c.pupils, value.c.rate,
                value.c.interval_low, value.c.interval_high, value.c.context_note,
                published_release.c.published_at, published_release.c.school_name, published_release.c.phase,
            )
            .join(
                published_release,
                (published_release.c.trust_id == value.c.trust_id) & (published_release.c.id == value.c.release_id),
            )
            .where(value.c.trust_id == self._trust_id, value.c.measure_id == measure_id, value.c.period == period)
        )  # fmt: skip
        return await self._transaction.records(query, SharedValue)

    async def list_withdrawn(self, measure_id: str, period: str) -> set[UUID]:
        """Schools that shared this figure of the period and took it back."""
        query = select(published_release.c.school_id).where(
            published_release.c.trust_id == self._trust_id,
            published_release.c.period == period,
            published_release.c.withdrawn_at.is_not(None),
            any_(published_release.c.measure_ids) == measure_id,
        )
        return {school_id for (school_id,) in await self._transaction.all(query)}

    async def find_total(self, measure_id: str, period: str) -> Total:
        query = select(total.c.numerator, total.c.denominator, total.c.rate).where(
            total.c.trust_id == self._trust_id, total.c.measure_id == measure_id, total.c.period == period
        )
        return await self._transaction.record(query, Total) or Total(None, None, None)

    async def pages_of_releases(
        self, school_ids: Sequence[UUID], request: PageRequest
    ) -> dict[UUID, Page[TrustRelease]]:
        query: Any = select(*columns_of(published_release, TrustRelease)).where(
            published_release.c.trust_id == self._trust_id
        )
        parent = published_release.c.school_id
        return await NEWEST.pages(self._transaction, query, parent, school_ids, request, TrustRelease)
