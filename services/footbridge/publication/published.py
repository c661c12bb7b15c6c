"""What left a school, as the publisher reads and writes it."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from operator import attrgetter
from typing import Any
from uuid import UUID

from sqlalchemy import Text, Uuid, bindparam, delete, func, insert, select, update
from sqlalchemy.dialects import postgresql

from footbridge.publication.cell import Cell
from footbridge.publication.records import SignedCell
from footbridge.publication.rows import arrays_of, rows_of
from footbridge.publication.tables import ledger, published_release, release, release_cell, value, version
from footbridge.runtime.errors import NotFound
from footbridge.runtime.ids import new_id
from footbridge.runtime.statement import Prepared, Question
from footbridge.tenancy.register import School, columns_of
from footbridge.tenancy.release_session import ReleaseSession

TRUST, SCHOOL = bindparam("trust", type_=Uuid), bindparam("school", type_=Uuid)
RELEASE, PERIOD = bindparam("release", type_=Uuid), bindparam("of_period", type_=Text)

_LOCK = Prepared(select(func.pg_advisory_xact_lock(bindparam("number"))))

_became = published_release.alias("became")
_GET_SIGNED = Prepared(
    select(
        *(release.c[name] for name in ("id", "period", "state", "signed_by_name", "signed_at")),
        release.c.withdrawal_signed_at.is_not(None),
        release.c.preview_hash,
        _became.c.id.is_not(None),
        _became.c.withdrawn_at.is_not(None),
    )
    .outerjoin_from(release, _became, (_became.c.trust_id == TRUST) & (_became.c.id == release.c.id))
    .where(release.c.school_id == SCHOOL, release.c.id == RELEASE)
)
_LIST_SIGNED_CELLS = Prepared(
    select(*columns_of(release_cell, SignedCell))
    .where(release_cell.c.school_id == SCHOOL, release_cell.c.release_id == RELEASE)
    .order_by(release_cell.c.measure_id)
)
_LIST_SHARED = Prepared(
    select(value.c.measure_id).where(value.c.trust_id == TRUST, value.c.school_id == SCHOOL, value.c.period == PERIOD)
)
_NEXT_VERSION = Prepared(
    postgresql.insert(version)
    .values(trust_id=TRUST, number=1)
    .on_conflict_do_update(
        index_elements=[version.c.trust_id], set_={"number": version.c.number + 1, "changed_at": func.now()}
    )
    .returning(version.c.number)
)
_HEADER = (
    "trust_id", "school_id", "id", "period", "school_name", "sort_name", "phase", "signed_by_name", "signed_at",
    "version", "measure_ids",
)  # fmt: skip
_ADD_HEADER = Prepared(insert(published_release), *_HEADER)

_CELL = tuple(field.name for field in fields(Cell))
_in_order = attrgetter(*_CELL)
_cells = rows_of(value, *_CELL)
_ADD_VALUES = Prepared(
    insert(value).from_select(
        ["trust_id", "school_id", "release_id", "period", *_CELL],
        select(TRUST, SCHOOL, RELEASE, PERIOD, *(_cells.c[name] for name in _CELL)),
    )
)
_ENTRY = ("measure_id", "state", "numerator", "denominator", "id")
_entries = rows_of(ledger, *_ENTRY)
_ADD_ENTRIES = Prepared(
    insert(ledger).from_select(
        ["trust_id", "school_id", "release_id", "period", "act", *_ENTRY],
        select(TRUST, SCHOOL, RELEASE, PERIOD, bindparam("act", type_=Text), *(_entries.c[name] for name in _ENTRY)),
    )
)
_REMOVE_VALUES = Prepared(
    delete(value)
    .where(value.c.trust_id == TRUST, value.c.school_id == SCHOOL, value.c.release_id == RELEASE)
    .returning(value.c.measure_id)
)
_MARK_WITHDRAWN = Prepared(
    update(published_release)
    .where(published_release.c.trust_id == TRUST, published_release.c.id == RELEASE)
    .values(withdrawn_at=func.now(), version=bindparam("number"))
)


@dataclass(frozen=True)
class SignedRelease:
    """What the school has signed, and what became of it at the trust."""

    id: UUID
    period: str
    state: str
    signed_by_name: str | None
    signed_at: datetime | None
    withdrawal_signed: bool
    preview_hash: str
    is_published: bool
    is_withdrawn: bool


class PublishedRepository:
    def __init__(self, session: ReleaseSession) -> None:
        self._session = session
        self._transaction = session.transaction
        self._key = {"trust": session.trust_id, "school": session.school_id}

    async def lock_trust(self) -> None:
        """Until the end of the transaction, one publication of this trust at a time."""
        await self._transaction.run(_LOCK(number=self._session.trust_id.int & 0x7FFFFFFFFFFFFFFF))

    async def get_signed(self, release_id: UUID) -> SignedRelease:
        found = await self._transaction.record(_GET_SIGNED(**self._key, release=release_id), SignedRelease)
        if found is None:
            raise NotFound("release")
        return found

    async def list_signed_cells(self, release_id: UUID) -> list[SignedCell]:
        asked = _LIST_SIGNED_CELLS(school=self._session.school_id, release=release_id)
        return await self._transaction.records(asked, SignedCell)

    async def list_shared_measures(self, period: str) -> set[str]:
        rows = await self._transaction.all(_LIST_SHARED(**self._key, of_period=period))
        return {measure_id for (measure_id,) in rows}

    async def next_version(self) -> int:
        """The trust's published figures have changed; caches and access records go by this number."""
        number: int = await self._transaction.scalar(_NEXT_VERSION(trust=self._session.trust_id))
        return number

    async def publish(
        self, signed: SignedRelease, school: School, cells: Sequence[Cell], number: int, event: Question
    ) -> None:
        """Header, values, ledger and the event that tells of them."""
        header = _ADD_HEADER(
            trust_id=self._session.trust_id, school_id=self._session.school_id, id=signed.id, period=signed.period,
            school_name=school.name, sort_name=school.sort_name, phase=school.phase,
            signed_by_name=signed.signed_by_name, signed_at=signed.signed_at, version=number,
            measure_ids=[cell.measure_id for cell in cells],
        )  # fmt: skip
        values = _ADD_VALUES(**self._of(signed), **arrays_of(map(_in_order, cells), *_CELL))
        shown = [(cell.measure_id, cell.state, cell.numerator, cell.denominator) for cell in cells]
        entries = self._entries(signed, "published", shown)
        await self._transaction.run_together(header, values, entries, event)

    async def remove_values(self, signed: SignedRelease) -> list[str]:
        """The measures whose values are gone; the header stays."""
        rows = await self._transaction.all(_REMOVE_VALUES(**self._key, release=signed.id))
        return [measure_id for (measure_id,) in rows]

    async def mark_withdrawn(
        self, signed: SignedRelease, measure_ids: Sequence[str], number: int, event: Question
    ) -> None:
        """Header, ledger and the event that tells of them."""
        mark = _MARK_WITHDRAWN(trust=self._session.trust_id, release=signed.id, number=number)
        gone = [(measure_id, "withdrawn", None, None) for measure_id in measure_ids]
        entries = self._entries(signed, "withdrawn", gone)
        await self._transaction.run_together(mark, entries, event)

    def _entries(self, signed: SignedRelease, act: str, cells: Sequence[tuple[Any, ...]]) -> Question:
        rows = [(*cell, new_id()) for cell in cells]
        return _ADD_ENTRIES(**self._of(signed), act=act, **arrays_of(rows, *_ENTRY))

    def _of(self, signed: SignedRelease) -> dict[str, Any]:
        return {**self._key, "release": signed.id, "of_period": signed.period}
