"""The catalogue holds the measures of the main job, each declaring what it counts."""

from decimal import Decimal
from pathlib import Path

import pytest

from footbridge.measures import find
from footbridge.measures.definition import Counts, Interval, Source
from footbridge.measures.find import all_measures, find_measure
from footbridge.runtime.errors import InvalidInput
from footbridge.tenancy.period import Period

NUMBERS = {1, 3, 4, 18, 19, 24, 27, 28}


def test_the_main_jobs_measures_are_there() -> None:
    assert {measure.number for measure in all_measures().values()} >= NUMBERS


def test_a_measures_file_is_named_as_its_id_and_its_number_is_its_own() -> None:
    folder = Path(find.__file__).parent / "catalogue"
    assert {file.stem.replace("_", "-") for file in folder.glob("*.py")} == set(all_measures())
    assert len({measure.number for measure in all_measures().values()}) == len(all_measures())


def test_counts_of_people_have_an_interval_and_counts_of_things_say_why_not() -> None:
    for measure in all_measures().values():
        if measure.counts is Counts.PEOPLE:
            assert measure.interval is Interval.WILSON, measure.id
        if measure.counts is Counts.THINGS:
            assert measure.no_interval_because, measure.id


def test_distinct_people_are_recorded_never_summed() -> None:
    assert find_measure("pupil-participation").source is Source.RECORDED


def test_an_unknown_measure_is_refused_with_what_there_is() -> None:
    with pytest.raises(InvalidInput, match="attendance"):
        find_measure("happiness")


def test_a_yearly_measure_does_not_cover_a_term() -> None:
    yearly = find_measure("active-partnerships")
    assert yearly.covers(Period.parse("2025-26"))
    assert not yearly.covers(Period.parse("2025-26-spring"))


def test_rates_are_rounded_half_up_to_fixed_decimals() -> None:
    measure = find_measure("attendance")
    rate = measure.rate_of(Decimal(1249), Decimal(2000))
    assert rate is not None
    assert measure.rounded(rate) == "62.5"
    assert measure.rounded(Decimal("62.45")) == "62.5"
    assert measure.rounded(Decimal(90)) == "90.0"
    assert measure.rate_of(Decimal(0), Decimal(0)) is None
