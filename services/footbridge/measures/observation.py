"""Recorded figures of one school: typed once, imported, replaced with the earlier one kept."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Text, Uuid, any_, bindparam, func, insert, select, update

from footbridge.audit.event import event_row
from footbridge.measures.definition import Counts, Measure
from footbridge.measures.find import find_measure
from footbridge.measures.tables import observation
from footbridge.runtime.errors import FootbridgeError, InvalidInput
from footbridge.runtime.ids import new_id
from footbridge.runtime.pages import Keyset
from footbridge.runtime.statement import Prepared
from footbridge.tenancy.period import Period
from footbridge.tenancy.permission import Permission
from footbridge.tenancy.register import columns_of
from footbridge.tenancy.session import SchoolSession

NEWEST = Keyset((observation.c.recorded_at, observation.c.id), descending=True)


@dataclass(frozen=True)
class Observation:
    id: UUID
    measure_id: str
    period: str
    numerator: int
    denominator: int
    pupils: int | None
    source: str
    derivation: str | None
    recorded_at: datetime
    replaced_at: datetime | None

    @property
    def provenance(self) -> str:
        return f"{self.source}; {self.derivation}" if self.derivation else self.source


_current = select(*columns_of(observation, Observation)).where(
    observation.c.school_id == bindparam("school", type_=Uuid), observation.c.replaced_at.is_(None)
)
_LIST_CURRENT = Prepared(_current)
_LIST_OF_PERIOD = Prepared(
    _current.where(
        observation.c.measure_id == any_(bindparam("measures", type_=ARRAY(Text))),
        observation.c.period == bindparam("of_period", type_=Text),
    )
)


@dataclass(frozen=True)
class NewObservation:
    """`pupils` stands behind half-days; `derivation` says how a pair came from a percentage and a roll."""

    measure_id: str
    period: str
    numerator: int
    denominator: int
    source: str
    pupils: int | None = None
    derivation: str | None = None


@dataclass(frozen=True)
class Recorded:
    """How many rows were new, replaced an earlier figure, or were there already."""

    added: int
    replaced: int
    unchanged: int


class ObservationNotTaken(FootbridgeError):
    """One row that cannot be recorded; `column` is where to look."""

    code = "OBSERVATION_NOT_TAKEN"

    def __init__(self, column: str, reason: str) -> None:
        super().__init__(reason)
        self.column = column


def check_observation(new: NewObservation) -> NewObservation:
    """The row with its period's code in one form, or ObservationNotTaken."""
    measure, period = _measure_and_period(new)
    if not measure.may_be_recorded:
        raise ObservationNotTaken("measure", f"{measure.name} is counted from the school’s record, not typed.")
    if not measure.covers(period):
        raise ObservationNotTaken("period", f"{measure.name} is of a whole year: write {period.academic_year.code}.")
    if not 0 <= new.numerator <= new.denominator:
        raise ObservationNotTaken("numerator", f"{new.numerator} of {new.denominator}: the numerator is part of it.")
    if measure.counts is Counts.HALF_DAYS and not new.pupils:
        raise ObservationNotTaken("pupils", f"{measure.name} counts half-days: say how many pupils stand behind them.")
    if not new.source.strip():
        raise ObservationNotTaken("source", "Say where the figure comes from.")
    return replace(new, period=period.code)


def _measure_and_period(new: NewObservation) -> tuple[Measure, Period]:
    try:
        measure = find_measure(new.measure_id)
    except InvalidInput as error:
        raise ObservationNotTaken("measure", error.message) from None
    try:
        return measure, Period.parse(new.period)
    except InvalidInput as error:
        raise ObservationNotTaken("period", error.message) from None


async def record_observations(school: SchoolSession, rows: Sequence[NewObservation]) -> Recorded:
    """Checked rows, one for each measure and period; recording the same again changes nothing."""
    school.caller.require(Permission.RECORD_OBSERVATIONS)
    observations = ObservationRepository(school)
    await observations.lock()
    current = {(known.measure_id, known.period): known for known in await observations.list_current()}
    added = replaced = 0
    for row in rows:
        known = current.get((row.measure_id, row.period))
        if known is not None and _same(known, row):
            continue
        await observations.replace(known, row)
        added, replaced = (added + 1, replaced) if known is None else (added, replaced + 1)
    if added or replaced:
        await school.transaction.run(_event(school, added + replaced))
    return Recorded(added, replaced, len(rows) - added - replaced)


def _event(school: SchoolSession, rows: int) -> Any:
    return event_row(
        school.caller, "measures.record_observations", trust_id=school.trust_id, school_id=school.school_id, rows=rows
    )


def _same(known: Observation, row: NewObservation) -> bool:
    return all(getattr(known, name) == value for name, value in asdict(row).items())


class ObservationRepository:
    def __init__(self, school: SchoolSession) -> None:
        self._school_id = school.school_id
        self._transaction = school.transaction

    async def lock(self) -> None:
        """Until the end of the transaction, one recording of this school at a time."""
        number = self._school_id.int & 0x7FFFFFFFFFFFFFFF
        await self._transaction.run(select(func.pg_advisory_xact_lock(number)))

    async def list_of_period(self, measure_ids: Sequence[str], period: str) -> list[Observation]:
        """The current ones of these measures."""
        asked = _LIST_OF_PERIOD(school=self._school_id, measures=measure_ids, of_period=period)
        return await self._transaction.records(asked, Observation)

    async def list_current(self) -> list[Observation]:
        return await self._transaction.records(_LIST_CURRENT(school=self._school_id), Observation)

    async def replace(self, known: Observation | None, row: NewObservation) -> None:
        if known is not None:
            own = (observation.c.school_id == self._school_id) & (observation.c.id == known.id)
            await self._transaction.run(update(observation).where(own).values(replaced_at=func.now()))
        values = {"school_id": self._school_id, "id": new_id(), **asdict(row)}
        await self._transaction.run(insert(observation).values(values))
