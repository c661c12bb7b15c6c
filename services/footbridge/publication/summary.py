"""What is told of several schools' cells: the trust's totals, and each school's standing among its siblings."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ARRAY, Text, Uuid, any_, bindparam, cast, delete, func, select
from sqlalchemy.dialects.postgresql import insert

from footbridge.measures.find import find_measure
from footbridge.publication.disclosure import State
from footbridge.publication.rows import arrays_of, rows_of
from footbridge.publication.standing import Standing, standings
from footbridge.publication.tables import sibling_view, total, value
from footbridge.publication.total import Total, total_of
from footbridge.runtime.statement import Prepared
from footbridge.tenancy.release_session import ReleaseSession

TRUST, SCHOOL = bindparam("trust", type_=Uuid), bindparam("school", type_=Uuid)
PERIOD, MEASURES = bindparam("of_period", type_=Text), bindparam("measures", type_=ARRAY(Text))

_SHOWN = value.c.state == State.SHOWN.value
_LIST_CELLS = Prepared(
    select(
        value.c.measure_id,
        func.count(),
        *(func.array_agg(value.c[name]).filter(_SHOWN) for name in ("school_id", "numerator", "denominator")),
    )
    .where(value.c.trust_id == TRUST, value.c.measure_id == any_(MEASURES), value.c.period == PERIOD)
    .group_by(value.c.measure_id)
)

_KEY_OF_TOTAL = ("trust_id", "measure_id", "period")
_totals = rows_of(total, *Total._fields)
_add_totals = insert(total).from_select(
    ["trust_id", "period", *Total._fields], select(TRUST, PERIOD, *(_totals.c[name] for name in Total._fields))
)
_WRITE_TOTALS = Prepared(
    _add_totals.on_conflict_do_update(
        index_elements=_KEY_OF_TOTAL,
        set_={name: _add_totals.excluded[name] for name in Total._fields if name not in _KEY_OF_TOTAL},
    )
)

_KEY_OF_VIEW = ("trust_id", "school_id", "measure_id", "period")
_views = rows_of(sibling_view, "school_id", "measure_id", *Standing._fields)
_add_views = insert(sibling_view).from_select(
    [*_KEY_OF_VIEW, *Standing._fields],
    select(
        TRUST,
        cast(func.set_config("footbridge.school_id", cast(_views.c.school_id, Text), True), Uuid),
        _views.c.measure_id,
        PERIOD,
        *(_views.c[name] for name in Standing._fields),
    ),
)
_WRITE_VIEWS = Prepared(
    _add_views.on_conflict_do_update(
        index_elements=_KEY_OF_VIEW, set_={name: _add_views.excluded[name] for name in Standing._fields}
    )
)
"""Each row is made by setting the school that may be written for, and looked at by the policies before the next one is
made. Were they made in another order, the policies would refuse them.
"""

_REMOVE_VIEWS = Prepared(
    delete(sibling_view).where(
        sibling_view.c.trust_id == TRUST,
        sibling_view.c.school_id == SCHOOL,
        sibling_view.c.measure_id == any_(MEASURES),
        sibling_view.c.period == PERIOD,
    )
)


class SharedCells(NamedTuple):
    """Of one measure: how many schools have shared a cell, and whose are shown with which pairs."""

    measure_id: str
    published: int = 0
    school_ids: Sequence[UUID] | None = None
    numerators: Sequence[Decimal] | None = None
    denominators: Sequence[Decimal] | None = None

    def total(self) -> Total:
        return total_of(find_measure(self.measure_id), self.published, self.numerators or (), self.denominators or ())

    def standings(self) -> dict[UUID, Standing]:
        shown = zip(self.school_ids or (), self.numerators or (), self.denominators or (), strict=True)
        return standings({school_id: numerator * 100 / denominator for school_id, numerator, denominator in shown})


async def refresh(session: ReleaseSession, measure_ids: Sequence[str], period: str) -> None:
    """Totals and sibling view of the measures that changed, from shown cells and from nothing else."""
    summary = SummaryRepository(session, period)
    shared = await summary.list_cells(measure_ids)
    await summary.write([cells.total() for cells in shared], {each.measure_id: each.standings() for each in shared})


class SummaryRepository:
    """Of one trust and period."""

    def __init__(self, session: ReleaseSession, period: str) -> None:
        self._session = session
        self._transaction = session.transaction
        self._key = {"trust": session.trust_id, "of_period": period}

    async def list_cells(self, measure_ids: Sequence[str]) -> list[SharedCells]:
        """For each of the measures, also where nobody has shared it."""
        rows = await self._transaction.all(_LIST_CELLS(**self._key, measures=list(measure_ids)))
        found = {row[0]: SharedCells(*row) for row in rows}
        return [found.get(measure_id, SharedCells(measure_id)) for measure_id in measure_ids]

    async def write(self, totals: Sequence[Total], by_measure: Mapping[str, Mapping[UUID, Standing]]) -> None:
        """Standings stay where a school has none any more: it removes its own when it takes a figure back.

        Each school's are written while that school may be written for; the session writes for its own again afterwards.
        """
        rows = [
            (school_id, measure_id, *standing)
            for measure_id, by_school in by_measure.items()
            for school_id, standing in by_school.items()
        ]
        views = arrays_of(rows, "school_id", "measure_id", *Standing._fields)
        await self._transaction.run_together(
            _WRITE_TOTALS(**self._key, **arrays_of(totals, *Total._fields)), _WRITE_VIEWS(**self._key, **views)
        )
        await self._session.write_for(self._session.school_id)

    async def remove_own_views(self, measure_ids: Sequence[str]) -> None:
        await self._transaction.run(
            _REMOVE_VIEWS(**self._key, school=self._session.school_id, measures=list(measure_ids))
        )
