"""Draws documents, runs each by both paths, and keeps what differs and what was covered."""

import asyncio
import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings

from footbridge.gateway import faults
from footbridge.gateway.documents.cost import TooCostly
from tests.gateway.differential.both_paths import Answer, BothPaths, differences
from tests.gateway.differential.documents import documents
from tests.gateway.differential.known import Known
from tests.gateway.differential.reach import every_coordinate
from tests.gateway.differential.selections import Drawn
from tests.gateway.differential.tally import FEATURES, Tally

LAST_LINES = 6
AT_ONCE = settings(
    max_examples=12, database=None, deadline=None, phases=[Phase.generate, Phase.shrink],
    suppress_health_check=list(HealthCheck), report_multiple_bugs=False, print_blob=False,
)  # fmt: skip
"""Few at once: beyond ten, hypothesis repeats parts of what it has drawn, and documents become alike."""
MOST_FAILURES = 3
"""Making a document small takes many answers."""


class PathsDiffer(AssertionError):
    """Says in what, and shows the document, which hypothesis has made as small as it can be."""

    def __init__(self, drawn: Drawn, found: list[str]) -> None:
        super().__init__("\n".join(found[:4]) + repr(drawn))
        self.kind = re.sub(r"[0-9a-f]{8,}|\d+", "…", found[0])[:60]
        """Two of one kind have most likely one cause."""


@dataclass
class Proof:
    """Of one schema. After a difference other documents are drawn, until there are several of different kinds."""

    paths: BothPaths
    known: Known = field(repr=False)
    runner: asyncio.Runner = field(repr=False)
    tally: Tally = field(default_factory=Tally, repr=False)
    failures: dict[str, PathsDiffer] = field(default_factory=dict, repr=False)
    _passed: set[int] = field(default_factory=set, repr=False)
    _heard: list[str] = field(default_factory=list, repr=False)

    def run(self, least: int, number: int, most_failures: int = MOST_FAILURES) -> None:
        """So many different documents, and as many more as it takes to cover everything, but not without end; the
        same ones for the same number.
        """
        failing = 0
        with _log_kept() as self._heard:
            while len(self._passed) < (least if self.is_covered else least * 2):
                try:
                    self._draw_some(number)
                except PathsDiffer as difference:
                    self.failures.setdefault(difference.kind, difference)
                    failing += 1
                if failing == most_failures:
                    break
                number += 1

    def tell(self) -> None:
        """Fails with the smallest document of each kind of difference."""
        if self.failures:
            pytest.fail("\n\n".join(map(str, self.failures.values())), pytrace=False)

    @property
    def is_covered(self) -> bool:
        return not (self.unanswered or self.unasked)

    @property
    def unanswered(self) -> list[str]:
        """Fields that were never asked, or held nothing in every answer."""
        return sorted(every_coordinate(self.paths.schema._schema)[0] - self.tally.answered)

    @property
    def unasked(self) -> list[str]:
        """Arguments and features of the language."""
        arguments = every_coordinate(self.paths.schema._schema)[1]
        return sorted((arguments | set(FEATURES)) - set(self.tally.asked))

    def _draw_some(self, number: int) -> None:
        @seed(number)
        @AT_ONCE
        @given(documents(self.paths.schema._schema, self.known))
        def both_paths_answer_alike(drawn: Drawn) -> None:
            if hash(repr(drawn)) not in self._passed:
                try:
                    self.runner.run(self._compare(drawn))
                except TooCostly:
                    return  # refused before either path sees it
                self._passed.add(hash(repr(drawn)))

        both_paths_answer_alike()

    async def _compare(self, drawn: Drawn) -> None:
        ordinary = await self._answer(drawn, compiled=False)
        compiled = await self._answer(drawn, compiled=True)
        found = differences(compiled, ordinary)
        if found:
            raise PathsDiffer(drawn, found)
        everything, *_ = self.known.callers.values()
        may = self.known.callers[drawn.caller].permissions == everything.permissions
        self.tally.add(drawn, compiled, counts=may)

    async def _answer(self, drawn: Drawn, *, compiled: bool) -> Answer:
        """A path that breaks is a difference too, whatever the other one says."""
        path, caller = "compiled" if compiled else "ordinary", self.known.callers[drawn.caller]
        operation = self.paths.operation(drawn.text, drawn.variables)
        self._heard.clear()
        try:
            answer = await self.paths.answer(caller, operation, compiled=compiled)
        except Exception as error:
            raise PathsDiffer(drawn, [f"the {path} path breaks: {type(error).__name__}: {error}"]) from error
        if self._heard:
            raise PathsDiffer(drawn, [f"the {path} path has a fault: {said}" for said in self._heard[:1]])
        return answer


@contextmanager
def _log_kept() -> Iterator[list[str]]:
    """What the gateway says of faults: here, and not a thousand times in the log while a document is made smaller."""
    heard: list[str] = []

    def keep(record: logging.LogRecord) -> bool:
        told, *places = record.getMessage().splitlines()
        heard.append("\n".join([told, *places[-LAST_LINES:]]))
        return False

    with patch.object(faults.log, "filters", [keep]):
        yield heard
