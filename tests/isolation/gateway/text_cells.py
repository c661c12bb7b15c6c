"""Texts, numbers, days, choices and filters: another tenant's word tells nothing, and no value is a fault."""

import re
from collections.abc import Iterator
from typing import Any

from graphql import GraphQLEnumType, GraphQLInputObjectType

from tests.isolation.gateway.arena import Answer
from tests.isolation.gateway.contract import Side, schema_of
from tests.isolation.gateway.document import Document
from tests.isolation.gateway.identity import KEY
from tests.isolation.gateway.ledger import notes_of, record_of
from tests.isolation.gateway.matrix import Findings, Matrix, drain, missing_like
from tests.isolation.gateway.place import Place, places, with_value
from tests.isolation.gateway.sample import LEFT_OUT, Samples
from tests.isolation.gateway.sender import Sender

EDGES: dict[str, list[Any]] = {
    "Int": [-1, 0, 1, 2_147_483_647],
    "String": ["", " ", "%_'\"\\;--", "\u202e\u01c5\U0001f600", "a" * 5_000],
    "ID": ["", "x", "par_", "PAR_" + "A" * 32, "a" * 5_000],
    "Date": ["0001-01-01", "9999-12-31", "yesterday"],
    "DateTime": ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "now"],
    "Boolean": [True, False],
}

_NEW = re.compile(r"[a-z]{3}_[0-9a-f]{32}|\d{4}-\d\d-\d\dT[0-9:.]+(?:Z|[+-]\d\d:\d\d)|[0-9a-f]{64}|[0-9a-f]{32}")
LENGTH_OF_HASH = 64
READERS = {Side.SCHOOL: "head", Side.TRUST: "trust executive"}


async def texts(matrix: Matrix) -> Findings:
    for side, name in READERS.items():
        sender = matrix.arena.senders[name]
        for document in matrix.brief(side):
            for place in places(document):
                async for finding in _of_place(matrix, sender, document, place):
                    yield finding


async def _of_place(matrix: Matrix, sender: Sender, document: Document, place: Place) -> Findings:
    for value in _edges(matrix, document, place):
        await _ask(matrix, sender, document, place, value)
        async for finding in drain(matrix):
            yield finding
    if place.type not in {"String", "ID"} or place.is_list:
        return
    for foreign in _theirs(matrix, sender, document, place):
        missing = missing_like(foreign)
        one = await _ask(matrix, sender, document, place, foreign)
        other = await _ask(matrix, sender, document, place, missing)
        if _told(one, foreign) != _told(other, missing):
            yield f"{sender}, {place} of {document}: another's “{foreign}” is answered {one}, nobody's {other}"
        if one.is_replayed:
            yield f"{sender}, {place} of {document}: another's key repeats their answer"


def _edges(matrix: Matrix, document: Document, place: Place) -> Iterator[Any]:
    kind = schema_of(document.side).type_map[place.type]
    if place.coordinate in LEFT_OUT:
        yield _left_out(document, matrix, place)
    if place.is_list:
        yield []
    elif isinstance(kind, GraphQLEnumType):
        yield from kind.values
    elif isinstance(kind, GraphQLInputObjectType):
        yield {}
    else:
        yield from EDGES.get(place.type, [""])


def _left_out(document: Document, matrix: Matrix, place: Place) -> Any:
    owner, leaf = place.coordinate.split(".")
    kind = schema_of(document.side).type_map[owner]
    assert isinstance(kind, GraphQLInputObjectType)
    return Samples(document, {}, matrix.key()).leaf(kind, leaf)


def _theirs(matrix: Matrix, sender: Sender, document: Document, place: Place) -> Iterator[str]:
    """Texts of that name that others have; for a key one that another has used."""
    for word, home in matrix.homes.items():
        if home not in matrix.others(sender.home):
            continue
        if place.name == KEY:
            yield f"key-{word}"
        target = matrix.pools[home].last(document.root.name) if home in matrix.pools else {}
        found = [text for text in matrix.harvest.texts[home].get(place.name, []) if word in text]
        found += [target[place.name]] if len(target.get(place.name, "")) == LENGTH_OF_HASH else []
        yield from found[:1] or ([f"About {word}"] if place.type == "String" else [])


async def _ask(matrix: Matrix, sender: Sender, document: Document, place: Place, value: Any) -> Answer:
    matrix.count("values")
    before = matrix.arena.ledger.state()
    answer = await matrix.arena.ask(sender, document, with_value(matrix.valid(document, sender.home), place, value))
    changes = document.root.is_mutation and answer.is_done
    allowed = record_of(sender.home) if changes else notes_of(sender.home)
    matrix.arena.compare_rows(before, allowed, f"{sender}, {place} of {document}: {str(value)[:40]}")
    return answer


def _told(answer: Answer, sent: str) -> tuple[Any, ...]:
    """Without what is new each time; of a change that was done only what it is."""
    status, text, headers = answer.masked(sent, sent.casefold())
    told = [header for header in headers if header[0] != "content-length"]
    if answer.is_done and answer.document and answer.document.root.is_mutation:
        return status, sorted({seen.type for seen in answer.sightings}), told
    return status, _NEW.sub("‹new›", text), told
