"""Idempotency keys: an answer is told again to the one who had it, while they may, and to nobody else."""

import asyncio
from typing import Any

from tests.isolation.gateway.arena import Answer
from tests.isolation.gateway.contract import Side
from tests.isolation.gateway.document import Document
from tests.isolation.gateway.ledger import Allowed, notes_of, nothing, record_of
from tests.isolation.gateway.matrix import Findings, Matrix, drain
from tests.isolation.gateway.mutation_cells import needed
from tests.isolation.gateway.place import places, with_value
from tests.isolation.gateway.sender import May, Sender

OTHERS = ("head", "community lead", "governor", "sibling head", "stranger head", "program", "former member", "nobody")


async def replays(matrix: Matrix) -> Findings:
    for document in matrix.brief(Side.SCHOOL):
        if document.root.is_mutation:
            async for finding in _of_mutation(matrix, document):
                yield finding
            async for finding in drain(matrix):
                yield finding


async def _of_mutation(matrix: Matrix, document: Document) -> Findings:
    senders = matrix.arena.senders
    first = senders["acting head" if needed(document) is May.SIGN else "deputy who governs"]
    target = matrix.pools[first.home].take(document.root.name)
    variables = matrix.valid(document, first.home, target)
    told, finding = await _twice_at_once(matrix, document, first, variables)
    if finding:
        yield finding
    again = await _send(matrix, document, first, variables, nothing)
    if not again.is_replayed or again.content.get("data") != told.content.get("data"):
        yield f"{first}, {document}: the same again is answered {again}, at first {told}"
    reused = await _send(matrix, document, first, _changed(document, variables), nothing)
    if reused.is_replayed or "IDEMPOTENCY_KEY_REUSED" not in reused.codes:
        yield f"{first}, {document}: another request with that key is answered {reused}"
    if first.name == "deputy who governs":
        demoted = await _send(matrix, document, senders["governor who deputises"], variables, notes_of(first.home))
        if demoted.is_done or "NOT_PERMITTED" not in demoted.codes:
            yield f"{document}: one who may not any more is told {demoted}"
    for name in OTHERS:
        sender = senders[name]
        allowed = record_of(sender.home) if sender.reaches else nothing
        answer = await _send(matrix, document, sender, variables, allowed)
        if answer.is_replayed or (sender.home != first.home and _same(answer, told)):
            yield f"{sender}, {document}: is told the answer of {first}: {answer}"
        if not sender.reaches and answer.is_done:
            yield f"{sender}, {document}: is answered {answer}"


async def _twice_at_once(
    matrix: Matrix, document: Document, sender: Sender, variables: dict[str, Any]
) -> tuple[Answer, str | None]:
    """One is done, the other is told its answer; no event of it is there twice."""
    matrix.count("replays")
    events = matrix.arena.ledger.events_of(sender.actor_id)
    answers = await asyncio.gather(*(matrix.arena.ask(sender, document, variables) for _ in range(2)))
    left = matrix.arena.ledger.events_of(sender.actor_id) - events
    told, twin = sorted(answers, key=lambda answer: answer.is_replayed)
    one = not told.is_replayed and twin.is_replayed and told.content.get("data") == twin.content.get("data")
    if not one or not set(left.values()) <= {1}:
        return told, f"{sender}, {document}: two at once are answered {told} and {twin}, and left {dict(left)}"
    return told, None


async def _send(
    matrix: Matrix, document: Document, sender: Sender, variables: dict[str, Any], allowed: Allowed
) -> Answer:
    matrix.count("replays")
    before = matrix.arena.ledger.state()
    answer = await matrix.arena.ask(sender, document, variables)
    matrix.arena.compare_rows(before, allowed, f"{sender}, {document} with a used key")
    return answer


def _same(answer: Answer, told: Answer) -> bool:
    """An id of their own stands in each answer that a change gives anew."""
    return answer.is_done and "_" in answer.text and answer.text == told.text and "id" in told.text


def _changed(document: Document, variables: dict[str, Any]) -> dict[str, Any]:
    """The same but for one value."""
    for place in places(document):
        if place.is_leaf and place.type in {"String", "Date", "ID"} and place.name != "idempotencyKey":
            return with_value(variables, place, {"Date": "2025-03-04"}.get(place.type, "another value"))
    raise AssertionError(f"{document} says nothing that could be another")
