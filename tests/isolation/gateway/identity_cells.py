"""Ids: another tenant's, a deleted thing's and another type's are as good as missing, to everybody."""

from collections.abc import Iterator
from typing import Any

from tests.isolation.gateway.arena import Answer
from tests.isolation.gateway.contract import Side, schema_of
from tests.isolation.gateway.document import Document
from tests.isolation.gateway.ledger import State, notes_of, nothing
from tests.isolation.gateway.matrix import URN, Findings, Matrix, differs, drain, missing_like
from tests.isolation.gateway.place import Place, said, with_value
from tests.isolation.gateway.sender import Sender

REFUSED = "gateway.refused"
FORMS, IDS_OF_A_FORM = 2, 3


async def ids_of_queries(matrix: Matrix) -> Findings:
    async for finding in _all(matrix, mutations=False):
        yield finding


async def ids_of_mutations(matrix: Matrix) -> Findings:
    async for finding in _all(matrix, mutations=True):
        yield finding


async def _all(matrix: Matrix, *, mutations: bool) -> Findings:
    for side in Side:
        for document in matrix.brief(side):
            if document.root.is_mutation is not mutations:
                continue
            for place in matrix.id_places(document):
                for sender in matrix.senders(side):
                    async for finding in _cell(matrix, document, place, sender):
                        yield finding
                    async for finding in drain(matrix):
                        yield finding


async def _cell(matrix: Matrix, document: Document, place: Place, sender: Sender) -> Findings:
    about = f"{sender}, {place} of {document}"
    base = matrix.valid(document, sender.home)
    own = said(base, place) or matrix.harvest.first(sender.home).get(matrix.kinds(place, document)[0])
    if not own:
        yield f"{about}: there is nothing of that kind to try"
        return
    events = matrix.arena.ledger.events_of(sender.actor_id)[REFUSED]
    before = matrix.arena.ledger.state()
    missing = missing_like(own)
    expected = await _ask(matrix, sender, document, place, base, missing)
    answers = [expected]
    for whose, value in _others(matrix, document, place, sender, own):
        answer = await _ask(matrix, sender, document, place, base, value)
        answers.append(answer)
        for finding in differs(about, f"one of {whose} ({value})", (answer, value), (expected, missing)):
            yield finding
    for group in _wrong(matrix, document, place, sender, own) if sender in matrix.probing(document.side) else ():
        told = [(await _ask(matrix, sender, document, place, base, value), value) for value in group]
        answers += [answer for answer, _ in told]
        for each in told[1:]:
            for finding in differs(about, f"another type's id ({each[1]})", each, told[0]):
                yield finding
    for finding in _done(about, document, answers):
        yield finding
    _compare(matrix, sender, before, about)
    if document.root.is_mutation and sender.reaches:
        refused = matrix.arena.ledger.events_of(sender.actor_id)[REFUSED] - events
        told_refused = sum(bool(answer.refusals or "NOT_PERMITTED" in answer.codes) for answer in answers)
        if refused != told_refused:
            yield f"{about}: {told_refused} refusals left {refused} events"
    matrix.count("ids", len(answers))


def _compare(matrix: Matrix, sender: Sender, before: State, about: str) -> None:
    matrix.arena.compare_rows(before, notes_of(sender.home) if sender.reaches else nothing, about)


async def _ask(
    matrix: Matrix, sender: Sender, document: Document, place: Place, base: dict[str, Any], value: str
) -> Answer:
    variables = with_value(base, place, value)
    for slot in document.slots:
        if slot.argument == "idempotencyKey":
            variables[slot.variable] = matrix.key()
    return await matrix.arena.ask(sender, document, variables)


def _others(matrix: Matrix, document: Document, place: Place, sender: Sender, own: str) -> Iterator[tuple[str, str]]:
    yield from matrix.foreign(place, document, sender)
    pool = matrix.pools.get(sender.home)
    for kind in matrix.kinds(place, document):
        if pool and kind in pool.deleted and pool.deleted[kind] != own:
            yield "its own, deleted", pool.deleted[kind]


def _wrong(matrix: Matrix, document: Document, place: Place, sender: Sender, own: str) -> Iterator[list[str]]:
    """Ids of other types, by the form they have: each group begins with a missing one.

    Where anything may be named, what is one's own is left out; and whatever the other side's schema knows is in.
    So is the own id under another type's name.
    """
    if place.name == URN:
        return
    by_form: dict[str, list[str]] = {}
    for kind, found in _ids(matrix, document, place, sender):
        if kind not in matrix.kinds(place, document) and "_" in found and _form(found) != _form(own):
            by_form.setdefault(_form(found), []).append(found)
    forms = sorted(by_form)
    at = sum(map(ord, place.coordinate + str(document.only))) % max(1, len(forms))
    for form in (forms[at:] + forms[:at])[:FORMS]:
        yield [missing_like(by_form[form][0]), *by_form[form][:IDS_OF_A_FORM]]
    if forms and "_" in own:
        relabelled = f"{forms[at]}_{own.split('_')[1]}"
        yield [missing_like(relabelled), relabelled]
    unshared = matrix.unshared(sender.home)
    if document.only == "Release" and unshared:
        yield [missing_like(unshared[0]), *unshared]


def _ids(matrix: Matrix, document: Document, place: Place, sender: Sender) -> Iterator[tuple[str, str]]:
    known = schema_of(document.side).type_map
    own = {found for ids in matrix.harvest.ids[sender.home].values() for found in ids}
    for home, ids in matrix.harvest.ids.items():
        for kind, found in ids.items():
            of_this_side = home.side is sender.side or kind not in known
            if of_this_side and (document.only is None or found[0] not in own):
                yield kind, found[0]


def _form(identifier: str) -> str:
    return identifier.split("_", maxsplit=1)[0]


def _done(about: str, document: Document, answers: list[Answer]) -> Iterator[str]:
    """What is not there cannot be changed."""
    for answer in answers:
        if document.root.is_mutation and answer.is_done:
            yield f"{about}: a change of what is not there was done: {answer}"
