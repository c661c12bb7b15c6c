"""Reads what DfE publishes of schools (absence, census, results) as public facts."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from itertools import chain
from pathlib import Path
from typing import NamedTuple

from footbridge.exchange import cells
from footbridge.exchange.cells import CellUnreadable
from footbridge.exchange.columns import Column, Columns, ColumnsMissing
from footbridge.exchange.delimited import DelimitedFile, Row, open_delimited
from footbridge.exchange.figures import Absent, FigureUnreadable, Number, Texts, pupils, share, values
from footbridge.exchange.indicators import INDICATORS, Indicator, Symbol
from footbridge.exchange.report import Reading, RowNote, RowProblem, in_order, notes_in_order, shown

_URN = Column("urn", ("URN",))
_LA_CODE = Column("la_code", ("LA", "LEA", "LA (code)"))
_NUMBER = Column("establishment_number", ("ESTAB", "EstablishmentNumber"))
_RECORD_TYPE = Column("record_type", ("RECTYPE",))
# RECTYPE of DfE's performance tables: 1 mainstream, 2 special; all others are sums over schools.
_SCHOOL_RECORDS = frozenset(("1", "2"))


class FactRow(NamedTuple):
    """One figure of one school as published. A country has them by the hundred thousand: a tuple is made in a fifth of
    the time of a dataclass.

    `value` is in the indicator's unit, or None with a `symbol`: c suppressed (never zero), z not applicable,
    x unavailable, low (above nought, below half a percent). `urn` is None only where both other codes are given.
    """

    line: int
    urn: str | None
    la_code: str | None
    establishment_number: str | None
    indicator: str
    numerator: int | None
    denominator: int | None
    value: Decimal | None
    symbol: Symbol | None


@dataclass(frozen=True)
class FactReading(Reading[FactRow]):
    """`schools`: rows that are schools; `totals`: rows that are sums for an authority or the country."""

    indicators: tuple[str, ...]
    schools: int
    totals: int


def read_facts(path: Path) -> FactReading:
    """Every figure of the catalogue that the file has columns for; the catalogue is in indicators.py.

    Raises ColumnsMissing unless schools can be told apart (URN, or LA and ESTAB) and one figure is known.
    """
    with open_delimited(path) as file:
        reader = _FactReader(file)
        reader.read()
    kept, contradictions, repeated = _once(reader.rows)
    return FactReading(
        records=kept,
        problems=in_order([*reader.problems, *contradictions]),
        notes=notes_in_order(repeated),
        encoding=file.encoding,
        rows_read=reader.rows_read,
        indicators=tuple(indicator.key for indicator in reader.indicators),
        schools=reader.schools,
        totals=reader.totals,
    )


class _FactReader:
    def __init__(self, file: DelimitedFile) -> None:
        self._file = file
        self._columns = file.columns(_wanted())
        self.indicators = _recognised(file, self._columns)
        self._figures = [_Figure(indicator, self._columns) for indicator in self.indicators]
        self.rows: list[list[FactRow]] = []
        self.problems: list[RowProblem] = []
        self.rows_read = self.schools = self.totals = 0

    def read(self) -> None:
        for row in self._file.rows(self._columns):
            self.rows_read += 1
            if isinstance(row, RowProblem):
                self.problems.append(row)
            elif _is_total(row):
                self.totals += 1
            else:
                self._take(row)

    def _take(self, row: Row) -> None:
        try:
            school = _school(row)
        except FigureUnreadable as unreadable:
            self.problems.append(_problem(row, unreadable))
            return
        self.schools += 1
        taken: list[FactRow] = []
        for figure in self._figures:
            try:
                taken.append(figure.of(row, school))
            except FigureUnreadable as unreadable:
                self.problems.append(_problem(row, unreadable))
        if taken:
            self.rows.append(taken)


def _problem(row: Row, unreadable: FigureUnreadable) -> RowProblem:
    field = unreadable.field
    return RowProblem(row.line, row.heading(field), unreadable.reason, shown(row.text(field)))


class _School(NamedTuple):
    """As a row names it; `urn` is None only where both others are given."""

    urn: str | None
    la_code: str | None
    establishment_number: str | None


class _Figure:
    """An indicator as one file has it: where its cells stand, and what their texts are."""

    def __init__(self, indicator: Indicator, columns: Columns) -> None:
        self._key = indicator.key
        self._is_share = not indicator.value
        self._value_at, self._values = _reading(columns, indicator.value, partial(values, indicator))
        is_counted = bool(indicator.numerator) and indicator.numerator[0] in columns
        self._counts = _Counts(indicator, columns) if is_counted else None

    def of(self, row: Row, school: _School) -> FactRow:
        """Raises FigureUnreadable."""
        value, symbol = self._values[row.cells[self._value_at]]
        numerator = denominator = None
        if self._counts is not None:
            numerator, denominator, unknown = self._counts.of(row)
            if self._is_share:
                value, symbol = share(numerator, denominator, unknown)
            if symbol == "c" or numerator is None:
                numerator = denominator = None
        urn, la_code, number = school
        return FactRow(row.line, urn, la_code, number, self._key, numerator, denominator, value, symbol)


class _Counts:
    """The pupils that a figure is of, and those among whom they were counted."""

    def __init__(self, indicator: Indicator, columns: Columns) -> None:
        self._field = indicator.numerator[0]
        self._numerator_at, self._numerators = _reading(columns, indicator.numerator, pupils)
        self._denominator_at, self._denominators = _reading(columns, indicator.denominator, pupils)

    def of(self, row: Row) -> tuple[int | None, int | None, Symbol | None]:
        """The third is the symbol of one that is no number. Raises FigureUnreadable."""
        numerator, symbol = self._numerators[row.cells[self._numerator_at]]
        denominator, denominator_symbol = self._denominators[row.cells[self._denominator_at]]
        if numerator is not None and denominator is not None and numerator > denominator:
            raise FigureUnreadable(self._field, f"more than the {denominator} on roll; the figure was left out")
        return numerator, denominator, symbol or denominator_symbol


def _reading(
    columns: Columns, headings: Sequence[str], texts: Callable[[str], Texts[Number]]
) -> tuple[int, Texts[Number] | Absent]:
    """The index of the column, and what stands in its cells."""
    place = columns.place(headings[0]) if headings else None
    return (place.index, texts(headings[0])) if place else (0, Absent())


def _wanted() -> list[Column]:
    """A column's field is its first heading: several figures share the roll."""
    headings = (
        aliases
        for indicator in INDICATORS
        for aliases in (indicator.value, indicator.numerator, indicator.denominator)
        if aliases
    )
    figures = [Column(aliases[0], aliases) for aliases in dict.fromkeys(headings)]
    return [_URN, _LA_CODE, _NUMBER, _RECORD_TYPE, *figures]


def _recognised(file: DelimitedFile, columns: Columns) -> tuple[Indicator, ...]:
    if "urn" not in columns and not ("la_code" in columns and "establishment_number" in columns):
        raise ColumnsMissing(file.name, [_URN], file.headings)
    known = tuple(indicator for indicator in INDICATORS if all(part[0] in columns for part in _needed(indicator)))
    if not known:
        anything = tuple(part[0] for indicator in INDICATORS for part in _needed(indicator)[:1])
        raise ColumnsMissing(file.name, [Column("a published figure", anything)], file.headings)
    return known


def _needed(indicator: Indicator) -> list[tuple[str, ...]]:
    return [indicator.value] if indicator.value else [indicator.numerator, indicator.denominator]


def _is_total(row: Row) -> bool:
    """A sum for an authority or the country: by its RECTYPE, or because no school is named (URN blank or "NAT", and
    no authority with a school's number)."""
    record_type = row.text("record_type")
    if record_type:
        return record_type not in _SCHOOL_RECORDS
    urn = row.text("urn")
    nowhere = not (row.text("la_code").isdecimal() and row.text("establishment_number").isdecimal())
    return nowhere and (not urn or urn.isalpha())


def _school(row: Row) -> _School:
    urn = _code(row, "urn", 6, padded=False)
    la_code = _code(row, "la_code", 3, padded=True)
    number = _code(row, "establishment_number", 4, padded=True)
    if urn is None and (la_code is None or number is None):
        raise FigureUnreadable("urn", "neither a URN nor an authority with a school's number is given")
    return _School(urn, la_code, number)


def _code(row: Row, field: str, length: int, *, padded: bool) -> str | None:
    text = row.text(field)
    if not text:
        return None
    try:
        return cells.digits(text, length, what="a code", padded=padded)
    except CellUnreadable as unreadable:
        raise FigureUnreadable(field, f"{unreadable}; the row was left out") from unreadable


def _once(rows: Sequence[list[FactRow]]) -> tuple[tuple[FactRow, ...], list[RowProblem], list[RowNote]]:
    """One figure a school and indicator: equal ones once, contradicting ones not at all."""
    repeated = list(_repeated(rows))
    contradicting = [same for same in repeated if len({fact[1:] for fact in same}) > 1]
    refused = {id(fact) for same in contradicting for fact in same}
    equal = [same for same in repeated if id(same[0]) not in refused]
    left_out = refused | {id(fact) for same in equal for fact in same[1:]}
    kept = tuple(fact for fact in chain.from_iterable(rows) if id(fact) not in left_out)
    notes = [note for same in equal for note in _repeats(same)]
    return kept, [problem for same in contradicting for problem in _contradictions(same)], notes


def _repeated(rows: Sequence[list[FactRow]]) -> Iterator[list[FactRow]]:
    """Figures of one school and indicator that stand on several lines. Of a school with one line there is none."""
    by_school: dict[str | tuple[str | None, str | None], list[list[FactRow]]] = {}
    for row in rows:
        by_school.setdefault(row[0].urn or (row[0].la_code, row[0].establishment_number), []).append(row)
    for several in by_school.values():
        if len(several) > 1:
            by_indicator: dict[str, list[FactRow]] = {}
            for fact in chain.from_iterable(several):
                by_indicator.setdefault(fact.indicator, []).append(fact)
            yield from (same for same in by_indicator.values() if len(same) > 1)


def _repeats(same: list[FactRow]) -> Iterator[RowNote]:
    for fact in same[1:]:
        yield RowNote(fact.line, None, f"{fact.indicator}: the same as line {same[0].line}; taken once")


def _contradictions(same: list[FactRow]) -> Iterator[RowProblem]:
    for fact in same:
        others = ", ".join(str(other.line) for other in same if other is not fact)
        reason = f"the school's {fact.indicator} is given again on line {others} and differs; none was taken"
        yield RowProblem(fact.line, None, reason, shown(fact.urn or ""))
