"""Who sends: each post of a school and of a trust, those who were, those who may not, and nobody."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

from tests.foundation.people import World, WorldSchool
from tests.isolation.gateway.contract import Side


class May(StrEnum):
    """What a post is for, said here a second time and independently of the product's permissions."""

    READ = "read the record"
    READ_SHARED = "read what was shared"
    CHANGE = "change the record"
    SIGN = "sign"
    SEE_TRUST = "see the trust"
    COMPARE = "compare"


HEAD = frozenset({May.READ, May.READ_SHARED, May.CHANGE, May.SIGN})
DEPUTY = HEAD - {May.SIGN}
GOVERNOR = frozenset({May.READ_SHARED})
EXECUTIVE = frozenset({May.SEE_TRUST, May.COMPARE})
ADMINISTRATOR = frozenset({May.SEE_TRUST})
NOTHING = frozenset[May]()


@dataclass(frozen=True)
class Home:
    """The tenant one acts for: a school, or without one the whole trust."""

    trust_id: UUID
    school_id: UUID | None
    key: str

    @property
    def side(self) -> Side:
        return Side.TRUST if self.school_id is None else Side.SCHOOL

    @property
    def path(self) -> str:
        return f"/{self.side}s/{self.key}/graphql"


@dataclass(frozen=True)
class Sender:
    """Its name, its tenant, what it may do there, and what it shows at the door.

    `cookie` is a person's, `bearer` a program's; `words` are the canaries it may see. One who does not reach has no
    endpoint today; `beyond` are schools of the own trust that are not of the own hub, and `hidden` the ids of those and
    of the other hubs.
    """

    name: str
    home: Home
    may: frozenset[May]
    words: frozenset[str]
    actor_id: UUID | None = None
    cookie: str | None = field(default=None, repr=False)
    bearer: str | None = field(default=None, repr=False)
    reaches: bool = True
    beyond: tuple[Home, ...] = ()
    hidden: frozenset[str] = frozenset()

    @property
    def side(self) -> Side:
        return self.home.side

    @property
    def is_program(self) -> bool:
        return self.bearer is not None

    def headers(self, cookie_name: str, origin: str) -> Mapping[str, str]:
        if self.bearer is not None:
            return {"Authorization": f"Bearer {self.bearer}"}
        browser = {"Origin": origin, "Sec-Fetch-Site": "same-origin"}
        return browser if self.cookie is None else browser | {"Cookie": f"{cookie_name}={self.cookie}"}

    def __str__(self) -> str:
        return self.name


PRIVATE = "private"


def private(word: str) -> str:
    """What stands in a school's own tables, and never in what it shared."""
    return word + PRIVATE


def home_of_school(school: WorldSchool) -> Home:
    return Home(school.trust_id, school.id, school.urn)


def homes(world: World) -> dict[str, Home]:
    """Every tenant by its word."""
    found = {school.word: home_of_school(school) for school in world.schools}
    return found | {trust.word: Home(trust.id, None, trust.uid) for trust in world.trusts}


def every_word(world: World) -> frozenset[str]:
    return world.words | {private(school.word) for school in world.schools}
