"""Paths: everything below every root field, by everybody who has an endpoint of that side."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from footbridge.gateway.documents.door import OWN
from footbridge.runtime.ids import global_id
from tests.isolation.gateway.arena import Answer
from tests.isolation.gateway.contract import Side
from tests.isolation.gateway.document import Document
from tests.isolation.gateway.ledger import notes_of
from tests.isolation.gateway.matrix import Findings, Matrix, drain
from tests.isolation.gateway.sender import May, Sender
from tests.isolation.gateway.sighting import Sighting

PAGING = frozenset({"first", "last", "after", "before"})
REFUSALS = frozenset({"NOT_PERMITTED", "NOT_FOUND", "NOT_SIGNED_IN", "NO_POST_CHOSEN", "TOKEN_NOT_VALID"})


async def paths(matrix: Matrix) -> Findings:
    for side in Side:
        for sender in matrix.senders(side):
            async for finding in _of_sender(matrix, sender):
                yield finding


async def _of_sender(matrix: Matrix, sender: Sender) -> Findings:
    before = matrix.arena.ledger.state()
    for document in matrix.whole(sender.side):
        if document.root.is_mutation:
            continue
        for variables in ways_to_say(document, matrix.valid(document, sender.home)):
            answer = await matrix.arena.ask(sender, document, variables)
            matrix.count("paths")
            async for finding in drain(matrix):
                yield finding
            for finding in _judged(sender, answer):
                yield f"{sender}, {document}: {finding}"
            for finding in [*_nothing_there(sender, document, answer), *unrecorded(matrix, sender, document, answer)]:
                yield f"{sender}, {document}: {finding}"
    matrix.arena.compare_rows(before, notes_of(sender.home), f"{sender}, paths")
    async for finding in drain(matrix):
        yield finding


def ways_to_say(document: Document, variables: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """With every filter, and with none."""
    yield variables
    filters = {slot.variable for slot in document.slots if not slot.required and slot.argument not in PAGING}
    if filters & set(variables):
        yield {name: value for name, value in variables.items() if name not in filters}


def _judged(sender: Sender, answer: Answer) -> Iterator[str]:
    reads_all = sender.reaches and bool({May.READ, May.COMPARE} & sender.may)
    if reads_all and not answer.is_done:
        yield f"is refused what is its own: {answer}"
    if not reads_all and not answer.is_done and not set(answer.codes) <= REFUSALS:
        yield f"is refused for another reason than that it may not: {answer}"
    if not sender.reaches and answer.is_done:
        yield f"is answered: {answer}"


def _nothing_there(sender: Sender, document: Document, answer: Answer) -> Iterator[str]:
    """What a tenant has is found by its own people: an empty answer would be like anybody's."""
    reads_all = sender.reaches and bool({May.READ, May.COMPARE} & sender.may) and not sender.beyond
    if reads_all and answer.is_done and answer.content["data"][document.root.name] is None:
        yield f"does not find what is its own: {answer}"


def unrecorded(matrix: Matrix, sender: Sender, document: Document, answer: Answer) -> Iterator[str]:
    """Each figure of a school that was shown to its trust has left who read it, before the answer was there."""
    if sender.side is not Side.TRUST:
        return
    read = [figure for seen in answer.sightings if (figure := _figure(seen)) is not None]
    if not read:
        return
    recorded = {
        (global_id("sch", UUID(school)), measure, period)
        for school, measure, period in matrix.arena.ledger.accesses_of(sender.actor_id, _told_as(sender, document))
    }
    for school, measure, period in read:
        if not any((school or each[0], measure, period) == each for each in recorded):
            yield f"no access record of {measure} {period} of {school}"


def _told_as(sender: Sender, document: Document) -> str:
    """How an access record names the operation."""
    return OWN if sender.is_program else document.name


def _figure(seen: Sighting) -> tuple[str | None, str, str] | None:
    """School, measure and period of what stands beside a head's note: the mark of a published figure."""
    if "contextNote" not in seen.values or seen.values.get("state") != "shown":
        return None
    if seen.nearest("measure") is None:
        return None
    school = seen.values.get("schoolId") or seen.nearest("id", of="School")
    return school, seen.nearest("measure")["id"], seen.nearest("period")["code"]
