"""Where every operation passes when it is over, with what it took; one that was slow is logged with its statements.

Whoever measures or traces operations begins at `Watch.finished`: each is told there once, whatever became of it.
"""

import logging
import re
from collections import Counter
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from time import perf_counter
from typing import NamedTuple, TypeVar

from footbridge.gateway.documents.document import Document
from footbridge.runtime.database import Transaction
from footbridge.tenancy.client import Side

log = logging.getLogger(__name__)

MOST_STATEMENTS = 10
LONGEST_TOLD = 10_000
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")

Answer = TypeVar("Answer")


class Way(StrEnum):
    """How an answer came about: by compiled statements alone, with the ordinary path, or from what is kept."""

    COMPILED = "compiled"
    ORDINARY = "ordinary"
    KEPT = "kept"


@dataclass(eq=False)
class Course:
    """What an operation does while it runs."""

    way: Way = Way.COMPILED
    _asked: list[Sequence[str]] = field(default_factory=list)

    def follow(self, transaction: Transaction) -> None:
        """What is asked in this transaction belongs to the operation."""
        self._asked.append(transaction.statements)

    @property
    def statements(self) -> list[str]:
        """Their texts, in order; values are no part of them."""
        return [statement for asked in self._asked for statement in asked]


class Finished(NamedTuple):
    """An operation that is over: answered, failed or given up."""

    side: Side
    document: Document
    course: Course
    seconds: float


class Watch:
    """Of one gateway: `slow_seconds` is what an operation may take without being told of."""

    def __init__(self, slow_seconds: float) -> None:
        self._slow_seconds = slow_seconds

    async def over(self, side: Side, document: Document, course: Course, running: Awaitable[Answer]) -> Answer:
        """Waits for the operation, and tells of it when it is over."""
        started = perf_counter()
        try:
            return await running
        finally:
            self.finished(Finished(side, document, course, perf_counter() - started))

    def finished(self, one: Finished) -> None:
        if one.seconds >= self._slow_seconds:
            log.warning("%s", _told(one))


def _told(one: Finished) -> str:
    """One line. No variables, and nobody's name: of an operation its document's, of a statement its text."""
    statements = one.course.statements
    different = Counter(statements)
    listed = [
        f"{f'{times} × ' if times > 1 else ''}{_line(statement)}"
        for statement, times in different.most_common(MOST_STATEMENTS)
    ]
    more = [f"and {len(different) - MOST_STATEMENTS} others"] if len(different) > MOST_STATEMENTS else []
    return (
        f"slow operation {one.document.name} ({one.document.id}) of a {one.side}: {one.seconds:.3f} s, "
        f"{one.course.way}, statements: {len(statements)}" + "".join(f" | {each}" for each in [*listed, *more])
    )


def _line(statement: str) -> str:
    """On one line, and without the control characters that mark places in an answer."""
    line = _CONTROL.sub(lambda found: f"\\x{ord(found[0]):02x}", " ".join(statement.split()))
    return line if len(line) <= LONGEST_TOLD else f"{line[:LONGEST_TOLD]}… ({len(line)} characters)"
