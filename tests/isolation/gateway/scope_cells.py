"""Scopes: what a program does with each set of them, and that a person sends no text of their own."""

from dataclasses import dataclass

from footbridge.tenancy.permission import Scope
from tests.isolation.gateway.arena import Answer
from tests.isolation.gateway.contract import Side
from tests.isolation.gateway.document import Document
from tests.isolation.gateway.ledger import nothing, record_of
from tests.isolation.gateway.matrix import Findings, Matrix, drain
from tests.isolation.gateway.sender import Sender

INTROSPECTIONS = ("{ __schema { queryType { name } } }", '{ __type(name: "School") { fields { name } } }')
QUERIED, CHANGED = "school", "addActivity"


@dataclass(frozen=True)
class Sent:
    """A way to send, and the scopes that it takes."""

    name: str
    needs: frozenset[Scope]
    document: Document | None
    by_text: bool
    text: str = ""


async def scopes(matrix: Matrix) -> Findings:
    for held, sender in matrix.arena.senders.by_scopes.items():
        for sent in _ways(matrix):
            async for finding in _try(matrix, sender, sent, sent.needs <= held):
                yield finding
    for side in Side:
        for sender in matrix.senders(side):
            if sender.is_program:
                continue
            for sent in _ways(matrix, side):
                if sent.by_text:
                    async for finding in _try(matrix, sender, sent, may=False):
                        yield finding


def _ways(matrix: Matrix, side: Side = Side.SCHOOL) -> list[Sent]:
    found = []
    for document in matrix.brief(side):
        if document.root.name in {QUERIED, CHANGED, "trust"}:
            needs = frozenset({Scope.READ, Scope.WRITE} if document.root.is_mutation else {Scope.READ})
            found.append(Sent(f"{document} by its hash", needs, document, False))
            found.append(Sent(f"{document} by its text", needs | {Scope.ADHOC}, document, True))
    asks = frozenset({Scope.READ, Scope.ADHOC, Scope.INTROSPECT})
    return found + [Sent(text, asks, None, True, text) for text in INTROSPECTIONS]


async def _try(matrix: Matrix, sender: Sender, sent: Sent, may: bool) -> Findings:
    matrix.count("scopes")
    before = matrix.arena.ledger.state()
    answer = await _send(matrix, sender, sent)
    done = answer.is_done and bool(answer.content.get("data"))
    if done is not may:
        yield f"{sender}, {sent.name}: is {'answered' if done else 'refused'}: {answer}"
    if not may and answer.status not in {401, 403}:
        yield f"{sender}, {sent.name}: is refused with {answer.status}: {answer}"
    matrix.arena.compare_rows(before, record_of(sender.home) if may else nothing, f"{sender}, {sent.name}")
    async for finding in drain(matrix):
        yield finding


async def _send(matrix: Matrix, sender: Sender, sent: Sent) -> Answer:
    if sent.document is None:
        return await matrix.arena.post(sender, sender.home.path, {"query": sent.text})
    variables = matrix.valid(sent.document, sender.home)
    return await matrix.arena.ask(sender, sent.document, variables, own_text=sent.by_text)
