"""What DfE publishes becomes a public fact of the schools we know, with source, day and how it was matched."""

import asyncio
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import select

from footbridge.exchange.fact_import import FactImport, import_facts
from footbridge.exchange.trust_import import import_trust
from footbridge.runtime.database import Database
from footbridge.runtime.errors import InvalidInput
from footbridge.tenancy import register_repository
from footbridge.tenancy.public_record import Tally, enter_facts
from footbridge.tenancy.register import PublicFact, Register, columns_of
from footbridge.tenancy.session import open_register
from footbridge.tenancy.tables import public_fact
from tests.exchange import lookalikes
from tests.exchange.lookalikes import ABSENCE_SCHOOL, CENSUS_SCHOOL, GIAS_SCHOOL, row


@pytest.fixture
async def database(fresh_database: Database, tmp_path: Path) -> Database:
    """With Ashwell, whose URN is 900001 and number 999/2001."""
    async with open_register(fresh_database) as register:
        await import_trust(register, lookalikes.gias_extract(tmp_path, GIAS_SCHOOL), trust_name="Wend Valley Trust")
    return fresh_database


async def load(database: Database, path: Path, source: str = "DfE") -> FactImport:
    async with open_register(database) as register:
        return await import_facts(register, path, year="2018/19", source=source)


async def facts_of(database: Database, urn: str = "900001") -> dict[str, PublicFact]:
    async with open_register(database) as register:
        school = await Register(register.transaction).find_school(urn=urn)
        assert school is not None
        query = select(*columns_of(public_fact, PublicFact)).where(public_fact.c.school_id == school.id)
        facts = await register.transaction.records(query, PublicFact)
    assert len({fact.indicator for fact in facts}) == len(facts)
    return {fact.indicator: fact for fact in facts}


async def test_the_census_gives_roll_and_shares_as_of_its_day(database: Database, tmp_path: Path) -> None:
    done = await load(database, lookalikes.census(tmp_path, CENSUS_SCHOOL, row(CENSUS_SCHOOL, URN="900009", ESTAB="9")))
    assert (done.schools_in_file, done.schools_matched, done.by_predecessor) == (2, 1, 0)
    facts = await facts_of(database)
    roll, fsm, fsm6 = facts["roll"], facts["fsm"], facts["fsm6"]
    assert (roll.numerator, roll.denominator, roll.as_of_on) == (200, None, date(2019, 1, 17))
    assert (fsm.numerator, fsm.denominator, fsm.value) == (25, 200, Decimal("12.50"))
    assert (fsm6.numerator, fsm6.value) == (36, Decimal("20.10"))
    assert {fact.academic_year for fact in facts.values()} == {"2018-19"}
    assert {(fact.source, fact.matched_by) for fact in facts.values()} == {("DfE", "urn")}


async def test_absence_is_of_the_whole_year_and_suppressed_is_not_zero(database: Database, tmp_path: Path) -> None:
    done = await load(database, lookalikes.absence(tmp_path, row(ABSENCE_SCHOOL, PPERSABS10="SUPP")))
    assert done.suppressed == 1
    facts = await facts_of(database)
    assert facts["overall_absence"].as_of_on == date(2019, 8, 31)
    assert (facts["persistent_absence"].symbol, facts["persistent_absence"].value) == ("c", None)


async def test_importing_twice_changes_nothing(database: Database, tmp_path: Path) -> None:
    path = lookalikes.census(tmp_path, CENSUS_SCHOOL)
    assert (await load(database, path)).facts == Tally(created=6)
    before = await facts_of(database)
    assert (await load(database, path)).facts == Tally(unchanged=6)
    assert await facts_of(database) == before


async def test_a_corrected_figure_replaces_the_earlier_one(database: Database, tmp_path: Path) -> None:
    await load(database, lookalikes.absence(tmp_path, ABSENCE_SCHOOL))
    done = await load(database, lookalikes.absence(tmp_path, row(ABSENCE_SCHOOL, PPERSABS10="12.25")))
    assert done.facts == Tally(updated=1, unchanged=1)
    assert (await facts_of(database))["persistent_absence"].value == Decimal("12.25")


async def test_a_figure_is_kept_with_two_decimals_and_is_the_same_the_next_time(
    database: Database, tmp_path: Path
) -> None:
    path = lookalikes.absence(tmp_path, row(ABSENCE_SCHOOL, PPERSABS10="12.345"))
    await load(database, path)
    assert (await facts_of(database))["persistent_absence"].value == Decimal("12.35")
    assert (await load(database, path)).facts == Tally(unchanged=2)


async def test_more_figures_than_a_statement_takes_are_all_entered_and_all_changed(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(register_repository, "FACTS_A_STATEMENT", 4)
    assert (await load(database, lookalikes.census(tmp_path, CENSUS_SCHOOL))).facts == Tally(created=6)
    assert len(await facts_of(database)) == 6
    again = await load(database, lookalikes.census(tmp_path, CENSUS_SCHOOL), source="DfE, revised")
    assert again.facts == Tally(updated=6)
    assert {fact.source for fact in (await facts_of(database)).values()} == {"DfE, revised"}


async def test_two_imports_at_once_enter_each_figure_once(database: Database, tmp_path: Path) -> None:
    path = lookalikes.census(tmp_path, CENSUS_SCHOOL)
    both = await asyncio.gather(load(database, path), load(database, path))
    assert sorted(done.facts.created for done in both) == [0, 6]
    assert sorted(done.facts.unchanged for done in both) == [0, 6]


async def test_the_source_is_kept_on_one_line(database: Database, tmp_path: Path) -> None:
    await load(database, lookalikes.absence(tmp_path, ABSENCE_SCHOOL), source="DfE\x1fpupil  absence\n")
    assert {fact.source for fact in (await facts_of(database)).values()} == {"DfE pupil absence"}


async def test_a_fact_with_a_control_character_is_refused_and_none_is_entered(
    database: Database, tmp_path: Path
) -> None:
    await load(database, lookalikes.absence(tmp_path, ABSENCE_SCHOOL))
    before = await facts_of(database)
    changed = [fact._replace(source="DfE, revised") for fact in before.values()]
    with pytest.raises(ValueError, match="control characters"):
        async with open_register(database) as register:
            await enter_facts(register, [changed[0], changed[1]._replace(source="DfE\x1f")])
    assert await facts_of(database) == before


async def test_a_predecessors_figure_is_marked_and_never_replaces_the_schools_own(
    database: Database, tmp_path: Path
) -> None:
    before = row(CENSUS_SCHOOL, URN="900000", NOR="190")
    assert (await load(database, lookalikes.census(tmp_path, before))).by_predecessor == 1
    assert (await facts_of(database))["roll"].matched_by == "predecessor"
    assert (await load(database, lookalikes.census(tmp_path, CENSUS_SCHOOL))).facts.updated == 6
    assert (await load(database, lookalikes.census(tmp_path, before))).facts == Tally(kept=6)
    roll = (await facts_of(database))["roll"]
    assert (roll.numerator, roll.matched_by) == (200, "urn")


async def test_a_file_with_both_urns_of_a_converted_school_gives_its_current_figures(
    database: Database, tmp_path: Path
) -> None:
    converted = row(GIAS_SCHOOL, URN="900101", OpenDate="01-04-2020")
    async with open_register(database) as register:
        path = lookalikes.gias_extract(tmp_path, converted)
        assert (await import_trust(register, path, trust_name="Wend Valley Trust")).schools == Tally(updated=1)
    both = lookalikes.census(tmp_path, CENSUS_SCHOOL, row(CENSUS_SCHOOL, URN="900101", NOR="210"))
    assert (await load(database, both)).facts == Tally(created=6)
    roll = (await facts_of(database))["roll"]
    assert (roll.numerator, roll.matched_by) == (210, "urn")
    assert (await load(database, lookalikes.census(tmp_path, CENSUS_SCHOOL))).facts == Tally(kept=6)


async def test_facts_without_a_source_are_refused(database: Database, tmp_path: Path) -> None:
    path = lookalikes.census(tmp_path, CENSUS_SCHOOL)
    with pytest.raises(InvalidInput, match="--source"):
        await load(database, path, source=" ")
    assert not await facts_of(database)
