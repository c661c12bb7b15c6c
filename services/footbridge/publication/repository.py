"""Releases of one school, as the school reads and writes them."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Text, Uuid, bindparam, func, insert, select, update

from footbridge.publication.cell import Entry
from footbridge.publication.records import Chosen, Release
from footbridge.publication.rows import arrays_of, rows_of
from footbridge.publication.tables import published_release, release, release_cell, sibling_view, value
from footbridge.runtime.errors import NotFound
from footbridge.runtime.pages import Keyset, Page, PageRequest
from footbridge.runtime.statement import Prepared, Question, together
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


SCHOOL, TRUST = bindparam("school", type_=Uuid), bindparam("trust", type_=Uuid)
RELEASE = bindparam("release", type_=Uuid)
_OWN = (release.c.school_id == SCHOOL) & (release.c.id == RELEASE)
_OWN_CELLS = (release_cell.c.school_id == SCHOOL) & (release_cell.c.release_id == RELEASE)

_GET = Prepared(RELEASES.where(_OWN))
_LOCK = Prepared(select(release.c.id).where(_OWN).with_for_update())
_LIST_CHOSEN = Prepared(
    select(release_cell.c.measure_id, release_cell.c.context_note).where(_OWN_CELLS).order_by(release_cell.c.measure_id)
)
_LIST_SHARED = Prepared(
    select(value.c.measure_id).where(
        value.c.school_id == SCHOOL, value.c.trust_id == TRUST, value.c.period == bindparam("of_period", type_=Text)
    )
)

_ADD = Prepared(
    insert(release), "school_id", "trust_id", "id", "period", "state", "preview_hash", "prepared_by", "prepared_by_name"
)
_FIGURE = ("measure_version", "numerator", "denominator", "pupils", "state", "context_note")
_cells = rows_of(release_cell, "measure_id", *_FIGURE)
_ADD_CELLS = Prepared(
    insert(release_cell).from_select(
        ["school_id", "trust_id", "release_id", "measure_id", *_FIGURE],
        select(SCHOOL, TRUST, RELEASE, _cells.c.measure_id, *(_cells.c[name] for name in _FIGURE)),
    )
)
_SIGN_CELLS = Prepared(
    update(release_cell)
    .where(_OWN_CELLS, release_cell.c.measure_id == _cells.c.measure_id)
    .values({name: _cells.c[name] for name in _FIGURE})
)
_SIGN = Prepared(
    update(release)
    .where(_OWN)
    .values(
        state="signed", preview_hash=bindparam("digest"), returned_because=None,
        signed_by=bindparam("by"), signed_by_name=bindparam("by_name"), signed_at=func.now(),
    )
    .returning(release.c.id)
)  # fmt: skip


class ReleaseRepository:
    def __init__(self, school: SchoolSession) -> None:
        self._school = school
        self._transaction = school.transaction

    async def get(self, release_id: UUID) -> Release:
        found = await self._transaction.record(_GET(**self._own(release_id)), Release)
        if found is None:
            raise NotFound("release")
        return found

    async def lock(self, release_id: UUID) -> Release:
        """One signature at a time."""
        await self._transaction.run(_LOCK(**self._own(release_id)))
        return await self.get(release_id)

    async def page(self, request: PageRequest) -> Page[Release]:
        own = RELEASES.where(release.c.school_id == self._school.school_id)
        return await NEWEST.page(self._transaction, own, request, Release)

    async def list_chosen(self, release_id: UUID) -> list[Chosen]:
        return await self._transaction.records(_LIST_CHOSEN(**self._own(release_id)), Chosen)

    async def list_shared_measures(self, period: str) -> set[str]:
        """What the trust of today has for the period; what was shared with an earlier trust stays there."""
        asked = _LIST_SHARED(school=self._school.school_id, trust=self._school.trust_id, of_period=period)
        return {measure_id for (measure_id,) in await self._transaction.all(asked)}

    async def prepare(
        self, release_id: UUID, period: str, entries: Sequence[Entry], digest: str, event: Question
    ) -> None:
        caller = self._school.caller
        header = _ADD(
            school_id=self._school.school_id, trust_id=self._school.trust_id, id=release_id, period=period,
            state="prepared", preview_hash=digest, prepared_by=caller.id, prepared_by_name=caller.name,
        )  # fmt: skip
        cells = _ADD_CELLS(**self._own(release_id), trust=self._school.trust_id, **_figures(entries))
        await self._transaction.run_together(header, cells, event)

    async def sign(self, release_id: UUID, entries: Sequence[Entry], digest: str, *told: Question) -> None:
        """Writes the exact figures as they are now; they are what leaves. `told` are its job and its event.

        One made under an earlier trust is out of reach, as in `_change`.
        """
        caller, own = self._school.caller, self._own(release_id)
        signed = _SIGN(**own, digest=digest, by=caller.id, by_name=caller.name)
        if await self._transaction.first(together([_SIGN_CELLS(**own, **_figures(entries)), *told, signed])) is None:
            raise NotFound("release")

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

    def _own(self, release_id: UUID) -> dict[str, UUID]:
        return {"school": self._school.school_id, "release": release_id}


def _figures(entries: Sequence[Entry]) -> dict[str, list[Any]]:
    return arrays_of(map(_figure, entries), "measure_id", *_FIGURE)


def _figure(entry: Entry) -> tuple[Any, ...]:
    exact = (entry.figure.numerator, entry.figure.denominator, entry.figure.pupils) if entry.figure else (None,) * 3
    return (entry.measure.id, entry.measure.version, *exact, entry.cell.state, entry.cell.context_note)
