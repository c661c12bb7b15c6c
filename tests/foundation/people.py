"""A small world: two trusts with two schools each, their people, and for every tenant a row in every table.

Each tenant has a word that no other has; it stands in every text of its own, so that a text which turns up where
it should not says whose it is.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from uuid import UUID

from footbridge.runtime.ids import new_id
from footbridge.tenancy.caller import Caller, CallerKind
from footbridge.tenancy.permission import PostRole, permissions_of_role

TRUST_WORDS: Mapping[str, tuple[str, ...]] = {
    "kestrelword": ("oriolewords", "ploverwords"),
    "merlinword": ("siskinwords", "wagtailwords"),
}


@dataclass(frozen=True)
class WorldSchool:
    """A school, the word that marks its texts, and its people in their posts."""

    id: UUID
    trust_id: UUID
    urn: str
    word: str
    head: Caller
    deputy: Caller
    community_lead: Caller
    governor: Caller


@dataclass(frozen=True)
class WorldTrust:
    id: UUID
    uid: str
    word: str
    executive: Caller
    schools: tuple[WorldSchool, ...]


@dataclass(frozen=True)
class World:
    trusts: tuple[WorldTrust, ...]

    @property
    def schools(self) -> tuple[WorldSchool, ...]:
        """All of them; the first two are siblings."""
        return tuple(school for trust in self.trusts for school in trust.schools)

    @property
    def words(self) -> frozenset[str]:
        """Every tenant's canary."""
        return frozenset(trust.word for trust in self.trusts) | frozenset(school.word for school in self.schools)


def make_caller(word: str, role: PostRole, *, trust_id: UUID, school_id: UUID | None) -> Caller:
    """A person in that post, with the permissions of the post."""
    name = f"{role.value.title()} {word}"
    return Caller(CallerKind.PERSON, new_id(), name, role.value, trust_id, school_id, permissions_of_role(role))


def imagine_world(words: Mapping[str, tuple[str, ...]] = TRUST_WORDS) -> World:
    """Only in memory: the ids, words and callers of everybody. `words` are each trust's, with those of its schools."""
    urns = iter(range(900001, 900100))
    return World(tuple(_trust(word, schools, urns) for word, schools in words.items()))


def _trust(word: str, school_words: tuple[str, ...], urns: Iterator[int]) -> WorldTrust:
    trust_id = new_id()
    executive = make_caller(word, PostRole.TRUST_EXECUTIVE, trust_id=trust_id, school_id=None)
    schools = tuple(_school(school, trust_id, str(next(urns))) for school in school_words)
    return WorldTrust(trust_id, f"x-{word}", word, executive, schools)


def _school(word: str, trust_id: UUID, urn: str) -> WorldSchool:
    school_id = new_id()
    head, deputy, community_lead, governor = (
        make_caller(word, role, trust_id=trust_id, school_id=school_id)
        for role in (PostRole.HEAD, PostRole.DEPUTY, PostRole.COMMUNITY_LEAD, PostRole.GOVERNOR)
    )
    return WorldSchool(school_id, trust_id, urn, word, head, deputy, community_lead, governor)
