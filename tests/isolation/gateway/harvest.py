"""What each tenant has: ids by type and texts by field, as its own head or executive is shown them."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from tests.isolation.gateway.arena import Arena
from tests.isolation.gateway.contract import Side
from tests.isolation.gateway.library import Library
from tests.isolation.gateway.sample import Samples
from tests.isolation.gateway.sender import Home, Sender, homes

ROUNDS = 2  # the second goes where an id of the first is needed


@dataclass(frozen=True)
class Harvest:
    """By tenant: the first ids of each type, and the texts of each field."""

    ids: Mapping[Home, Mapping[str, list[str]]]
    texts: Mapping[Home, Mapping[str, list[str]]]

    def first(self, home: Home) -> dict[str, str]:
        return {kind: found[0] for kind, found in self.ids[home].items()}


class Harvester:
    def __init__(self, arena: Arena, library: Library) -> None:
        self._arena = arena
        self._library = library
        self._ids: dict[Home, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
        self._texts: dict[Home, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))

    async def reap(self) -> Harvest:
        readers = [self._arena.senders[name] for name in ("head", "sibling head", "stranger head")]
        readers += [self._arena.senders[name] for name in ("trust executive", "stranger trust executive")]
        for _ in range(ROUNDS):
            for reader in readers:
                await self._read(reader)
        return Harvest(
            {home: dict(found) for home, found in self._ids.items()},
            {home: dict(found) for home, found in self._texts.items()},
        )

    async def _read(self, reader: Sender) -> None:
        urns = {home.trust_id: home.key for home in homes(self._arena.world).values() if home.side is Side.SCHOOL}
        for document in self._library.whole[reader.side]:
            if document.root.is_mutation:
                continue
            own = {kind: found[0] for kind, found in self._ids[reader.home].items()}
            samples = Samples(document, own, "", urns[reader.home.trust_id])
            answer = await self._arena.ask(reader, document, samples.variables())
            for seen in answer.sightings:
                for name, value in seen.values.items():
                    self._keep(reader.home, seen.type, name, value)

    def _keep(self, home: Home, kind: str, name: str, value: object) -> None:
        if not isinstance(value, str) or not value:
            return
        kept = self._ids[home][kind] if name == "id" else self._texts[home][name]
        if value not in kept:
            kept.append(value)
