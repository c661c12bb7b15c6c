"""Cursors: another person's, another field's, another tenant's is as good as a text that is none."""

from collections.abc import Iterator

from tests.isolation.gateway.arena import Answer
from tests.isolation.gateway.contract import Side
from tests.isolation.gateway.document import Document
from tests.isolation.gateway.ledger import notes_of
from tests.isolation.gateway.matrix import Findings, Matrix, differs, drain
from tests.isolation.gateway.place import Place, places, with_value
from tests.isolation.gateway.sender import Sender

CURSORS = ("after", "before")
NO_CURSOR = "bm9jdXJzb3I"

READERS = {
    Side.SCHOOL: ("head", "deputy", "program", "sibling head", "stranger head"),
    Side.TRUST: ("trust executive", "trust program", "stranger trust executive"),
}
OTHER_FIELDS = 3

Kept = dict[tuple[str, str], str]
"""A cursor of each sender for each connection."""


async def cursors(matrix: Matrix) -> Findings:
    for side in Side:
        readers = [matrix.arena.senders[name] for name in READERS[side]]
        kept: Kept = {}
        for coordinate, document in matrix.library.connections[side].items():
            for sender in readers:
                found = await _first(matrix, document, sender)
                if found is not None:
                    kept[sender.name, coordinate] = found
        for coordinate, document in matrix.library.connections[side].items():
            if not any(of == coordinate for _, of in kept):
                yield f"{coordinate}: nobody has a row there whose cursor could be tried"
            for sender in readers:
                async for finding in _of_connection(matrix, kept, coordinate, document, sender):
                    yield finding


async def _of_connection(matrix: Matrix, kept: Kept, coordinate: str, document: Document, sender: Sender) -> Findings:
    before = matrix.arena.ledger.state()
    for place in _places(document, coordinate):
        about = f"{sender}, {place} of {document}"
        garbage = await _ask(matrix, document, sender, place, NO_CURSOR)
        if garbage.is_done:
            yield f"{about}: a text that is no cursor is taken: {garbage}"
        own = kept.get((sender.name, coordinate))
        if own is not None:
            answer = await _ask(matrix, document, sender, place, own)
            if not answer.is_done:
                yield f"{about}: the own cursor is not taken: {answer}"
        for whose, cursor in _others(kept, sender, coordinate):
            answer = await _ask(matrix, document, sender, place, cursor)
            for finding in differs(about, f"the cursor of {whose}", (answer, cursor), (garbage, NO_CURSOR)):
                yield finding
    matrix.arena.compare_rows(before, notes_of(sender.home), f"{sender}, cursors of {coordinate}")
    async for finding in drain(matrix):
        yield finding


def _places(document: Document, coordinate: str) -> Iterator[Place]:
    for place in places(document):
        if place.name in CURSORS and place.coordinate.startswith(f"{coordinate}("):
            yield place


def _others(kept: Kept, sender: Sender, coordinate: str) -> Iterator[tuple[str, str]]:
    """Everybody else's of this field, and the own of some other fields."""
    fields = [of for name, of in kept if name == sender.name and of != coordinate]
    after = [of for of in fields if of > coordinate] + fields  # another choice for each
    for (name, of), cursor in kept.items():
        if (name != sender.name and of == coordinate) or (name == sender.name and of in after[:OTHER_FIELDS]):
            yield f"{name} of {of}", cursor


async def _first(matrix: Matrix, document: Document, sender: Sender) -> str | None:
    answer = await matrix.arena.ask(sender, document, matrix.valid(document, sender.home))
    paths = {slot.path for slot in document.slots if slot.argument in CURSORS}
    deepest = max(paths, key=len)
    edges = [seen for seen in answer.sightings if seen.path == (*deepest, "edges")]
    return str(edges[0].values["cursor"]) if edges else None


async def _ask(matrix: Matrix, document: Document, sender: Sender, place: Place, cursor: str) -> Answer:
    matrix.count("cursors")
    variables = with_value(matrix.valid(document, sender.home), place, cursor)
    if place.name == "before":
        first, last = (document.slot(name, place.slot.path).variable for name in ("first", "last"))
        variables |= {first: None, last: variables[first]}
    return await matrix.arena.ask(sender, document, variables)
