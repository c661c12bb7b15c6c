"""What reading a file came to: the usable records, and line by line what could not be used and why."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")

_LONGEST_SHOWN = 60


def shown(value: object) -> str:
    """A cell fit to print on a terminal: one line, no control characters, at most 60 characters."""
    text = "".join(sign if sign.isprintable() else "�" for sign in " ".join(str(value).split()))
    return text if len(text) <= _LONGEST_SHOWN else text[: _LONGEST_SHOWN - 1] + "…"


@dataclass(frozen=True, slots=True)
class RowProblem:
    """Why a row (or one figure of it) was not taken.

    `line` is the physical line, the heading being line 1; rows of a mutation are counted from 1. `value` is
    safe to print. `subject` is the trust the row names: "" for none, None where that could not be read.
    """

    line: int
    column: str | None
    reason: str
    value: str = ""
    subject: str | None = None

    def __str__(self) -> str:
        return _sentence(self.line, self.column, self.value, self.reason)


@dataclass(frozen=True, slots=True)
class RowNote:
    """What a person should know of a row that was taken, or was rightly left out."""

    line: int
    column: str | None
    reason: str
    value: str = ""
    subject: str | None = None

    def __str__(self) -> str:
        return _sentence(self.line, self.column, self.value, self.reason)


def _sentence(line: int, column: str | None, value: str, reason: str) -> str:
    place = f"line {line}" + (f", column “{column}”" if column else "")
    return f"{place}: “{value}”: {reason}" if value else f"{place}: {reason}"


@dataclass(frozen=True)
class Reading(Generic[T]):
    """Records in the file's order. `encoding` is None for rows that came typed; blank lines are no rows."""

    records: tuple[T, ...]
    problems: tuple[RowProblem, ...]
    notes: tuple[RowNote, ...]
    encoding: str | None
    rows_read: int

    @property
    def complete(self) -> bool:
        """Whether every row could be used; if not, a command ends with exit code 3."""
        return not self.problems


def in_order(problems: Iterable[RowProblem]) -> tuple[RowProblem, ...]:
    return tuple(sorted(problems, key=lambda problem: problem.line))


def notes_in_order(notes: Iterable[RowNote]) -> tuple[RowNote, ...]:
    return tuple(sorted(notes, key=lambda note: note.line))
