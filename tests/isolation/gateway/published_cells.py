"""What the gateway remembers of what was published: told to whom it may be, and for as long as it is so.

Everybody at a trust asks, one right after another and again the other way round, before and after each thing that
changes what there is to tell; and what is told is what the ordinary path, which remembers nothing, tells then.
"""

import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, ExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from unittest.mock import patch

from sqlalchemy import func, update

from footbridge.runtime import clock
from footbridge.tenancy import tables
from footbridge.tenancy.session import open_register
from tests.isolation.gateway.arena import Answer
from tests.isolation.gateway.contract import Side
from tests.isolation.gateway.document import Document
from tests.isolation.gateway.matrix import Findings, Matrix, drain
from tests.isolation.gateway.ordinary_cells import same
from tests.isolation.gateway.path_cells import unrecorded, ways_to_say
from tests.isolation.gateway.place import with_value
from tests.isolation.gateway.pool import Target
from tests.isolation.gateway.sender import Sender

Variables = dict[str, Any]
Told = list[str]


@dataclass(frozen=True)
class Change:
    """Something that happens, and is taken back after its round if it can be; `shows` at once, or only later."""

    about: str
    done: Callable[[], AbstractAsyncContextManager[None]]
    shows: bool = True


async def published(matrix: Matrix) -> Findings:
    head = matrix.arena.senders["head"]
    target = matrix.pools[head.home].take("signRelease")
    known: Told = []
    async for finding in _round(matrix, target, "at first", known):
        yield finding
    for changes in _occasions(matrix, head, target):
        async for finding in _one_after_another(matrix, target, known, changes):
            yield finding


async def _one_after_another(matrix: Matrix, target: Target, known: Told, changes: list[Change]) -> Findings:
    """Those that follow happen before the earlier ones are taken back."""
    if not changes:
        return
    change, *more = changes
    async with change.done():
        told: Told = []
        async for finding in _round(matrix, target, change.about, told):
            yield finding
        if change.shows and not matrix.only and told == known:
            yield f"{change.about}: nobody is told anything new, and so nothing was tried"
        known[:] = told
        async for finding in _one_after_another(matrix, target, known, more):
            yield finding


def _occasions(matrix: Matrix, head: Sender, target: Target) -> Iterator[list[Change]]:
    school, link = tables.school, tables.trust_group_membership
    own, member = school.c.id == head.home.school_id, link.c.school_id == head.home.school_id
    renamed = update(school).where(own).values(name=func.concat(school.c.name, " anew"))
    as_before = update(school).where(own).values(name=func.replace(school.c.name, " anew", ""))
    leaves = update(link).where(member).values(until_on=clock.today() + timedelta(days=1))
    stays = update(link).where(member).values(until_on=None)
    yield [Change("after a head has signed", lambda: _by_head(matrix, head, "signRelease", target))]
    yield [Change("after a head has taken it back", lambda: _by_head(matrix, head, "withdrawRelease", target))]
    yield [Change("after a school was renamed", lambda: _in_register(matrix, renamed, as_before))]
    yield [
        Change("before a school leaves a hub", lambda: _in_register(matrix, leaves, stays), shows=False),
        Change("on the day when it has left", _tomorrow),
    ]


@asynccontextmanager
async def _by_head(matrix: Matrix, head: Sender, mutation: str, target: Target) -> AsyncIterator[None]:
    document = next(each for each in matrix.library.brief[Side.SCHOOL] if each.root.name == mutation)
    answer = await matrix.arena.ask(head, document, matrix.valid(document, head.home, target))
    assert answer.is_done, answer
    yield


@asynccontextmanager
async def _in_register(matrix: Matrix, change: Any, back: Any) -> AsyncIterator[None]:
    async with open_register(matrix.arena.copy.database) as register:
        await register.transaction.run(change)
    yield
    async with open_register(matrix.arena.copy.database) as register:
        await register.transaction.run(back)


@asynccontextmanager
async def _tomorrow() -> AsyncIterator[None]:
    """For every module of the product that asks for the day."""
    known, day = clock.today, clock.today() + timedelta(days=1)

    def tomorrow() -> date:
        return day

    with ExitStack() as moved:
        for name, module in list(sys.modules.items()):
            if name.startswith("footbridge.") and vars(module).get("today") is known:
                moved.enter_context(patch.object(module, "today", tomorrow))
        yield


async def _round(matrix: Matrix, target: Target, about: str, told: Told) -> Findings:
    readers = [sender for sender in matrix.senders(Side.TRUST) if sender.reaches]
    for document in matrix.whole(Side.TRUST):
        answers: list[tuple[Sender, Variables, Answer]] = []
        for reader in [*readers, *reversed(readers)]:
            for variables in _ways(matrix, document, reader, target):
                matrix.count("published")
                answer = await matrix.arena.ask(reader, document, variables)
                answers.append((reader, variables, answer))
                for finding in unrecorded(matrix, reader, document, answer):
                    yield f"{reader}, {document}, {about}: {finding}"
        for reader, variables, answer in answers:
            with matrix.arena.ordinarily():
                expected = await matrix.arena.ask(reader, document, variables)
            told.append(expected.text)
            if not same(answer, expected):
                yield f"{reader}, {document}, {about}: is told {answer}, and it is {expected}"
        async for finding in drain(matrix):
            yield finding


def _ways(matrix: Matrix, document: Document, reader: Sender, target: Target) -> list[Variables]:
    """One's own things, and those of the target, whose they are or not."""
    own = matrix.valid(document, reader.home)
    aimed = matrix.valid(document, reader.home, target)
    for place in matrix.id_places(document):
        kind, *others = matrix.kinds(place, document)
        name = f"{kind[:1].lower()}{kind[1:]}Id"
        if not others and name in target:
            aimed = with_value(aimed, place, target[name])
    both = [*ways_to_say(document, own), *ways_to_say(document, aimed)]
    return [said for number, said in enumerate(both) if said not in both[:number]]
