"""A school's recorded figures are checked the same from a file and from a mutation."""

from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from footbridge.exchange.columns import ColumnsMissing
from footbridge.exchange.counts import derive_numerator
from footbridge.exchange.observations import (
    MOST_ROWS_A_MUTATION,
    ObservationInput,
    ObservationsNotTaken,
    TooManyRows,
    check_observations,
    observations_of_rows,
    read_observations,
)
from tests.exchange import lookalikes

PAIR = {"measure": "3", "period": "2018/19", "numerator": "18", "denominator": "148", "source": "Register"}
SHARE = {"measure": "3", "period": "2018/19", "percentage": "12.3", "roll": "148", "source": "DfE absence"}


def file_of(folder: Path, *records: dict[str, str]) -> Path:
    return lookalikes.write(folder, lookalikes.OBSERVATION_HEADINGS, records)


def figure(**changes: Any) -> ObservationInput:
    typed: dict[str, Any] = {"numerator": 18, "denominator": 148}
    return ObservationInput(1, "3", "2018/19", **{"source": "Register", **typed, **changes})


def test_a_pair_is_taken_as_it_stands(tmp_path: Path) -> None:
    (row,) = read_observations(file_of(tmp_path, {**PAIR, "pupils": "150"})).records
    assert (row.line, row.measure, row.period, row.source) == (2, "3", "2018/19", "Register")
    assert (row.numerator, row.denominator, row.pupils, row.derivation, row.urn) == (18, 148, 150, None, None)


def test_a_percentage_and_a_roll_give_a_numerator_and_say_so(tmp_path: Path) -> None:
    (row,) = read_observations(file_of(tmp_path, SHARE)).records
    assert (row.numerator, row.denominator) == (18, 148)
    assert row.derivation == "18 = 12.3 % of 148, rounded; percentage as published"


@pytest.mark.parametrize(
    ("changes", "column", "advice"),
    [
        ({"numerator": "149"}, "numerator", "more than the denominator 148"),
        ({"numerator": "-1"}, "numerator", "cannot be negative"),
        ({"numerator": "SUPP"}, "numerator", "leave the row out"),
        ({"numerator": "17.5"}, "numerator", "counted whole"),
        ({"denominator": "1,480"}, "denominator", "thousands separators"),
        ({"denominator": "0"}, "denominator", "1 or more"),
        ({"denominator": ""}, "denominator", "missing"),
        ({"denominator": "9999999999"}, "denominator", "too large"),
        ({"denominator": "²"}, "denominator", "digits only"),
        ({"pupils": "many"}, "pupils", "digits only"),
        ({"percentage": "12.3"}, "percentage", "not both"),
        ({"measure": " "}, "measure", "missing"),
        ({"period": ""}, "period", "missing"),
        ({"source": ""}, "source", "missing"),
        ({"source": "x" * 501}, "source", "shorten"),
    ],
)
def test_a_pair_that_cannot_be_recorded_is_told_with_line_column_and_what_to_do(
    tmp_path: Path, changes: dict[str, str], column: str, advice: str
) -> None:
    reading = read_observations(file_of(tmp_path, {**PAIR, **changes}))
    assert not reading.records
    (problem,) = reading.problems
    assert (problem.line, problem.column) == (2, column)
    assert advice in problem.reason


@pytest.mark.parametrize(
    ("changes", "column", "advice"),
    [
        ({"percentage": "100.1"}, "percentage", "more than all"),
        ({"percentage": "12.3%"}, "percentage", "without the % sign"),
        ({"percentage": "SUPP"}, "percentage", "leave the row out"),
        ({"percentage": "-2"}, "percentage", "cannot be negative"),
        ({"percentage": "12,3"}, "percentage", "decimal point"),
        ({"percentage": ""}, "percentage", "missing"),
        ({"roll": ""}, "roll", "missing"),
        ({"roll": "0"}, "roll", "1 or more"),
    ],
)
def test_a_percentage_that_cannot_be_recorded_is_told_too(
    tmp_path: Path, changes: dict[str, str], column: str, advice: str
) -> None:
    (problem,) = read_observations(file_of(tmp_path, {**SHARE, **changes})).problems
    assert (problem.line, problem.column) == (2, column)
    assert advice in problem.reason


def test_everything_wrong_with_a_row_is_told_at_once() -> None:
    reading = check_observations([figure(numerator="x", denominator="y", source=None)])
    assert {problem.column for problem in reading.problems} == {"numerator", "denominator", "source"}


def test_sound_rows_are_taken_beside_unsound_ones(tmp_path: Path) -> None:
    path = file_of(tmp_path, PAIR, {**PAIR, "measure": "4", "numerator": "SUPP"}, {**PAIR, "measure": "24"})
    reading = read_observations(path)
    assert [row.line for row in reading.records] == [2, 4]
    assert (reading.rows_read, reading.complete, reading.encoding) == (3, False, "UTF-8")


def test_equal_rows_are_taken_once_and_contradicting_ones_not_at_all() -> None:
    again = ObservationInput(2, "3", "2018/19", 18, 148, source="Register")
    other = ObservationInput(3, "3", "2018/19", 19, 148, source="Register")
    assert len(check_observations([figure(), again]).records) == 1
    reading = check_observations([figure(), again, other])
    assert not reading.records
    assert [problem.line for problem in reading.problems] == [1, 2, 3]


def test_several_schools_may_stand_in_one_file_by_urn(tmp_path: Path) -> None:
    headings = (*lookalikes.OBSERVATION_HEADINGS, "URN")
    path = lookalikes.write(tmp_path, headings, [{**PAIR, "URN": urn} for urn in ("900001", "900002", "9")])
    reading = read_observations(path)
    assert [row.urn for row in reading.records] == ["900001", "900002"]
    assert [(problem.line, problem.column) for problem in reading.problems] == [(4, "urn")]


def test_typed_values_are_checked_as_text_is() -> None:
    typed = figure(numerator=None, denominator=None, percentage=Decimal("12.30"), roll=148)
    assert check_observations([typed]).records[0].numerator == 18
    for wrong in (True, 1.5, [1], -3, Decimal("NaN")):
        assert not check_observations([figure(numerator=wrong)]).complete
    for wrong in (True, float("nan"), float("inf"), Decimal("Infinity"), Decimal("1e9"), 101):
        assert not check_observations([figure(numerator=None, denominator=None, percentage=wrong, roll=10)]).complete


def test_a_mutation_takes_a_thousand_rows_and_no_more() -> None:
    rows = [ObservationInput(n, f"m{n}", "2018/19", 1, 2, source="x") for n in range(1, MOST_ROWS_A_MUTATION + 2)]
    assert len(check_observations(rows[:-1], at_most=MOST_ROWS_A_MUTATION).records) == 1000
    with pytest.raises(TooManyRows, match="1,001"):
        check_observations(rows, at_most=MOST_ROWS_A_MUTATION)


def test_a_numerator_may_exceed_where_the_measure_says_so() -> None:
    adults = figure(numerator=200)
    assert not check_observations([adults]).complete
    assert check_observations([adults], may_exceed={"3"}).complete


def test_a_file_with_neither_pairs_nor_percentages_loads_nothing(tmp_path: Path) -> None:
    with pytest.raises(ColumnsMissing, match="numerator"):
        read_observations(lookalikes.write_text(tmp_path, "measure,period,source\n3,2018/19,x\n"))
    with pytest.raises(ColumnsMissing, match="roll"):
        read_observations(lookalikes.write_text(tmp_path, "measure,period,percentage,source\n3,2018/19,4,x\n"))


@given(numerator=st.integers(0, 5000), roll=st.integers(1, 5000))
def test_a_derived_numerator_is_within_the_roll_and_near_the_percentage(numerator: int, roll: int) -> None:
    percentage = (Decimal(min(numerator, roll)) * 100 / roll).quantize(Decimal("0.1"))
    derived = derive_numerator(percentage, roll)
    assert 0 <= derived <= roll
    assert abs(derived - percentage * roll / 100) <= Decimal("0.5")


def test_halves_are_rounded_up() -> None:
    assert derive_numerator(Decimal("12.5"), 20) == 3
    assert derive_numerator(Decimal("50"), 5) == 3


def test_a_mutations_rows_become_figures_of_measures_by_number_name_or_id() -> None:
    rows = [
        figure(),
        ObservationInput(2, "Pupil participation", "2018-19-autumn", percentage="50", roll=21, source="Clubs"),
        ObservationInput(3, "persistent-absence", "2018-19", 18, 148, source="Register"),
    ]
    taken = observations_of_rows(rows)
    assert [(row.measure_id, row.period, row.numerator, row.denominator) for row in taken] == [
        ("persistent-absence", "2018-19", 18, 148),
        ("pupil-participation", "2018-19-autumn", 11, 21),
    ]
    assert taken[1].derivation == "11 = 50 % of 21, rounded; percentage as published"


def test_a_mutation_takes_all_rows_or_none_and_tells_the_first_ten_problems() -> None:
    wrong = [ObservationInput(line, "wizardry", "2018/19", 1, 2, source="Register") for line in range(2, 14)]
    with pytest.raises(ObservationsNotTaken) as refused:
        observations_of_rows([figure(), *(replace(row, period=f"20{row.line + 10}/{row.line + 11}") for row in wrong)])
    assert len(refused.value.problems) == 12
    assert "Row 2, measure: “wizardry” is not a measure." in refused.value.message
    assert "Row 11," in refused.value.message
    assert "Row 12," not in refused.value.message
    assert refused.value.message.endswith("And 2 more.")


def test_a_mutations_contradicting_rows_are_problems() -> None:
    rows = [figure(), ObservationInput(2, "persistent-absence", "2018-19", 19, 148, source="Register")]
    with pytest.raises(ObservationsNotTaken, match=r"Row 1, measure.*Row 2, measure"):
        observations_of_rows(rows)


def test_a_mutation_of_too_many_rows_is_refused_before_any_is_read() -> None:
    with pytest.raises(TooManyRows):
        observations_of_rows([figure()] * (MOST_ROWS_A_MUTATION + 1))
