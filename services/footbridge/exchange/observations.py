"""Checks a school's recorded figures, read from a CSV or sent by a mutation, and derives pairs from percentages."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path

from footbridge.exchange.cells import CellUnreadable, folded, urn_of
from footbridge.exchange.columns import Column
from footbridge.exchange.counts import (
    Count,
    Percentage,
    count_of,
    derive_numerator,
    describe_derivation,
    is_blank,
    percentage_of,
)
from footbridge.exchange.delimited import open_delimited
from footbridge.exchange.report import Reading, RowNote, RowProblem, in_order, notes_in_order, shown
from footbridge.measures.definition import Measure
from footbridge.measures.find import all_measures
from footbridge.measures.observation import NewObservation, ObservationNotTaken, check_observation
from footbridge.runtime.errors import FootbridgeError, InvalidInput
from footbridge.tenancy.period import Period

MOST_ROWS_A_MUTATION = 1_000
MOST_PROBLEMS_TOLD = 10
_LONGEST_SOURCE = 500
_LONGEST_NAME = 100

OBSERVATION_COLUMNS = (
    Column("measure", ("measure", "measure number", "indicator"), required=True),
    Column("period", ("period", "term", "year"), required=True),
    Column("numerator", ("numerator",)),
    Column("denominator", ("denominator",)),
    Column("pupils", ("pupils",)),
    Column("percentage", ("percentage", "percent", "%")),
    Column("roll", ("roll",)),
    Column("source", ("source",), required=True),
    Column("urn", ("URN",)),
)
_PAIR = (Column("numerator", ("numerator",)), Column("denominator", ("denominator",)))
_SHARE = (Column("percentage", ("percentage", "percent")), Column("roll", ("roll",)))


class TooManyRows(FootbridgeError):
    code = "TOO_MANY_ROWS"

    def __init__(self, rows: int, most: int) -> None:
        super().__init__(f"{rows:,} figures were sent; at most {most:,} are taken at once. Send them in parts.")


class ObservationsNotTaken(FootbridgeError):
    """Rows that cannot be recorded; `problems` are all of them, each with its row, column and reason."""

    code = "OBSERVATIONS_NOT_TAKEN"

    def __init__(self, problems: Sequence[RowProblem]) -> None:
        told = [f"Row {each.line}, {each.column}: {_with_value(each)}." for each in problems[:MOST_PROBLEMS_TOLD]]
        more = len(problems) - len(told)
        super().__init__(" ".join(["Nothing was recorded.", *told, *([f"And {more} more."] if more else [])]))
        self.problems = tuple(problems)


def _with_value(problem: RowProblem) -> str:
    return f"“{problem.value}”: {problem.reason}" if problem.value else problem.reason.rstrip(".")


@dataclass(frozen=True, slots=True)
class ObservationInput:
    """A figure as it came: text from a file, typed from a mutation. Text is trimmed; "" is as None.

    `line` is the file's, or the place in the mutation's list, counted from 1.
    """

    line: int
    measure: str | None
    period: str | None
    numerator: Count = None
    denominator: Count = None
    pupils: Count = None
    percentage: Percentage = None
    roll: Count = None
    source: str | None = None
    urn: str | None = None


@dataclass(frozen=True, slots=True)
class RecordableRow:
    """A figure that its measure takes; `urn` is None where the file has one school only."""

    line: int
    urn: str | None
    observation: NewObservation


@dataclass(frozen=True, slots=True)
class ObservationRow:
    """A figure fit to be recorded: 0 ≤ numerator, 1 ≤ denominator. `measure` and `period` are still words, which
    the measures and the calendar read. `derivation` says how the numerator came from a percentage, for provenance."""

    line: int
    measure: str
    period: str
    numerator: int
    denominator: int
    pupils: int | None
    source: str
    derivation: str | None
    urn: str | None


def read_observations(
    path: Path, *, source: str | None = None, may_exceed: Collection[str] = ()
) -> Reading[ObservationRow]:
    """See check_observations. Raises ColumnsMissing if the file has neither pairs nor percentages with a roll.

    `source` stands for rows that name none; with it the file needs no such column.
    """
    wanted_columns = [
        replace(column, required=column.required and not (source and column.field == "source"))
        for column in OBSERVATION_COLUMNS
    ]
    inputs: list[ObservationInput] = []
    malformed: list[RowProblem] = []
    with open_delimited(path) as file:
        columns = file.columns(wanted_columns)
        if not all(column.field in columns for column in _PAIR):
            wanted = _SHARE if "percentage" in columns or "roll" in columns else _PAIR
            columns = file.columns([*wanted_columns, *(replace(column, required=True) for column in wanted)])
        for row in file.rows(columns):
            if isinstance(row, RowProblem):
                malformed.append(row)
            else:
                texts = {column.field: row.text(column.field) for column in OBSERVATION_COLUMNS}
                inputs.append(ObservationInput(line=row.line, **(texts | {"source": texts["source"] or source})))
    checked = check_observations(inputs, may_exceed=may_exceed)
    return replace(
        checked,
        problems=in_order([*checked.problems, *malformed]),
        encoding=file.encoding,
        rows_read=len(inputs) + len(malformed),
    )


def check_observations(
    inputs: Sequence[ObservationInput], *, at_most: int | None = None, may_exceed: Collection[str] = ()
) -> Reading[ObservationRow]:
    """Every figure that can be recorded, and why each other cannot. Raises TooManyRows.

    `may_exceed` names the measures whose numerator may be above the denominator (adults per 100 families).
    """
    if at_most is not None and len(inputs) > at_most:
        raise TooManyRows(len(inputs), at_most)
    rows: list[ObservationRow] = []
    problems: list[RowProblem] = []
    for figure in inputs:
        check = _Check(figure, may_exceed)
        row = check.row()
        problems.extend(check.problems)
        if row is not None:
            rows.append(row)
    kept, contradictions, notes = _once(rows)
    return Reading(kept, in_order([*problems, *contradictions]), notes_in_order(notes), None, len(inputs))


def observations_of_rows(rows: Sequence[ObservationInput]) -> list[NewObservation]:
    """All rows of a mutation as its school records them, or none: raises ObservationsNotTaken or TooManyRows.

    Equal rows of one measure and period are one figure; contradicting ones are problems.
    """
    reading = recordable(check_observations(rows, at_most=MOST_ROWS_A_MUTATION))
    if reading.problems:
        raise ObservationsNotTaken(reading.problems)
    return [row.observation for row in reading.records]


def recordable(checked: Reading[ObservationRow]) -> Reading[RecordableRow]:
    """The rows whose measure takes them: measures by number, id or name, periods in one form, each figure once."""
    kept, contradictions, notes = _once(map(_in_one_form, checked.records))
    taken: list[RecordableRow] = []
    problems = [*checked.problems, *contradictions]
    for row in kept:
        figure = NewObservation(
            row.measure, row.period, row.numerator, row.denominator, row.source, row.pupils, row.derivation
        )
        try:
            taken.append(RecordableRow(row.line, row.urn, check_observation(figure)))
        except ObservationNotTaken as refused:
            problems.append(RowProblem(row.line, refused.column, refused.message.rstrip(".")))
    return Reading(
        records=tuple(taken),
        problems=in_order(problems),
        notes=notes_in_order([*checked.notes, *notes]),
        encoding=checked.encoding,
        rows_read=checked.rows_read,
    )


def _in_one_form(row: ObservationRow) -> ObservationRow:
    """What is no measure or no period stays as it is written; the measures say so of it."""
    try:
        period = Period.parse(row.period).code
    except InvalidInput:
        period = row.period
    named = (measure.id for measure in all_measures().values() if folded(row.measure) in _names(measure))
    return replace(row, measure=next(named, row.measure), period=period)


def _names(measure: Measure) -> tuple[str, str, str]:
    return str(measure.number), measure.id, folded(measure.name)


class _Check:
    """Checks one figure, and gathers everything that is wrong with it."""

    def __init__(self, figure: ObservationInput, may_exceed: Collection[str]) -> None:
        self._figure = figure
        self._may_exceed = may_exceed
        self.problems: list[RowProblem] = []

    def row(self) -> ObservationRow | None:
        figure = self._figure
        measure = self._words("measure", figure.measure, "the measure's number or name", _LONGEST_NAME)
        period = self._words("period", figure.period, "a period such as 2018/19", _LONGEST_NAME)
        source = self._words("source", figure.source, "where the figure comes from", _LONGEST_SOURCE)
        urn = self._urn()
        pupils = None if is_blank(figure.pupils) else self._count("pupils", figure.pupils)
        pair = self._pair()
        if self.problems or pair is None or measure is None or period is None or source is None:
            return None
        numerator, denominator, derivation = pair
        if numerator > denominator and measure not in self._may_exceed:
            self._refuse("numerator", numerator, f"more than the denominator {denominator}; check which is which")
            return None
        return ObservationRow(figure.line, measure, period, numerator, denominator, pupils, source, derivation, urn)

    def _pair(self) -> tuple[int, int, str | None] | None:
        figure = self._figure
        has_pair = not (is_blank(figure.numerator) and is_blank(figure.denominator))
        has_share = not (is_blank(figure.percentage) and is_blank(figure.roll))
        if has_pair and has_share:
            reason = "give numerator and denominator, or percentage and roll, not both"
            self._refuse("percentage", figure.percentage, reason)
            return None
        if has_share:
            return self._derived()
        numerator = self._count("numerator", figure.numerator)
        denominator = self._denominator("denominator", figure.denominator)
        return None if numerator is None or denominator is None else (numerator, denominator, None)

    def _derived(self) -> tuple[int, int, str] | None:
        percentage = self._percentage(self._figure.percentage)
        roll = self._denominator("roll", self._figure.roll)
        if percentage is None or roll is None:
            return None
        numerator = derive_numerator(percentage, roll)
        return numerator, roll, describe_derivation(numerator, percentage, roll)

    def _denominator(self, field: str, value: Count) -> int | None:
        count = self._count(field, value)
        if count == 0:
            self._refuse(field, value, "nobody to count among; 1 or more was expected, else leave the row out")
            return None
        return count

    def _count(self, field: str, value: Count) -> int | None:
        try:
            return count_of(value)
        except CellUnreadable as unreadable:
            self._refuse(field, value, str(unreadable))
            return None

    def _percentage(self, value: Percentage) -> Decimal | None:
        try:
            return percentage_of(value)
        except CellUnreadable as unreadable:
            self._refuse("percentage", value, str(unreadable))
            return None

    def _urn(self) -> str | None:
        urn = (self._figure.urn or "").strip()
        try:
            return urn_of(urn) if urn else None
        except CellUnreadable as unreadable:
            self._refuse("urn", urn, str(unreadable))
            return None

    def _words(self, field: str, value: str | None, expected: str, longest: int) -> str | None:
        words = " ".join((value or "").split())
        if not words:
            self._refuse(field, None, f"missing; {expected} was expected")
        elif len(words) > longest:
            self._refuse(field, words, f"longer than {longest} characters; shorten it")
        else:
            return words
        return None

    def _refuse(self, field: str, value: object, reason: str) -> None:
        self.problems.append(RowProblem(self._figure.line, field, reason, "" if is_blank(value) else shown(value)))


def _once(
    rows: Iterable[ObservationRow],
) -> tuple[tuple[ObservationRow, ...], list[RowProblem], list[RowNote]]:
    """One figure a school, measure and period: equal ones once, contradicting ones not at all."""
    listed: dict[tuple[str | None, str, str], list[ObservationRow]] = {}
    for row in rows:
        listed.setdefault((row.urn, row.measure.casefold(), row.period.casefold()), []).append(row)
    kept: list[ObservationRow] = []
    problems: list[RowProblem] = []
    notes: list[RowNote] = []
    for same in listed.values():
        if len({(row.numerator, row.denominator, row.pupils, row.source, row.derivation) for row in same}) > 1:
            problems.extend(_contradictions(same))
        else:
            kept.append(same[0])
            notes.extend(RowNote(row.line, None, f"the same as line {same[0].line}; taken once") for row in same[1:])
    return tuple(kept), problems, notes


def _contradictions(same: Sequence[ObservationRow]) -> Iterable[RowProblem]:
    for row in same:
        others = ", ".join(str(other.line) for other in same if other is not row)
        reason = f"this measure and period is given again on line {others} and differs; keep one"
        yield RowProblem(row.line, "measure", reason, shown(row.measure))
