"""Reading by GET: other endpoints as good as missing, nobody's answer taken from another's tag, and `/me` of oneself."""

from tests.isolation.gateway.arena import Answer
from tests.isolation.gateway.contract import Side
from tests.isolation.gateway.document import Document
from tests.isolation.gateway.endpoint_cells import MISSING
from tests.isolation.gateway.ledger import notes_of, nothing
from tests.isolation.gateway.matrix import Findings, Matrix, differs, drain
from tests.isolation.gateway.sender import Sender

READ = {Side.SCHOOL: "school", Side.TRUST: "trust"}
OF_TWO = frozenset({"head of two"})
"""Who sees at `/me` that they have a post at another school as well."""


async def gets(matrix: Matrix) -> Findings:
    tags: dict[str, str] = {}
    for sender in matrix.arena.senders.all.values():
        before = matrix.arena.ledger.state()
        async for finding in _own(matrix, sender, tags):
            yield finding
        for side in Side:
            async for finding in _of_others(matrix, sender, side):
                yield finding
        if sender.name not in OF_TWO:
            me = await matrix.arena.get(sender, "/me")
            if not sender.reaches and sender.actor_id is None and me.status != 401:
                yield f"{sender}: /me answers {me}"
        matrix.arena.compare_rows(before, notes_of(sender.home) if sender.reaches else nothing, f"{sender}, by GET")
        async for finding in drain(matrix):
            yield finding


async def _own(matrix: Matrix, sender: Sender, tags: dict[str, str]) -> Findings:
    """Everybody tries the tags of all before them: what they have not seen is not told to be unchanged."""
    answer = await _get(matrix, sender, sender.home.path, sender.side)
    if answer.is_done is not sender.reaches:
        yield f"{sender}, by GET: is answered {answer}"
    for tag, text in tags.items():
        again = await _get(matrix, sender, sender.home.path, sender.side, tag)
        if again.status == 304 and text != answer.text:
            yield f"{sender}, by GET: another's tag is taken for the own answer"
    if "etag" in answer.headers:
        tags[answer.headers["etag"]] = answer.text


async def _of_others(matrix: Matrix, sender: Sender, side: Side) -> Findings:
    missing = await _get(matrix, sender, f"/{side}s/{MISSING[side]}/graphql", side)
    for home in matrix.homes.values():
        if home.side is side and home != sender.home:
            answer = await _get(matrix, sender, home.path, side)
            for finding in differs(f"{sender}, by GET", home.path, (answer, home.key), (missing, MISSING[side])):
                yield finding


async def _get(matrix: Matrix, sender: Sender, path: str, side: Side, tag: str | None = None) -> Answer:
    matrix.count("gets")
    document = _document(matrix, side)
    home = sender.home if sender.side is side else next(home for home in matrix.harvest.ids if home.side is side)
    return await matrix.arena.get(sender, path, document, matrix.valid(document, home), tag)


def _document(matrix: Matrix, side: Side) -> Document:
    return next(document for document in matrix.library.brief[side] if document.root.name == READ[side])
