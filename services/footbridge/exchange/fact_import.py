"""Imports what DfE publishes of the schools we know as public facts, with source and year."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from uuid import UUID

from footbridge.exchange.academic_years import academic_year, census_date
from footbridge.exchange.fact_matching import KnownSchools, MatchedFact, match_facts
from footbridge.exchange.facts import read_facts
from footbridge.exchange.indicators import INDICATOR_BY_KEY
from footbridge.exchange.report import RowNote, RowProblem
from footbridge.runtime.errors import InvalidInput
from footbridge.tenancy.period import Period
from footbridge.tenancy.public_record import Tally, enter_facts
from footbridge.tenancy.register import PublicFact
from footbridge.tenancy.register_repository import RegisterRepository
from footbridge.tenancy.session import RegisterSession

CENSUS_INDICATORS = frozenset(("roll", "fsm", "fsm6", "eal", "ehcp", "sen_support"))


@dataclass(frozen=True)
class FactImport:
    """`schools_matched` of our schools had a row, `by_predecessor` of them by authority and number only."""

    year: Period
    indicators: tuple[str, ...]
    facts: Tally
    schools_in_file: int
    schools_matched: int
    by_predecessor: int
    suppressed: int
    problems: tuple[RowProblem, ...]
    notes: tuple[RowNote, ...]
    encoding: str | None


async def import_facts(register: RegisterSession, path: Path, *, year: str, source: str) -> FactImport:
    """Every figure the file has of a school we know; figures of others are left out. A second time nothing changes.

    A file covers a country and we a few of its schools: problems in rows of other schools are told as well, since a
    row that cannot be read may be of any school.
    """
    period = Period.parse(academic_year(year))
    told_source = " ".join(source.split())
    if not told_source:
        raise InvalidInput("Say where the figures come from, as --source “DfE school census”.")
    reading = read_facts(path)
    matched = match_facts(reading.records, await known_schools(register))
    facts = _facts(matched, period, told_source)
    return FactImport(
        year=period,
        indicators=reading.indicators,
        facts=await enter_facts(register, facts),
        schools_in_file=reading.schools,
        schools_matched=len({fact.school_id for fact in facts}),
        by_predecessor=len({fact.school_id for fact in facts if fact.matched_by == "predecessor"}),
        suppressed=sum(fact.symbol == "c" for fact in facts),
        problems=reading.problems,
        notes=reading.notes,
        encoding=reading.encoding,
    )


async def known_schools(register: RegisterSession) -> KnownSchools[UUID]:
    """Where one number is that of several schools, only their URNs tell them apart."""
    rows = RegisterRepository(register)
    return KnownSchools(
        by_urn=await rows.list_urns("current"),
        by_former_urn=await rows.list_urns("predecessor"),
        by_number=await rows.list_numbers(),
    )


def _facts(matched: Iterable[MatchedFact[UUID]], year: Period, source: str) -> list[PublicFact]:
    code, days = year.code, _days(year)
    facts = []
    for row, school_id, matched_by in matched:
        numerator = int(row.value) if row.indicator == "roll" and row.value is not None else row.numerator
        facts.append(PublicFact(
            school_id, row.indicator, code, days[row.indicator],
            numerator, row.denominator, row.value, row.symbol, source, matched_by,
        ))  # fmt: skip
    return facts


def _days(year: Period) -> dict[str, date]:
    """Of each indicator, the day on which its figures were true."""
    census = census_date(year.name)
    return {key: census if key in CENSUS_INDICATORS else year.ends_on for key in INDICATOR_BY_KEY}
