"""Says of which school we know a public fact is: by URN, else by authority and number as that of a predecessor."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Generic, Literal, NamedTuple, TypeVar

from footbridge.exchange.facts import FactRow

K = TypeVar("K")

MatchedBy = Literal["urn", "predecessor"]


class MatchedFact(NamedTuple, Generic[K]):
    """One of each figure there is, and so a tuple as the figure is."""

    fact: FactRow
    school: K
    matched_by: MatchedBy


@dataclass(frozen=True)
class Matching(Generic[K]):
    """`set_aside`: a predecessor's figures of which the school has its own. `unmatched`: of schools we do not know."""

    matched: tuple[MatchedFact[K], ...]
    set_aside: tuple[MatchedFact[K], ...]
    unmatched: tuple[FactRow, ...]


def match_facts(
    facts: Iterable[FactRow], *, by_urn: Mapping[str, K], by_number: Mapping[tuple[str, str], K]
) -> Matching[K]:
    """`by_urn` holds every URN we know, former ones too; `by_number` is keyed by (la_code, establishment_number).

    A school that converts gets a new URN and mostly keeps authority and number. A school's own figure goes before its
    predecessor's; of two predecessors' the first in the file is taken.
    """
    own: list[MatchedFact[K]] = []
    inherited: list[MatchedFact[K]] = []
    unmatched: list[FactRow] = []
    for fact in facts:
        match = _match(fact, by_urn, by_number)
        if match is None:
            unmatched.append(fact)
        else:
            (own if match.matched_by == "urn" else inherited).append(match)
    taken = {(match.school, match.fact.indicator) for match in own}
    matched, set_aside = list(own), []
    for match in inherited:
        if (match.school, match.fact.indicator) in taken:
            set_aside.append(match)
        else:
            taken.add((match.school, match.fact.indicator))
            matched.append(match)
    matched.sort(key=lambda match: match.fact.line)
    return Matching(tuple(matched), tuple(set_aside), tuple(unmatched))


def _match(fact: FactRow, by_urn: Mapping[str, K], by_number: Mapping[tuple[str, str], K]) -> MatchedFact[K] | None:
    if fact.urn is not None and fact.urn in by_urn:
        return MatchedFact(fact, by_urn[fact.urn], "urn")
    number = (fact.la_code or "", fact.establishment_number or "")
    return MatchedFact(fact, by_number[number], "predecessor") if number in by_number else None
