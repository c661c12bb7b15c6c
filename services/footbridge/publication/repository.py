"""Releases of one school, as the school reads and writes them."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Select, Text, Uuid, bindparam, func, insert, select, update

from footbridge.publication.cell import Entry
from footbridge.publication.records import Chosen, Release
from footbridge.publication.tables import published_release, release, release_cell, sibling_view, value
from footbridge.runtime.errors import NotFound
from footbridge.runtime.pages import Keyset, Page, PageRequest
from footbridge.tenancy.session import SchoolSession

NEWEST = Keyset((release.c.prepared_at, release.c.id), descending=True)


RELEASES = select(
    release.c.id, release.c.trust_id, release.c.period, release.c.state.label("recorded_state"),
    release.c.preview_hash, release.c.prepared_by_name, release.c.prepared_at, release.c.signed_by_name,
    release.c.signed_at, release.c.withdrawal_signed_at, release.c.returned_because,
    published_release.c.published_at, published_release.c.withdrawn_at,
).outerjoin_from(
    release,
    published_release,
    (published_release.c.school_id == release.c.school_id) & (published_release.c.id == release.c.id),
)  # fmt: skip
"""What was prepared, and what became of it."""

_asked = select(
    bindparam("measure_id", None, Text).label("measure_id"), bindparam("period", None, Text).label("period")
).subquery("asked")
STANDING = select(
    _asked.c.measure_id,
    _asked.c.period,
    func.coalesce(sibling_view.c.standing, "not shown").label("standing"),
    func.coalesce(sibling_view.c.others, 0).label("others"),
).outerjoin_from(
    _asked,
    sibling_view,
    (sibling_view.c.school_id == bindparam("school_id", None, Uuid))
    & (sibling_view.c.trust_id == bindparam("trust_id", None, Uuid))
    & (sibling_view.c.measure_id == _asked.c.measure_id)
    & (sibling_view.c.period == _asked.c.period),
)
"""The school's own row of the sibling view: the band in words, and how many others there are."""


class ReleaseRepository:
    def __init__(self, school: SchoolSession) -> None:
        self._school = school
        self._transaction = school.transaction

    async def find(self, release_id: UUID) -> Release | None:
        return await self._transaction.record(self._releases().where(release.c.id == release_id), Release)

    async def get(self, release_id: UUID) -> Release:
        found = await self.find(release_id)
        if found is None:
            raise NotFound("release")
        return found

    async def lock(self, release_id: UUID) -> Release:
        """One signature at a time."""
        own = (release.c.school_id == self._school.school_id) & (release.c.id == release_id)
        await self._transaction.run(select(release.c.id).where(own).with_for_update())
        return await self.get(release_id)

    async def page(self, request: PageRequest) -> Page[Release]:
        return await NEWEST.page(self._transaction, self._releases(), request, Release)

    async def list_chosen(self, release_id: UUID) -> list[Chosen]:
        columns = (release_cell.c.measure_id, release_cell.c.context_note)
        return await self._transaction.records(self._cells(release_id, *columns), Chosen)

    async def list_shared_measures(self, period: str) -> set[str]:
        """What the trust of today has for the period; what was shared with an earlier trust stays there."""
        own = (value.c.school_id == self._school.school_id) & (value.c.trust_id == self._school.trust_id)
        query = select(value.c.measure_id).where(own, value.c.period == period)
        return {measure_id for (measure_id,) in await self._transaction.all(query)}

    async def find_standing(self, measure_id: str, period: str) -> tuple[str, int] | None:
        """The school's own row of the sibling view: the band in words, and how many others there are."""
        query = select(sibling_view.c.standing, sibling_view.c.others).where(
            sibling_view.c.school_id == self._school.school_id,
            sibling_view.c.trust_id == self._school.trust_id,
            sibling_view.c.measure_id == measure_id,
            sibling_view.c.period == period,
        )
        return await self._transaction.record(query, lambda standing, others: (standing, others))

    async def prepare(self, release_id: UUID, period: str, entries: Sequence[Entry], digest: str) -> None:
        caller = self._school.caller
        header = self._key() | {
            "id": release_id, "period": period, "state": "prepared", "preview_hash": digest,
            "prepared_by": caller.id, "prepared_by_name": caller.name,
        }  # fmt: skip
        await self._transaction.run(insert(release).values(header))
        rows = [self._key() | {"release_id": release_id} | _cell_values(entry) for entry in entries]
        await self._transaction.run(insert(release_cell), rows)

    async def sign(self, release_id: UUID, entries: Sequence[Entry], digest: str) -> None:
        """Writes the exact figures as they are now; they are what leaves."""
        caller = self._school.caller
        for entry in entries:
            own = self._own_cells(release_id) & (release_cell.c.measure_id == entry.measure.id)
            await self._transaction.run(update(release_cell).where(own).values(_cell_values(entry)))
        await self._change(
            release_id, state="signed", preview_hash=digest, signed_by=caller.id, signed_by_name=caller.name,
            signed_at=func.now(), returned_because=None,
        )  # fmt: skip

    async def sign_withdrawal(self, release_id: UUID) -> None:
        await self._change(release_id, withdrawal_signed_by=self._school.caller.id, withdrawal_signed_at=func.now())

    async def give_back(self, release_id: UUID, reason: str) -> None:
        """To prepared: nothing was published, and the head signs the new preview or does not."""
        await self._change(
            release_id, state="prepared", signed_by=None, signed_by_name=None, signed_at=None, returned_because=reason
        )

    async def _change(self, release_id: UUID, **values: Any) -> None:
        """One made under an earlier trust is out of reach: what it shared belongs to that trust."""
        own = (release.c.school_id == self._school.school_id) & (release.c.id == release_id)
        if await self._transaction.run(update(release).where(own).values(**values)) != 1:
            raise NotFound("release")

    def _key(self) -> dict[str, Any]:
        return {"school_id": self._school.school_id, "trust_id": self._school.trust_id}

    def _own_cells(self, release_id: UUID) -> Any:
        return (release_cell.c.school_id == self._school.school_id) & (release_cell.c.release_id == release_id)

    def _cells(self, release_id: UUID, *columns: Any) -> Select[*tuple[Any, ...]]:
        return select(*columns).where(self._own_cells(release_id)).order_by(release_cell.c.measure_id)

    def _releases(self) -> Select[*tuple[Any, ...]]:
        return RELEASES.where(release.c.school_id == self._school.school_id)


def _cell_values(entry: Entry) -> dict[str, Any]:
    figure = entry.figure
    return {
        "measure_id": entry.measure.id,
        "measure_version": entry.measure.version,
        "numerator": figure and figure.numerator,
        "denominator": figure and figure.denominator,
        "pupils": figure and figure.pupils,
        "state": entry.cell.state.value,
        "context_note": entry.cell.context_note,
    }
