"""Says of which school we know a public fact is: by URN, else by authority and number as that of a predecessor."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, Literal, NamedTuple, TypeVar

from footbridge.exchange.facts import FactRow

K = TypeVar("K")

MatchedBy = Literal["urn", "predecessor"]


@dataclass(frozen=True)
class KnownSchools(Generic[K]):
    """By their URNs of today, by those of their predecessors, and by (la_code, establishment_number)."""

    by_urn: Mapping[str, K]
    by_former_urn: Mapping[str, K]
    by_number: Mapping[tuple[str, str], K]


class MatchedFact(NamedTuple, Generic[K]):
    """One of each figure there is, and so a tuple as the figure is."""

    fact: FactRow
    school: K
    matched_by: MatchedBy


def match_facts(facts: Sequence[FactRow], known: KnownSchools[K]) -> list[MatchedFact[K]]:
    """One for each school and indicator; the figures of schools that we do not know are left out.

    A school that converts gets a new URN and mostly keeps authority and number. A school's own figure goes before its
    predecessor's; of two predecessors' one found by URN before one found by number, then the first in the file. A URN
    that we know says whose figure it is, whoever has its number now.
    """
    matched = [MatchedFact(fact, school, "urn") for fact, school in _named(facts, known.by_urn)]
    others = [fact for fact in facts if fact.urn not in known.by_urn]
    taken = {(match.school, match.fact.indicator) for match in matched} if others else set()
    for match in _inherited(others, known):
        if (match.school, match.fact.indicator) not in taken:
            taken.add((match.school, match.fact.indicator))
            matched.append(match)
    return matched


def _named(facts: Sequence[FactRow], by_urn: Mapping[str, K]) -> Iterator[tuple[FactRow, K]]:
    return ((fact, by_urn[fact.urn]) for fact in facts if fact.urn is not None and fact.urn in by_urn)


def _inherited(facts: Sequence[FactRow], known: KnownSchools[K]) -> Iterator[MatchedFact[K]]:
    for fact, school in _named(facts, known.by_former_urn):
        yield MatchedFact(fact, school, "predecessor")
    for fact in facts:
        number = (fact.la_code or "", fact.establishment_number or "")
        if fact.urn not in known.by_former_urn and number in known.by_number:
            yield MatchedFact(fact, known.by_number[number], "predecessor")
