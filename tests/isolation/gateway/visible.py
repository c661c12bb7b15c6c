"""Which types of the schema a post may see anything of; a new type is for those who read the record only."""

from collections.abc import Iterable

from tests.isolation.gateway.contract import Side
from tests.isolation.gateway.sender import May, Sender
from tests.isolation.gateway.sighting import Sighting

EVERYBODYS = frozenset({"Query", "Mutation", "PageInfo", "Refusal", "ReleaseRefusal"})
PUBLIC = frozenset({"School", "PublicFact", "Period", "Measure", "CalendarEntry"})
SHARED_BY_SCHOOL = frozenset({"Release", "SiblingStanding"})
OF_TRUST = frozenset({"Trust", "TrustGroup"})


def hidden_from(sender: Sender, seen: Iterable[Sighting]) -> set[str]:
    types = {_shown(each.type) for each in seen if each.values}
    if May.READ in sender.may or May.COMPARE in sender.may:
        return set()
    if not sender.reaches:
        return types - {"Query", "Mutation"}
    shown = SHARED_BY_SCHOOL if sender.side is Side.SCHOOL else OF_TRUST
    return types - EVERYBODYS - PUBLIC - shown


def _shown(kind: str) -> str:
    return kind.removesuffix("Connection").removesuffix("Edge")
