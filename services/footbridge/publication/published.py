"""What left the schools of a trust, as the publisher reads and writes it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import delete, exists, func, insert, select, text, update
from sqlalchemy.dialects import postgresql

from footbridge.measures.definition import Measure
from footbridge.publication.cell import Cell
from footbridge.publication.records import SignedCell
from footbridge.publication.tables import (
    ledger,
    published_release,
    release,
    release_cell,
    sibling_view,
    total,
    value,
    version,
)
from footbridge.runtime.errors import NotFound
from footbridge.runtime.ids import new_id
from footbridge.tenancy.register import School, columns_of
from footbridge.tenancy.release_session import ReleaseSession

FEWEST_FOR_A_TOTAL = 3


@dataclass(frozen=True)
class SignedRelease:
    id: UUID
    period: str
    state: str
    signed_by_name: str | None
    signed_at: datetime | None
    withdrawal_signed: bool
    preview_hash: str


@dataclass(frozen=True)
class PublishedValue:
    school_id: UUID
    state: str
    numerator: Decimal
    denominator: Decimal


class PublishedRepository:
    def __init__(self, session: ReleaseSession) -> None:
        self._session = session
        self._transaction = session.transaction
        self._key = {"trust_id": session.trust_id, "school_id": session.school_id}

    async def lock_trust(self) -> None:
        """Until the end of the transaction, one publication of this trust at a time."""
        number = self._session.trust_id.int & 0x7FFFFFFFFFFFFFFF
        await self._transaction.run(text("select pg_advisory_xact_lock(:number)").bindparams(number=number))

    async def get_signed(self, release_id: UUID) -> SignedRelease:
        columns = (release.c.id, release.c.period, release.c.state, release.c.signed_by_name, release.c.signed_at)
        query = select(*columns, release.c.withdrawal_signed_at.is_not(None), release.c.preview_hash).where(
            release.c.school_id == self._session.school_id, release.c.id == release_id
        )
        found = await self._transaction.record(query, SignedRelease)
        if found is None:
            raise NotFound("release")
        return found

    async def list_signed_cells(self, release_id: UUID) -> list[SignedCell]:
        query = select(*columns_of(release_cell, SignedCell)).where(
            release_cell.c.school_id == self._session.school_id, release_cell.c.release_id == release_id
        )
        return await self._transaction.records(query.order_by(release_cell.c.measure_id), SignedCell)

    async def is_published(self, release_id: UUID) -> bool:
        return bool(await self._transaction.scalar(select(exists().where(self._header(release_id)))))

    async def is_withdrawn(self, release_id: UUID) -> bool:
        withdrawn = self._header(release_id) & published_release.c.withdrawn_at.is_not(None)
        return bool(await self._transaction.scalar(select(exists().where(withdrawn))))

    async def list_shared_measures(self, period: str) -> set[str]:
        query = select(value.c.measure_id).where(
            value.c.trust_id == self._session.trust_id,
            value.c.school_id == self._session.school_id,
            value.c.period == period,
        )
        return {measure_id for (measure_id,) in await self._transaction.all(query)}

    async def next_version(self) -> int:
        """The trust's published figures have changed; caches and access records go by this number."""
        added = postgresql.insert(version).values(trust_id=self._session.trust_id, number=1)
        raised = added.on_conflict_do_update(
            index_elements=[version.c.trust_id], set_={"number": version.c.number + 1, "changed_at": func.now()}
        )
        number: int = await self._transaction.scalar(raised.returning(version.c.number))
        return number

    async def add_release(self, signed: SignedRelease, school: School, measure_ids: Sequence[str], number: int) -> None:
        header = self._key | {
            "id": signed.id, "period": signed.period, "school_name": school.name, "sort_name": school.sort_name,
            "phase": school.phase, "signed_by_name": signed.signed_by_name, "signed_at": signed.signed_at,
            "version": number, "measure_ids": list(measure_ids),
        }  # fmt: skip
        await self._transaction.run(insert(published_release).values(header))

    async def add_values(self, signed: SignedRelease, cells: Sequence[Cell]) -> None:
        key = self._key | {"release_id": signed.id, "period": signed.period}
        await self._transaction.run(insert(value), [key | _value(cell) for cell in cells])
        entries = [key | {"id": new_id(), "act": "published"} | _entry(cell) for cell in cells]
        await self._transaction.run(insert(ledger), entries)

    async def remove_values(self, signed: SignedRelease) -> list[str]:
        own = (
            (value.c.trust_id == self._session.trust_id)
            & (value.c.school_id == self._session.school_id)
            & (value.c.release_id == signed.id)
        )
        removed = [
            measure_id
            for (measure_id,) in await self._transaction.all(delete(value).where(own).returning(value.c.measure_id))
        ]
        key = self._key | {"release_id": signed.id, "period": signed.period, "act": "withdrawn", "state": "withdrawn"}
        entries = [key | {"id": new_id(), "measure_id": measure_id} for measure_id in removed]
        await self._transaction.run(insert(ledger), entries)
        return removed

    async def mark_withdrawn(self, release_id: UUID, number: int) -> None:
        changed = update(published_release).where(self._header(release_id))
        await self._transaction.run(changed.values(withdrawn_at=func.now(), version=number))

    async def list_values(self, measure_id: str, period: str) -> list[PublishedValue]:
        """Of all schools of the trust."""
        query = select(*columns_of(value, PublishedValue)).where(
            value.c.trust_id == self._session.trust_id, value.c.measure_id == measure_id, value.c.period == period
        )
        return await self._transaction.records(query, PublishedValue)

    async def write_total(
        self, measure: Measure, period: str, *, published: int, shown: Sequence[tuple[Decimal, Decimal]]
    ) -> None:
        """Of the shown cells only; no figure below three of them."""
        key = {"trust_id": self._session.trust_id, "measure_id": measure.id, "period": period}
        figures: dict[str, Any] = {"published": published, "shown": len(shown)}
        figures |= {"numerator": None, "denominator": None, "rate": None}
        if len(shown) >= FEWEST_FOR_A_TOTAL:
            numerator, denominator = (sum(column, Decimal(0)) for column in zip(*shown, strict=True))
            rate = measure.rate_of(numerator, denominator)
            figures |= {"numerator": numerator, "denominator": denominator, "rate": rate and measure.rounded(rate)}
        added = postgresql.insert(total).values(key | figures)
        await self._transaction.run(added.on_conflict_do_update(index_elements=list(key), set_=figures))

    async def list_viewed(self, measure_ids: Sequence[str], period: str) -> Sequence[Any]:
        """Schools that have a row in the sibling view for one of these."""
        return await self._transaction.all(
            select(sibling_view.c.school_id)
            .distinct()
            .where(
                sibling_view.c.trust_id == self._session.trust_id,
                sibling_view.c.measure_id.in_(measure_ids),
                sibling_view.c.period == period,
            )
        )

    async def write_views(
        self, school_id: UUID, measure_ids: Sequence[str], period: str, rows: Sequence[dict[str, Any]]
    ) -> None:
        """The school's rows anew; the session must write for that school."""
        own = (
            (sibling_view.c.trust_id == self._session.trust_id)
            & (sibling_view.c.school_id == school_id)
            & sibling_view.c.measure_id.in_(measure_ids)
            & (sibling_view.c.period == period)
        )
        await self._transaction.run(delete(sibling_view).where(own))
        key = {"trust_id": self._session.trust_id, "school_id": school_id}
        if rows:
            await self._transaction.run(insert(sibling_view), [key | row for row in rows])

    def _header(self, release_id: UUID) -> Any:
        return (published_release.c.trust_id == self._session.trust_id) & (published_release.c.id == release_id)


def _value(cell: Cell) -> dict[str, Any]:
    return _entry(cell) | {
        "measure_version": cell.measure_version,
        "pupils": cell.pupils,
        "rate": cell.rate,
        "interval_low": cell.interval_low,
        "interval_high": cell.interval_high,
        "context_note": cell.context_note,
    }


def _entry(cell: Cell) -> dict[str, Any]:
    return {
        "measure_id": cell.measure_id,
        "state": cell.state.value,
        "numerator": cell.numerator,
        "denominator": cell.denominator,
    }
