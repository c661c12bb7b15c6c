"""Reads what DfE publishes of schools (absence, census, results) as public facts."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

from footbridge.exchange import cells
from footbridge.exchange.cells import CellUnreadable
from footbridge.exchange.columns import Column, Columns, ColumnsMissing
from footbridge.exchange.delimited import DelimitedFile, Row, open_delimited
from footbridge.exchange.indicators import INDICATORS, SYMBOLS, Indicator, Symbol
from footbridge.exchange.report import Reading, RowNote, RowProblem, in_order, notes_in_order, shown

_URN = Column("urn", ("URN",))
_LA_CODE = Column("la_code", ("LA", "LEA", "LA (code)"))
_NUMBER = Column("establishment_number", ("ESTAB", "EstablishmentNumber"))
_RECORD_TYPE = Column("record_type", ("RECTYPE",))
# RECTYPE of DfE's performance tables: 1 mainstream, 2 special; all others are sums over schools.
_SCHOOL_RECORDS = frozenset(("1", "2"))
_NUMBER_SHAPE = re.compile(r"-?[0-9]{1,9}(\.[0-9]{1,6})?")
_TENTH = Decimal("0.1")


@dataclass(frozen=True, slots=True)
class FactRow:
    """One figure of one school as published.

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
    kept, contradictions, repeated = _once(reader.facts)
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
        self.facts: list[FactRow] = []
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
        except _CellProblem as problem:
            self.problems.append(problem.of(row))
            return
        self.schools += 1
        for indicator in self.indicators:
            try:
                self.facts.append(_fact(row, school, indicator))
            except _CellProblem as problem:
                self.problems.append(problem.of(row))


class _CellProblem(Exception):
    def __init__(self, field: str, reason: str) -> None:
        super().__init__(reason)
        self.field = field
        self.reason = reason

    def of(self, row: Row) -> RowProblem:
        return RowProblem(row.line, row.heading(self.field), self.reason, shown(row.text(self.field)))


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


def _school(row: Row) -> FactRow:
    """The row's school, as a fact still without a figure."""
    urn = _code(row, "urn", 6, padded=False)
    la_code = _code(row, "la_code", 3, padded=True)
    number = _code(row, "establishment_number", 4, padded=True)
    if urn is None and (la_code is None or number is None):
        raise _CellProblem("urn", "neither a URN nor an authority with a school's number is given")
    return FactRow(row.line, urn, la_code, number, "", None, None, None, None)


def _code(row: Row, field: str, length: int, *, padded: bool) -> str | None:
    text = row.text(field)
    if not text:
        return None
    try:
        return cells.digits(text, length, what="a code", padded=padded)
    except CellUnreadable as unreadable:
        raise _CellProblem(field, f"{unreadable}; the row was left out") from unreadable


def _fact(row: Row, school: FactRow, indicator: Indicator) -> FactRow:
    value, symbol = _figure(row, indicator.value, indicator) if indicator.value else (None, None)
    numerator, numerator_symbol = _pupils(row, indicator.numerator)
    denominator, denominator_symbol = _pupils(row, indicator.denominator)
    if numerator is not None and denominator is not None and numerator > denominator:
        raise _CellProblem(indicator.numerator[0], f"more than the {denominator} on roll; the figure was left out")
    if not indicator.value:
        value, symbol = _share(numerator, denominator, numerator_symbol or denominator_symbol)
    if symbol == "c":
        numerator = denominator = None
    return replace(
        school,
        indicator=indicator.key,
        numerator=numerator,
        denominator=denominator if numerator is not None else None,
        value=value,
        symbol=symbol,
    )


def _share(
    numerator: int | None, denominator: int | None, symbol: Symbol | None
) -> tuple[Decimal | None, Symbol | None]:
    """In percent with one decimal, as DfE rounds; of nobody, not applicable."""
    if numerator is None or denominator is None:
        return None, symbol or "x"
    if denominator == 0:
        return None, "z"
    return (Decimal(100 * numerator) / denominator).quantize(_TENTH, ROUND_HALF_UP), None


def _pupils(row: Row, headings: tuple[str, ...]) -> tuple[int | None, Symbol | None]:
    if not headings or headings[0] not in row.columns:
        return None, None
    text = row.text(headings[0])
    if text.upper() in SYMBOLS:
        return None, SYMBOLS[text.upper()]
    try:
        return cells.whole(text, most=9_999_999), None
    except CellUnreadable as unreadable:
        raise _CellProblem(headings[0], f"{unreadable}; the figure was left out") from unreadable


def _figure(row: Row, headings: tuple[str, ...], indicator: Indicator) -> tuple[Decimal | None, Symbol | None]:
    text = row.text(headings[0])
    if text.upper() in SYMBOLS:
        return None, SYMBOLS[text.upper()]
    number = text.removesuffix("%").strip() if indicator.unit == "percent" else text
    low, high = indicator.bounds
    if not _NUMBER_SHAPE.fullmatch(number) or not low <= Decimal(number) <= high:
        reason = f"a number from {low} to {high} or a symbol such as SUPP was expected; the figure was left out"
        raise _CellProblem(headings[0], reason)
    return Decimal(number), None


def _once(facts: list[FactRow]) -> tuple[tuple[FactRow, ...], list[RowProblem], list[RowNote]]:
    """One figure a school and indicator: equal ones once, contradicting ones not at all."""
    listed: dict[tuple[str | None, str | None, str | None, str], list[FactRow]] = {}
    for fact in facts:
        la_code, number = (None, None) if fact.urn else (fact.la_code, fact.establishment_number)
        listed.setdefault((fact.urn or None, la_code, number, fact.indicator), []).append(fact)
    contradicting = [same for same in listed.values() if len({replace(fact, line=0) for fact in same}) > 1]
    refused = {id(fact) for same in contradicting for fact in same}
    kept = tuple(same[0] for same in listed.values() if id(same[0]) not in refused)
    notes = [note for same in listed.values() if id(same[0]) not in refused for note in _repeats(same)]
    return kept, [problem for same in contradicting for problem in _contradictions(same)], notes


def _repeats(same: list[FactRow]) -> Iterator[RowNote]:
    for fact in same[1:]:
        yield RowNote(fact.line, None, f"{fact.indicator}: the same as line {same[0].line}; taken once")


def _contradictions(same: list[FactRow]) -> Iterator[RowProblem]:
    for fact in same:
        others = ", ".join(str(other.line) for other in same if other is not fact)
        reason = f"the school's {fact.indicator} is given again on line {others} and differs; none was taken"
        yield RowProblem(fact.line, None, reason, shown(fact.urn or ""))
