"""What a trust's published figures have to be, counted from the database by one who sees everything."""

from collections import Counter
from collections.abc import Collection, Iterator
from decimal import Decimal
from typing import Any, LiteralString
from uuid import UUID

from footbridge.publication.standing import standings
from tests.faults.house import House
from tests.foundation.processes import await_true

_SIGNED = "select id, withdrawal_signed_at is not null from release.release where trust_id = %s and state = 'signed'"
_PUBLISHED = "select id, withdrawn_at is not null from published.release where trust_id = %s"
_CELLS = """
    select c.release_id, c.measure_id, c.state, c.numerator, c.denominator
    from release.release_cell c join release.release r on (r.school_id, r.id) = (c.school_id, c.release_id)
    where c.trust_id = %s and r.state = 'signed' and r.withdrawal_signed_at is null
"""
_VALUES = "select release_id, measure_id, state, numerator, denominator from published.value where trust_id = %s"
_LEDGER = "select release_id, act, count(*) from published.ledger where trust_id = %s group by 1, 2"
_TOLD = """
    select subject_id, split_part(action, '.', 2), count(*) from audit.event
    where trust_id = %s and action in ('publication.published', 'publication.withdrawn') group by 1, 2
"""
_TOTALS = "select measure_id, period, published, shown, numerator, denominator from published.total where trust_id = %s"
_SUMS = "select measure_id, period, school_id, numerator, denominator from published.value where trust_id = %s"
_VIEWS = "select measure_id, period, school_id, standing, others from published.sibling_view where trust_id = %s"


class Evidence:
    def __init__(self, house: House, trust_id: UUID) -> None:
        self._house = house
        self._trust_id = trust_id

    def signed(self) -> set[UUID]:
        return {row[0] for row in self._all(_SIGNED)}

    def published(self) -> set[UUID]:
        return {row[0] for row in self._all(_PUBLISHED)}

    def withdrawn(self) -> set[UUID]:
        return {row[0] for row in self._all(_PUBLISHED) if row[1]}

    def await_published(self, releases: Collection[UUID]) -> None:
        self._house.make_jobs_due()
        await_true(lambda: set(releases) <= self.published(), "publication of all that was signed", within=60)

    def await_withdrawn(self, releases: Collection[UUID]) -> None:
        self._house.make_jobs_due()
        await_true(lambda: set(releases) <= self.withdrawn(), "withdrawal of all that was withdrawn", within=60)

    def await_no_jobs(self) -> None:
        self._house.make_jobs_due()
        query: LiteralString = "select 1 from jobs.queue where trust_id = %s"
        await_true(lambda: self._all(query) == [], "the end of all jobs", within=60)

    def check(self) -> None:
        """Every signed release is out once, and every withdrawn one back once: in each place that tells of it."""
        out = dict(self._all(_SIGNED))
        assert dict(self._all(_PUBLISHED)) == out
        assert Counter(self._all(_VALUES)) == Counter(self._all(_CELLS))
        acts = Counter({(release_id, "published"): 1 for release_id in out})
        acts |= Counter({(release_id, "withdrawn"): 1 for release_id, withdrawn in out.items() if withdrawn})
        assert {(row[0], row[1]): row[2] for row in self._all(_LEDGER)} == acts
        assert {(row[0], row[1]): row[2] for row in self._all(_TOLD)} == acts
        assert self._all("select number from published.version where trust_id = %s") == [(sum(acts.values()),)]
        self._check_summaries()

    def _check_summaries(self) -> None:
        rates: dict[Any, dict[UUID, Decimal]] = {}
        pairs: dict[Any, list[tuple[Decimal, Decimal]]] = {}
        for measure, period, school_id, numerator, denominator in self._all(_SUMS):
            rates.setdefault((measure, period), {})[school_id] = numerator * 100 / denominator
            pairs.setdefault((measure, period), []).append((numerator, denominator))
        totals = {(row[0], row[1]): row[2:] for row in self._all(_TOTALS) if row[2]}
        assert totals == {key: _total(shown) for key, shown in pairs.items()}
        views = {(row[0], row[1], row[2]): row[3:] for row in self._all(_VIEWS)}
        assert views == dict(_standings(rates))

    def _all(self, query: LiteralString) -> list[Any]:
        with self._house.connect() as connection:
            return connection.execute(query, (self._trust_id,)).fetchall()


def _total(shown: list[tuple[Decimal, Decimal]]) -> tuple[object, ...]:
    if len(shown) < 3:
        return len(shown), len(shown), None, None
    return len(shown), len(shown), sum(pair[0] for pair in shown), sum(pair[1] for pair in shown)


def _standings(rates: dict[Any, dict[UUID, Decimal]]) -> Iterator[tuple[Any, tuple[str, int]]]:
    for (measure, period), of_schools in rates.items():
        for school_id, standing in standings(of_schools).items():
            yield (measure, period, school_id), (standing.standing, standing.others)
