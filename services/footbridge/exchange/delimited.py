"""Reads a delimited file of unknown encoding row by row, and loses no row to a malformed neighbour."""

import csv
from collections import deque
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from footbridge.exchange.columns import Column, Columns, find_columns
from footbridge.exchange.encoding import LARGEST_FILE, FileEmpty, FileUnreadable, find_encoding
from footbridge.exchange.report import RowProblem

_LONGEST_LINE = 1_000_000
_MOST_LINES_A_ROW = 200
_DELIMITERS = ",;\t"


@dataclass(frozen=True, slots=True)
class Row:
    """One row; `line` is the physical line on which it starts. `surplus`: cells beyond the headings, not blank."""

    line: int
    cells: Sequence[str]
    columns: Columns

    @property
    def surplus(self) -> int:
        beyond = self.cells[self.columns.width :]
        return len(beyond) if any(cell.strip() for cell in beyond) else 0

    def text(self, field: str) -> str:
        """The cell with its spaces made single; '' where the file has no such column."""
        place = self.columns.place(field)
        return " ".join(self.cells[place.index].split()) if place else ""

    def heading(self, field: str) -> str:
        place = self.columns.place(field)
        return place.heading if place else field


@dataclass(frozen=True, slots=True)
class _Record:
    line: int
    cells: list[str]


@dataclass(frozen=True, slots=True)
class _Malformed:
    line: int
    reason: str


class _Lines:
    """The physical lines of a file, counted, some of which may be put back to be read again."""

    def __init__(self, file: TextIO, name: str) -> None:
        self._file = file
        self._name = name
        self._waiting: deque[str] = deque()
        self.next_line = 1

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._waiting.popleft() if self._waiting else self._file.readline(_LONGEST_LINE)
        if not line:
            raise StopIteration
        if len(line) == _LONGEST_LINE:
            raise FileUnreadable(f"Line {self.next_line} of {self._name} is longer than {_LONGEST_LINE:,} characters.")
        self.next_line += 1
        return line

    def put_back(self, lines: Sequence[str]) -> None:
        self._waiting.extendleft(reversed(lines))
        self.next_line -= len(lines)


class DelimitedFile:
    """An open file: its name, its encoding in words, its headings; its rows are read once, in order."""

    def __init__(self, name: str, encoding: str, file: TextIO) -> None:
        self.name = name
        self.encoding = encoding
        self._lines = _Lines(file, name)
        self._delimiter = ","
        self.headings = self._read_headings()

    def columns(self, wanted: Sequence[Column]) -> Columns:
        return find_columns(self.headings, wanted, name=self.name)

    def rows(self, columns: Columns, *, surplus_allowed: bool = False) -> Iterator[Row | RowProblem]:
        """Each row that is not blank, or why it cannot be read.

        A row that ends before a column in use is a problem; one with more cells than headings is too, unless
        the caller can tell by what stands in them (`surplus_allowed`).
        """
        while True:
            record = self._next_record()
            if record is None:
                return
            if isinstance(record, _Malformed):
                yield RowProblem(record.line, None, record.reason)
            elif any(cell.strip() for cell in record.cells):
                yield _fitted(Row(record.line, record.cells, columns), surplus_allowed=surplus_allowed)

    def _read_headings(self) -> list[str]:
        for line in self._lines:
            if not line.strip():
                continue
            self._delimiter = max(_DELIMITERS, key=line.count)
            self._lines.put_back([line])
            record = self._parse()
            if isinstance(record, _Malformed) or record is None:
                raise FileUnreadable(f"The headings of {self.name} cannot be read: a quotation mark is out of place.")
            return [" ".join(cell.split()) for cell in record.cells]
        raise FileEmpty(self.name)

    def _next_record(self) -> _Record | _Malformed | None:
        start = self._lines.next_line
        taken: list[str] = []
        record = self._parse(taken)
        if isinstance(record, _Record) and len(taken) > 1 and len(record.cells) != len(self.headings):
            self._lines.put_back(taken[1:])
            return _Malformed(start, "a quotation mark is opened and not closed; close it or double it")
        return record

    def _parse(self, taken: list[str] | None = None) -> _Record | _Malformed | None:
        """The next record. A malformed one costs its first line only: those after it are read again."""
        taken = [] if taken is None else taken
        start = self._lines.next_line
        try:
            cells = next(csv.reader(self._feed(taken), delimiter=self._delimiter, strict=True))
        except StopIteration:
            return None
        except csv.Error:
            self._lines.put_back(taken[1:])
            return _Malformed(start, "a quotation mark is out of place or not closed; close it or double it")
        return _Record(start, cells)

    def _feed(self, taken: list[str]) -> Generator[str]:
        for line in self._lines:
            taken.append(line)
            if len(taken) > _MOST_LINES_A_ROW:
                raise csv.Error("too many lines for one row")
            yield line


def _fitted(row: Row, *, surplus_allowed: bool) -> Row | RowProblem:
    cut_off = row.columns.beyond(len(row.cells))
    if cut_off is not None:
        reason = f"the row has {len(row.cells)} cells, the headings {row.columns.width}; this cell is missing"
        return RowProblem(row.line, cut_off, reason)
    if row.surplus and not surplus_allowed:
        return RowProblem(row.line, None, surplus_reason(row))
    return row


def surplus_reason(row: Row) -> str:
    return (
        f"the row has {len(row.cells)} cells, the headings {row.columns.width}, so that cells may stand under "
        "the wrong heading; put a cell that holds a comma in quotation marks"
    )


@contextmanager
def open_delimited(path: Path, *, largest: int = LARGEST_FILE) -> Generator[DelimitedFile]:
    """Raises FileUnreadable, FileEmpty, FileTooLarge or NotDelimitedText, with a message for a person."""
    encoding = find_encoding(path, largest=largest)
    with path.open(encoding=encoding.codec, newline="") as file:
        yield DelimitedFile(path.name, encoding.label, file)
