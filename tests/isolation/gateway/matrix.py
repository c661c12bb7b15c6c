"""The matrix: its documents, its senders, what each tenant has; and how a cell is filled."""

import itertools
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

from footbridge.runtime.ids import global_id
from tests.isolation.gateway.arena import Answer, Arena
from tests.isolation.gateway.contract import Side
from tests.isolation.gateway.document import Document
from tests.isolation.gateway.harvest import Harvest
from tests.isolation.gateway.identity import KEY, kinds_of
from tests.isolation.gateway.library import Library
from tests.isolation.gateway.place import Place, places, with_value
from tests.isolation.gateway.pool import Pool, Target
from tests.isolation.gateway.sample import Samples
from tests.isolation.gateway.sender import Home, Sender, homes

Findings = AsyncIterator[str]
Group = Callable[["Matrix"], Findings]

URN = "urn"
NOBODY = UUID(int=0)


@dataclass
class Matrix:
    arena: Arena
    library: Library
    harvest: Harvest
    pools: Mapping[Home, Pool]
    only: frozenset[str] = frozenset()
    cells: dict[str, int] = field(default_factory=dict)
    _keys: Iterator[int] = field(default_factory=itertools.count)
    _done: dict[str, list[str]] = field(default_factory=dict)

    async def findings(self, name: str, group: Group) -> list[str]:
        """All of a group, once."""
        if name not in self._done:
            self._done[name] = [finding async for finding in group(self)]
        return self._done[name]

    @property
    def homes(self) -> dict[str, Home]:
        return homes(self.arena.world)

    def whole(self, side: Side) -> list[Document]:
        return self._wanted(self.library.whole[side])

    def brief(self, side: Side) -> list[Document]:
        return self._wanted(self.library.brief[side])

    def _wanted(self, documents: Sequence[Document]) -> list[Document]:
        """All, unless only some root fields are looked at."""
        return [document for document in documents if not self.only or document.root.name in self.only]

    def others(self, home: Home) -> list[Home]:
        """The tenants on the same side of which anything is known."""
        return [other for other in self.harvest.ids if other.side is home.side and other != home]

    def senders(self, side: Side) -> list[Sender]:
        return [sender for sender in self.arena.senders.all.values() if sender.side is side]

    def probing(self, side: Side) -> list[Sender]:
        """One for each tenant and each set of rights: what does not depend on who asks is asked by these."""
        alike = {
            (each.home, each.may, each.is_program, each.reaches, each.beyond): each
            for each in reversed(self.senders(side))
        }
        return [sender for sender in alike.values() if sender.reaches]

    def key(self) -> str:
        return f"matrix-{next(self._keys):08}"

    def count(self, kind: str, number: int = 1) -> None:
        self.cells[kind] = self.cells.get(kind, 0) + number

    def valid(self, document: Document, home: Home, target: Target | None = None) -> dict[str, Any]:
        """Variables that fit, with a tenant's own things; a change aims at `target`, else at its last in the pool."""
        ids = self.harvest.first(home)
        variables = Samples(document, ids, self.key(), self.urn_of(home)).variables()
        if target is None and home in self.pools:
            target = self.pools[home].last(document.root.name)
        for place in places(document):
            if target and place.name in target:
                variables = with_value(variables, place, target[place.name])
        return variables

    def urn_of(self, home: Home) -> str:
        """The school's own, or that of the trust's first school."""
        schools = [school for school in self.arena.world.schools if school.trust_id == home.trust_id]
        return next((school.urn for school in schools if school.id == home.school_id), schools[0].urn)

    def foreign(self, place: Place, document: Document, sender: Sender) -> Iterator[tuple[str, str]]:
        """Ids of that kind that others have and this sender is not to reach, each with whose it is."""
        own = {found for ids in self.harvest.ids[sender.home].values() for found in ids}
        for other in self.others(sender.home):
            theirs = self._theirs(place, document, other)
            yield from ((other.key, found) for found in theirs[:1] if found not in own)
        for other in sender.beyond:
            shared = {"School": global_id("sch", other.school_id or NOBODY), **self._shared(other)}
            found = (
                [other.key] if place.name == URN else [shared[k] for k in self.kinds(place, document) if k in shared]
            )
            yield from ((other.key, each) for each in found)

    def _theirs(self, place: Place, document: Document, other: Home) -> list[str]:
        if place.name == URN:
            return [self.urn_of(other)]
        target = self.pools[other].last(document.root.name) if other in self.pools else {}
        if place.name in target:
            return [target[place.name]]
        return [found for kind in self.kinds(place, document) for found in self.harvest.ids[other].get(kind, [])]

    def _shared(self, home: Home) -> dict[str, str]:
        return {"Release": self.pools[home].last("withdrawRelease")["releaseId"]}

    def unshared(self, home: Home) -> list[str]:
        """Releases of a trust's schools that no head has signed: the trust knows nothing of them."""
        schools = [school for school in self.pools if school.trust_id == home.trust_id and home.school_id is None]
        return [self.pools[school].last("signRelease")["releaseId"] for school in schools]

    def kinds(self, place: Place, document: Document) -> tuple[str, ...]:
        if place.name == URN:
            return ("School",)
        returned = place.slot.returned if place.coordinate == place.slot.coordinate else ""
        found = kinds_of(document.side, place.coordinate, place.name, returned)
        return (document.only,) if document.only in found else found

    def id_places(self, document: Document) -> list[Place]:
        return [place for place in places(document) if _names_a_thing(place)]


def _names_a_thing(place: Place) -> bool:
    return not place.is_list and ((place.type == "ID" and place.name != KEY) or place.name == URN)


def missing_like(text: str) -> str:
    """An id of the same form that nobody has."""
    if text.isdigit():
        return "9" * len(text)
    prefix, mark, rest = text.partition("_")
    return f"{prefix}_{uuid4().hex}" if mark and len(rest) == 32 else _scrambled(text)


def _scrambled(text: str) -> str:
    return "".join(chr(ord("a") + (ord(letter) * 7 + 5) % 26) if letter.isalpha() else letter for letter in text)


async def drain(matrix: Matrix) -> Findings:
    for finding in matrix.arena.findings():
        yield finding


def differs(about: str, what: str, foreign: tuple[Answer, str], missing: tuple[Answer, str]) -> Iterator[str]:
    """Whether the one tells anything that the other does not."""
    if foreign[0].masked(foreign[1]) != missing[0].masked(missing[1]):
        yield f"{about}: {what} is answered {foreign[0]}, and a missing one {missing[0]}"
