"""Changes with one's own valid values: done by those who may, refused to everybody else, and told of in the audit."""

from collections.abc import Iterator, Mapping

from tests.isolation.gateway.arena import Answer
from tests.isolation.gateway.contract import Side
from tests.isolation.gateway.document import Document
from tests.isolation.gateway.ledger import changed, notes_of, nothing, record_of
from tests.isolation.gateway.matrix import Findings, Matrix, drain
from tests.isolation.gateway.sender import May, Sender

HEADS_OWN = frozenset({"signRelease", "withdrawRelease"})
"""What only a head does; every other mutation is for those who change the record."""

EVENTS: Mapping[str, frozenset[str]] = {
    "signRelease": frozenset({"publication.sign", "publication.published"}),
    "withdrawRelease": frozenset({"publication.withdraw", "publication.withdrawn"}),
}
"""Of those that leave one from each of two transactions; every other leaves at least one."""


def needed(document: Document) -> May:
    return May.SIGN if document.root.name in HEADS_OWN else May.CHANGE


async def changes(matrix: Matrix) -> Findings:
    for document in matrix.whole(Side.SCHOOL):
        if not document.root.is_mutation:
            continue
        done = 0
        for sender in matrix.senders(Side.SCHOOL):
            answer, found = await _change(matrix, document, sender)
            done += answer.is_done
            for finding in found:
                yield f"{sender}, {document}: {finding}"
            async for finding in drain(matrix):
                yield finding
        if not done:
            yield f"{document}: nobody can do it with values of their own: what is refused in other cells means nothing"


async def _change(matrix: Matrix, document: Document, sender: Sender) -> tuple[Answer, list[str]]:
    matrix.count("changes")
    may = sender.reaches and needed(document) in sender.may
    target = matrix.pools[sender.home].take(document.root.name) if may else None
    before, events = matrix.arena.ledger.state(), matrix.arena.ledger.events_of(sender.actor_id)
    answer = await matrix.arena.ask(sender, document, matrix.valid(document, sender.home, target))
    left = matrix.arena.ledger.events_of(sender.actor_id) - events
    allowed = record_of(sender.home) if may else notes_of(sender.home) if sender.reaches else nothing
    after = matrix.arena.compare_rows(before, allowed, f"{sender}, {document}")
    touched = list(changed(before, after, notes_of(sender.home)))
    judged = _done(document, answer, touched, set(left)) if may else _refused(sender, answer, dict(left))
    return answer, list(judged)


def _done(document: Document, answer: Answer, touched: list[str], events: set[str]) -> Iterator[str]:
    if not answer.is_done:
        yield f"is refused though the post is for it: {answer}"
    elif touched and not events:
        yield f"left the events {events} of {touched}"
    elif not EVENTS.get(document.root.name, frozenset()) <= events:
        yield f"left the events {events} only"


def _refused(sender: Sender, answer: Answer, left: dict[str, int]) -> Iterator[str]:
    if answer.is_done:
        yield f"is done though the post is not for it: {answer}"
    elif sender.reaches and not set(answer.codes) <= {"NOT_PERMITTED", "SCOPE_MISSING"}:
        yield f"is refused for another reason: {answer}"
    expected = {"gateway.refused": 1} if "NOT_PERMITTED" in answer.codes else {}
    if left != expected:
        yield f"left the events {left}, not {expected}"
