"""Whole endpoints: another school's, another trust's and one's own trust's are as good as missing."""

from tests.isolation.gateway.arena import Answer
from tests.isolation.gateway.contract import Side
from tests.isolation.gateway.document import Document
from tests.isolation.gateway.ledger import nothing
from tests.isolation.gateway.matrix import Findings, Matrix, differs, drain
from tests.isolation.gateway.sender import Home, Sender

MISSING = {Side.SCHOOL: "999999", Side.TRUST: "x-nobodywords"}
TRIED = frozenset({"school", "trust", "addActivity", "releases", "comparison"})


async def endpoints(matrix: Matrix) -> Findings:
    for sender in [*matrix.arena.senders.all.values()]:
        before = matrix.arena.ledger.state()
        for side in Side:
            for document in matrix.brief(side):
                if document.root.name in TRIED:
                    async for finding in _at_each(matrix, sender, document):
                        yield finding
        matrix.arena.compare_rows(before, nothing, f"{sender}, other endpoints")
        async for finding in drain(matrix):
            yield finding


async def _at_each(matrix: Matrix, sender: Sender, document: Document) -> Findings:
    """Their own is tried by every other cell; here are those of everybody else."""
    for side in Side:
        missing = await _ask(matrix, sender, document, side, MISSING[side])
        if missing.is_done:
            yield f"{sender}, {document}: an endpoint that is not there answers {missing}"
        for home in _not_own(matrix, sender, side):
            await _go_ahead(matrix, home)
            answer = await _ask(matrix, sender, document, side, home.key)
            about = f"{sender}, {document} at /{side}s/{home.key}"
            for finding in differs(about, "the endpoint", (answer, home.key), (missing, MISSING[side])):
                yield finding


async def _go_ahead(matrix: Matrix, home: Home) -> None:
    """One of that tenant comes in first: what the gateway remembers of them is not for the next."""
    own = next((each for each in matrix.senders(home.side) if each.home == home and each.reaches), None)
    if own is not None:
        entrance = next(each for each in matrix.library.brief[home.side] if each.root.name in TRIED)
        await matrix.arena.ask(own, entrance, matrix.valid(entrance, home))


def _not_own(matrix: Matrix, sender: Sender, side: Side) -> list[Home]:
    return [home for home in matrix.homes.values() if home.side is side and home != sender.home]


async def _ask(matrix: Matrix, sender: Sender, document: Document, side: Side, key: str) -> Answer:
    matrix.count("endpoints")
    home = (
        sender.home if sender.side is document.side else next(h for h in matrix.harvest.ids if h.side is document.side)
    )
    variables = matrix.valid(document, home)
    return await matrix.arena.ask(sender, document, variables, path=f"/{side}s/{key}/graphql")
