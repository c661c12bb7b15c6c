"""The field's own files give the schools and figures they are known to hold."""

from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest

from footbridge.exchange.fact_matching import KnownSchools, match_facts
from footbridge.exchange.facts import FactReading, read_facts
from footbridge.exchange.phases import Phase
from footbridge.exchange.schools import SchoolReading, read_schools
from footbridge.exchange.trusts import TrustNotListed, select_trust

DATA = Path(__file__).resolve().parents[4] / "shared" / "data"
pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="the real files are not beside this checkout")


@pytest.fixture(scope="module")
def trafford() -> SchoolReading:
    return read_schools(DATA / "trafford" / "trafford_schools_and_colleges.csv")


@pytest.fixture(scope="module")
def hampshire() -> SchoolReading:
    return read_schools(DATA / "gias" / "gias_20220420_hampshire_primary.csv")


@pytest.fixture(scope="module")
def absence() -> FactReading:
    return read_facts(DATA / "dfe_performance" / "england_abs.csv")


@pytest.fixture(scope="module")
def census() -> FactReading:
    return read_facts(DATA / "dfe_performance" / "england_census.csv")


@pytest.mark.parametrize(("name", "schools"), [("Bright Futures Educational Trust", 6), ("The Dean Trust", 4)])
def test_a_trafford_trust_has_its_schools(trafford: SchoolReading, name: str, schools: int) -> None:
    assert (len(trafford.records), trafford.complete) == (103, True)
    selection = select_trust(trafford, name.upper())
    assert len(selection.schools) == schools
    assert all(school.phase and school.establishment_number for school in selection.schools)


def test_a_misspelt_trust_gets_the_nearest_name(trafford: SchoolReading) -> None:
    with pytest.raises(TrustNotListed, match="Bright Futures Educational Trust"):
        select_trust(trafford, "Bright Future Educational Trust")


def test_the_special_schools_of_a_councils_list_are_those_of_the_census(
    trafford: SchoolReading, census: FactReading
) -> None:
    """Among them a free school that the list calls "Free Schools" and only its number gives away."""
    special = {school.urn for school in trafford.records if school.phase is Phase.SPECIAL}
    assert {"142782", "106167"} <= special
    plans = {fact.urn: fact.value for fact in census.records if fact.indicator == "ehcp" and fact.value is not None}
    assert all(plans[urn] > 50 for urn in special if urn in plans)


def test_every_hampshire_row_is_read_the_ragged_and_the_closed_too(hampshire: SchoolReading) -> None:
    assert (len(hampshire.records), hampshire.complete) == (520, True)
    assert Counter(school.status for school in hampshire.records) == {"open": 427, "closed": 93}
    assert sum("more cells" in note.reason for note in hampshire.notes) == 24


def test_winchesters_absence_matches_by_authority_and_number_only(
    hampshire: SchoolReading, absence: FactReading
) -> None:
    schools = select_trust(hampshire, "University of Winchester Academy Trust").schools
    assert len(schools) == 5
    known = KnownSchools(
        by_urn={school.urn: school.urn for school in schools},
        by_former_urn={},
        by_number={(school.la_code or "", school.establishment_number or ""): school.urn for school in schools},
    )
    matched = match_facts(absence.records, known)
    persistent = {m.school: m for m in matched if m.fact.indicator == "persistent_absence"}
    assert {match.matched_by for match in matched} == {"predecessor"}
    assert {urn: match.fact.value for urn, match in persistent.items()} == {
        "148213": Decimal("6.3"),
        "148214": Decimal("11.8"),
        "148216": Decimal("3.1"),
    }


def test_the_two_without_a_match_opened_after_the_year(hampshire: SchoolReading) -> None:
    schools = select_trust(hampshire, "University of Winchester Academy Trust").schools
    new = [school for school in schools if school.urn in {"147836", "147852"}]
    assert all(school.opened_on and school.opened_on.year == 2020 for school in new)


def test_a_suppressed_absence_is_a_symbol_and_not_zero(absence: FactReading) -> None:
    assert (absence.schools, absence.totals, absence.complete) == (21_214, 3, True)
    suppressed = [fact for fact in absence.records if fact.symbol == "c"]
    assert len(suppressed) == 864
    assert {fact.value for fact in suppressed} == {None}


def test_fsm_and_fsm6_are_two_figures(census: FactReading) -> None:
    assert (census.schools, census.totals, census.complete) == (23_939, 3, True)
    elmridge = {fact.indicator: fact for fact in census.records if fact.urn == "138654"}
    assert elmridge["roll"].value == 238
    assert (elmridge["fsm"].numerator, elmridge["fsm"].value) == (14, Decimal("5.9"))
    assert (elmridge["fsm6"].numerator, elmridge["fsm6"].value) == (20, Decimal("9.5"))
    assert elmridge["eal"].value == Decimal("25.2")


def test_every_school_of_the_trafford_trusts_has_roll_fsm_eal_and_absence_by_its_own_urn(
    trafford: SchoolReading, census: FactReading, absence: FactReading
) -> None:
    schools = [
        school.urn
        for name in ("Bright Futures Educational Trust", "The Dean Trust")
        for school in select_trust(trafford, name).schools
    ]
    known = KnownSchools({urn: urn for urn in schools}, {}, {})
    matched = match_facts((*census.records, *absence.records), known)
    for urn in schools:
        told = {match.fact.indicator for match in matched if match.school == urn and match.fact.value is not None}
        assert {"roll", "fsm", "eal", "persistent_absence"} <= told


def test_results_are_read_with_their_symbols() -> None:
    reading = read_facts(DATA / "dfe_performance" / "england_ks4final_2018-19_trimmed.csv")
    assert reading.complete
    symbols = Counter(fact.symbol for fact in reading.records if fact.indicator == "attainment_8" and fact.symbol)
    assert symbols == {"c": 401, "z": 396, "x": 192}


def test_group_links_list_a_sponsored_school_once_under_its_trust() -> None:
    reading = read_schools(DATA / "gias" / "grouplinks_2025_sample_12rows.csv")
    assert (reading.rows_read, len(reading.records), reading.complete) == (12, 9, True)
    selection = select_trust(reading, "Tove Learning Trust")
    assert (selection.uid, selection.companies_house_number) == ("16243", "07525820")


def test_rows_out_of_step_are_problems_and_not_schools() -> None:
    reading = read_schools(DATA / "gias" / "fixtures_teaching_vacancies" / "example_schools_data.csv")
    assert len(reading.records) == 9
    assert {problem.line for problem in reading.problems} == set(range(11, 21))


def test_childrens_centres_are_not_taken_for_schools() -> None:
    reading = read_schools(DATA / "gias" / "edubaseallchildrencentre_2025-07.csv")
    assert not reading.records
    assert len(reading.problems) == reading.rows_read
