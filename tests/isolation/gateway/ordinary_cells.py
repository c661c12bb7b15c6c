"""The ordinary path, which runs wherever there is an error to tell: the same walls, and the same answers."""

from tests.isolation.gateway.arena import Answer
from tests.isolation.gateway.contract import Side
from tests.isolation.gateway.ledger import notes_of, record_of
from tests.isolation.gateway.matrix import Findings, Matrix, drain
from tests.isolation.gateway.mutation_cells import needed
from tests.isolation.gateway.path_cells import ways_to_say
from tests.isolation.gateway.sender import Sender

CHANGE = ("head", "stranger head")


async def ordinary_path(matrix: Matrix) -> Findings:
    for side in Side:
        for sender in matrix.probing(side):
            async for finding in _read(matrix, sender):
                yield finding
    for name in CHANGE:
        async for finding in _change(matrix, matrix.arena.senders[name]):
            yield finding


async def _read(matrix: Matrix, sender: Sender) -> Findings:
    before = matrix.arena.ledger.state()
    for document in matrix.whole(sender.side):
        if document.root.is_mutation:
            continue
        for variables in ways_to_say(document, matrix.valid(document, sender.home)):
            matrix.count("ordinary reads")
            compiled = await matrix.arena.ask(sender, document, variables)
            with matrix.arena.ordinarily():
                ordinary = await matrix.arena.ask(sender, document, variables)
            if not same(compiled, ordinary):
                yield f"{sender}, {document}: is told {compiled}, and by the ordinary path {ordinary}"
            async for finding in drain(matrix):
                yield finding
    matrix.arena.compare_rows(before, notes_of(sender.home), f"{sender}, by the ordinary path")
    async for finding in drain(matrix):
        yield finding


def same(one: Answer, other: Answer) -> bool:
    return (one.status, one.content) == (other.status, other.content)


async def _change(matrix: Matrix, sender: Sender) -> Findings:
    """A change is the same use case in both; what differs is who tells what became of it."""
    for document in matrix.whole(sender.side):
        if not document.root.is_mutation:
            continue
        assert needed(document) in sender.may
        matrix.count("ordinary changes")
        before = matrix.arena.ledger.state()
        variables = matrix.valid(document, sender.home, matrix.pools[sender.home].take(document.root.name))
        with matrix.arena.ordinarily():
            answer = await matrix.arena.ask(sender, document, variables)
        if not answer.is_done:
            yield f"{sender}, {document}: is refused by the ordinary path: {answer}"
        again = await matrix.arena.ask(sender, document, variables)
        if not again.is_replayed or again.content.get("data") != answer.content.get("data"):
            yield f"{sender}, {document}: is told {answer} by the ordinary path, and then {again}"
        matrix.arena.compare_rows(before, record_of(sender.home), f"{sender}, {document}, by the ordinary path")
        async for finding in drain(matrix):
            yield finding
