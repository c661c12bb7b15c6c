"""What DfE publishes is read as it stands: a suppressed figure is not zero, a total is not a school."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from footbridge.exchange.academic_years import academic_year, census_date
from footbridge.exchange.columns import ColumnsMissing
from footbridge.exchange.fact_matching import KnownSchools, match_facts
from footbridge.exchange.facts import FactRow, read_facts
from footbridge.exchange.indicators import INDICATORS
from footbridge.runtime.errors import InvalidInput
from tests.exchange import lookalikes
from tests.exchange.lookalikes import ABSENCE_SCHOOL, CENSUS_SCHOOL, row


def figures(path: Path) -> dict[str, FactRow]:
    return {fact.indicator: fact for fact in read_facts(path).records}


def test_the_census_gives_fsm_and_fsm6_as_two_figures(tmp_path: Path) -> None:
    facts = figures(lookalikes.census(tmp_path, CENSUS_SCHOOL))
    fsm, fsm6 = facts["fsm"], facts["fsm6"]
    assert (fsm.numerator, fsm.denominator, fsm.value) == (25, 200, Decimal("12.5"))
    assert (fsm6.numerator, fsm6.denominator, fsm6.value) == (36, None, Decimal("20.1"))
    assert facts["roll"].value == 200
    assert (facts["eal"].numerator, facts["eal"].denominator, facts["eal"].value) == (50, 200, Decimal(25))
    assert (facts["ehcp"].value, facts["sen_support"].value) == (Decimal("2.5"), Decimal(10))


def test_totals_are_counted_and_no_schools(tmp_path: Path) -> None:
    reading = read_facts(lookalikes.absence(tmp_path, ABSENCE_SCHOOL))
    assert (reading.schools, reading.totals, reading.rows_read) == (1, 1, 2)
    assert {fact.urn for fact in reading.records} == {"900001"}
    assert reading.complete
    assert reading.encoding == "UTF-8 with byte-order mark"


def test_totals_in_results_are_told_by_their_record_type(tmp_path: Path) -> None:
    headings = ("RECTYPE", "LEA", "ESTAB", "URN", "ATT8SCR", "PTL2BASICS_95")
    school = {"RECTYPE": "1", "URN": "900001", "ATT8SCR": "46.3", "PTL2BASICS_95": "41%"}
    total = {"RECTYPE": "4", "LEA": "999", "ATT8SCR": "46.7", "PTL2BASICS_95": "43%"}
    reading = read_facts(lookalikes.write(tmp_path, headings, [school, total]))
    assert (reading.schools, reading.totals) == (1, 1)
    assert [(fact.indicator, fact.value) for fact in reading.records] == [
        ("attainment_8", Decimal("46.3")),
        ("basics_95", 41),
    ]


@pytest.mark.parametrize(
    ("text", "symbol"), [("SUPP", "c"), ("supp", "c"), ("NA", "z"), ("NE", "z"), ("", "x"), ("NP", "x"), ("SP", "low")]
)
def test_a_symbol_is_kept_as_a_symbol_and_never_as_zero(tmp_path: Path, text: str, symbol: str) -> None:
    fact = figures(lookalikes.absence(tmp_path, row(ABSENCE_SCHOOL, PPERSABS10=text)))["persistent_absence"]
    assert (fact.value, fact.symbol) == (None, symbol)


def test_a_published_zero_stays_a_zero(tmp_path: Path) -> None:
    fact = figures(lookalikes.absence(tmp_path, row(ABSENCE_SCHOOL, PPERSABS10="0")))["persistent_absence"]
    assert (fact.value, fact.symbol) == (Decimal(0), None)


def test_beside_a_suppressed_percentage_no_count_is_kept(tmp_path: Path) -> None:
    fact = figures(lookalikes.census(tmp_path, row(CENSUS_SCHOOL, PNUMEAL="SUPP")))["eal"]
    assert (fact.numerator, fact.denominator, fact.value, fact.symbol) == (None, None, None, "c")


@pytest.mark.parametrize(("changes", "symbol"), [({"NUMFSM": "NA"}, "z"), ({"NUMFSM": "SUPP"}, "c")])
def test_a_share_of_what_was_not_published_has_its_symbol(tmp_path: Path, changes: dict[str, str], symbol: str) -> None:
    fact = figures(lookalikes.census(tmp_path, row(CENSUS_SCHOOL, **changes)))["fsm"]
    assert (fact.value, fact.symbol, fact.numerator) == (None, symbol, None)


def test_a_school_without_pupils_has_no_share(tmp_path: Path) -> None:
    nobody = row(CENSUS_SCHOOL, NOR="0", NUMFSM="0", NUMEAL="NA", PNUMEAL="NA", TSENELSE="0", TSENELK="0")
    assert figures(lookalikes.census(tmp_path, nobody))["fsm"].symbol == "z"


@pytest.mark.parametrize(
    ("heading", "value"), [("PERCTOT", "104"), ("PERCTOT", "-1"), ("PERCTOT", "four"), ("PPERSABS10", "1,5")]
)
def test_a_figure_that_cannot_be_is_told_and_the_rows_others_are_kept(tmp_path: Path, heading: str, value: str) -> None:
    reading = read_facts(lookalikes.absence(tmp_path, row(ABSENCE_SCHOOL, **{heading: value})))
    assert len(reading.records) == 1
    (problem,) = reading.problems
    assert (problem.line, problem.column, problem.value) == (2, heading, value)


def test_more_eligible_than_on_roll_is_a_problem(tmp_path: Path) -> None:
    reading = read_facts(lookalikes.census(tmp_path, row(CENSUS_SCHOOL, NUMFSM="201")))
    assert [problem.column for problem in reading.problems] == ["NUMFSM"]
    assert "fsm" not in {fact.indicator for fact in reading.records}


@pytest.mark.parametrize("urn", ["90001", "9000O1"])
def test_a_urn_that_is_none_is_a_problem_and_not_a_total(tmp_path: Path, urn: str) -> None:
    reading = read_facts(lookalikes.absence(tmp_path, row(ABSENCE_SCHOOL, URN=urn)))
    assert reading.totals == 1
    assert [(problem.line, problem.column) for problem in reading.problems] == [(2, "URN")]


def test_surplus_cells_make_a_row_of_figures_unusable(tmp_path: Path) -> None:
    path = lookalikes.write_text(tmp_path, "LA,ESTAB,URN,PERCTOT\n999,2001,900001,4,3\n")
    assert not read_facts(path).records
    assert read_facts(path).problems[0].line == 2


def test_a_school_given_twice_is_taken_once_if_equal_and_not_at_all_if_not(tmp_path: Path) -> None:
    same = read_facts(lookalikes.absence(tmp_path, ABSENCE_SCHOOL, ABSENCE_SCHOOL))
    assert (len(same.records), len(same.notes), same.complete) == (2, 2, True)
    differing = read_facts(lookalikes.absence(tmp_path, ABSENCE_SCHOOL, row(ABSENCE_SCHOOL, PERCTOT="9")))
    assert [fact.indicator for fact in differing.records] == ["persistent_absence"]
    assert [problem.line for problem in differing.problems] == [2, 3]


def test_a_file_without_a_known_figure_or_without_schools_loads_nothing(tmp_path: Path) -> None:
    with pytest.raises(ColumnsMissing, match="PPERSABS10"):
        read_facts(lookalikes.write_text(tmp_path, "URN,LA\n900001,999\n"))
    with pytest.raises(ColumnsMissing, match="urn"):
        read_facts(lookalikes.write_text(tmp_path, "LA,PERCTOT\n999,4\n"))


def test_facts_match_by_urn_then_by_number_as_a_predecessors(tmp_path: Path) -> None:
    former = row(ABSENCE_SCHOOL, URN="800002", ESTAB="2002", PERCTOT="5")
    stranger = row(ABSENCE_SCHOOL, URN="800003", ESTAB="2003")
    facts = read_facts(lookalikes.absence(tmp_path, ABSENCE_SCHOOL, former, stranger)).records
    known = KnownSchools(
        by_urn={"900001": "Ashwell", "900002": "Birch"},
        by_former_urn={},
        by_number={("999", "2001"): "Ashwell", ("999", "2002"): "Birch"},
    )
    matched = {(match.fact.urn, match.school, match.matched_by) for match in match_facts(facts, known)}
    assert matched == {("900001", "Ashwell", "urn"), ("800002", "Birch", "predecessor")}


@pytest.mark.parametrize("former_urns", [("800001",), ()])
def test_a_schools_own_figure_goes_before_its_predecessors(tmp_path: Path, former_urns: tuple[str, ...]) -> None:
    former = row(ABSENCE_SCHOOL, URN="800001", PERCTOT="9")
    facts = read_facts(lookalikes.absence(tmp_path, former, ABSENCE_SCHOOL)).records
    known = KnownSchools({"900001": 1}, dict.fromkeys(former_urns, 1), {("999", "2001"): 1})
    assert {match.fact.urn for match in match_facts(facts, known)} == {"900001"}


def test_a_predecessor_found_by_urn_goes_before_one_found_by_number(tmp_path: Path) -> None:
    by_number, by_urn = row(ABSENCE_SCHOOL, URN="800003"), row(ABSENCE_SCHOOL, URN="800001", ESTAB="2009")
    facts = read_facts(lookalikes.absence(tmp_path, by_number, by_urn)).records
    matched = match_facts(facts, KnownSchools({}, {"800001": 1}, {("999", "2001"): 1}))
    assert {(match.fact.urn, match.matched_by) for match in matched} == {("800001", "predecessor")}
    assert len(matched) == len({match.fact.indicator for match in matched})


def test_a_urn_that_we_know_goes_before_a_number_that_another_school_has_now(tmp_path: Path) -> None:
    former = row(ABSENCE_SCHOOL, URN="800001")
    facts = read_facts(lookalikes.absence(tmp_path, former)).records
    known = KnownSchools({"900001": "Ashwell", "900002": "Birch"}, {"800001": "Ashwell"}, {("999", "2001"): "Birch"})
    assert {(match.school, match.matched_by) for match in match_facts(facts, known)} == {("Ashwell", "predecessor")}


def test_a_roll_is_whole(tmp_path: Path) -> None:
    reading = read_facts(lookalikes.census(tmp_path, row(CENSUS_SCHOOL, NOR="12.5")))
    assert "roll" not in {fact.indicator for fact in reading.records}
    reasons = {problem.reason for problem in reading.problems if problem.column == "NOR"}
    assert "a whole number from 0 to 100000 or a symbol such as SUPP was expected; the figure was left out" in reasons


def test_indicators_have_each_a_key_of_their_own() -> None:
    assert len({indicator.key for indicator in INDICATORS}) == len(INDICATORS)


@pytest.mark.parametrize("text", ["2018/19", "2018-19", "201819", "2018/2019", " 2018/19 "])
def test_an_academic_year_is_read_in_its_usual_forms(text: str) -> None:
    assert academic_year(text) == "2018/19"


@pytest.mark.parametrize("text", ["2018", "2018/20", "18/19", "2018/1919", "next year", ""])
def test_what_is_no_academic_year_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput, match="2018/19"):
        academic_year(text)


def test_the_turn_of_a_century_is_a_year_too() -> None:
    assert academic_year("1999/00") == "1999/00"


@pytest.mark.parametrize(
    ("year", "day"),
    [("2018/19", date(2019, 1, 17)), ("2023/24", date(2024, 1, 18)), ("2025/26", date(2026, 1, 15))],
)
def test_the_census_is_the_third_thursday_of_january(year: str, day: date) -> None:
    assert census_date(year) == day
