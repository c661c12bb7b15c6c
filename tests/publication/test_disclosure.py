"""Primary disclosure control: rules 0, 1 and 2, as the trust would see a cell and for every small number there is."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from footbridge.measures.definition import Figure, Unavailable
from footbridge.measures.find import find_measure
from footbridge.publication.cell import Cell, entry_of, preview_hash
from footbridge.publication.disclosure import State, judge

PEOPLE = find_measure("persistent-absence")
HALF_DAYS = find_measure("attendance")
HOURS = find_measure("contact-hours")
THINGS = find_measure("fully-specified-partnerships")


def figure(numerator: int, denominator: int, pupils: int | None = None) -> Figure:
    return Figure(Decimal(numerator), Decimal(denominator), pupils, "as recorded")


@pytest.mark.parametrize(
    ("count", "of", "state"),
    [
        (5, 10, "shown"), (4, 10, "c"), (6, 10, "c"), (1, 100, "c"), (4, 100, "c"), (5, 100, "shown"),
        (95, 100, "shown"), (96, 100, "c"), (99, 100, "c"), (0, 100, "shown"), (100, 100, "shown"),
        (0, 20, "shown"), (20, 20, "shown"), (0, 19, "c"), (19, 19, "c"), (5, 9, "c"), (0, 9, "c"), (9, 9, "c"),
    ],
)  # fmt: skip
def test_counts_of_people_are_judged_by_both_sides_and_by_their_number(count: int, of: int, state: str) -> None:
    assert judge(PEOPLE, figure(count, of)).state == state


@given(st.integers(0, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_no_shown_cell_of_people_tells_of_one_to_four(pair: tuple[int, int]) -> None:
    count, of = pair
    if judge(PEOPLE, figure(count, of)).state is State.SHOWN:
        assert count not in range(1, 5)
        assert of - count not in range(1, 5)
        assert of >= 10
        assert of >= 20 or 0 < count < of


@pytest.mark.parametrize(
    ("numerator", "denominator", "pupils", "state"),
    [
        (1700, 1900, 10, "shown"), (1700, 1900, 9, "c"), (1700, 1900, None, "c"), (1900, 1900, 19, "c"),
        (1900, 1900, 20, "shown"), (0, 1900, 19, "c"), (0, 1900, 20, "shown"), (3, 1900, 400, "shown"),
    ],
)  # fmt: skip
def test_half_days_are_judged_by_the_pupils_behind_them(
    numerator: int, denominator: int, pupils: int | None, state: str
) -> None:
    assert judge(HALF_DAYS, figure(numerator, denominator, pupils)).state == state


def test_hours_for_a_roll_may_equal_the_roll_but_none_of_few_is_kept() -> None:
    assert judge(HOURS, figure(15, 15, 15)).state is State.SHOWN
    assert judge(HOURS, figure(0, 15, 15)).state is State.CONFIDENTIAL


@given(st.integers(1, 30).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_things_are_shown_exactly(pair: tuple[int, int]) -> None:
    assert judge(THINGS, figure(*pair)).state is State.SHOWN


@given(
    st.sampled_from([PEOPLE, HALF_DAYS, HOURS, THINGS]),
    st.integers(0, 60).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n), st.integers(0, 60))),
)
def test_a_symbol_has_no_number_behind_it(measure: object, counts: tuple[int, int, int]) -> None:
    numerator, denominator, pupils = counts
    cell = entry_of(measure, "primary", figure(numerator, denominator, pupils), note=None).cell  # type: ignore[arg-type]
    if cell.state is not State.SHOWN:
        bare = Cell(cell.measure_id, cell.measure_version, cell.state)
        assert cell == bare


def test_a_measure_that_does_not_apply_and_one_without_figure_are_symbols() -> None:
    assert entry_of(PEOPLE, "nursery", figure(10, 40), note=None).cell.state is State.NOT_APPLICABLE
    missing = entry_of(PEOPLE, "primary", Unavailable("No figure is recorded."), note=None)
    assert (missing.cell.state, missing.reason) == (State.UNAVAILABLE, "No figure is recorded.")


def test_the_hash_is_of_what_is_seen_and_of_nothing_else() -> None:
    def digest(count: int, of: int) -> str:
        return preview_hash("school", "2025-26", [entry_of(PEOPLE, "primary", figure(count, of), note="n").cell])

    assert digest(1, 100) == digest(4, 100), "behind a symbol nothing shows"
    assert digest(5, 100) != digest(6, 100)
    assert digest(4, 100) != digest(5, 100)


def test_the_note_is_part_of_what_is_seen() -> None:
    cell = entry_of(PEOPLE, "primary", figure(10, 100), note="flu").cell
    other = replace(cell, context_note="no flu")
    assert preview_hash("s", "2025-26", [cell]) != preview_hash("s", "2025-26", [other])


def test_the_interval_is_the_definitions_and_in_percent() -> None:
    cell = entry_of(PEOPLE, "primary", figure(45, 60), note=None).cell
    assert (cell.rate, cell.interval_low, cell.interval_high) == ("75.0", "62.8", "84.2")
    on_pupils = entry_of(HALF_DAYS, "primary", figure(8550, 11400, 60), note=None).cell
    assert (on_pupils.interval_low, on_pupils.interval_high) == ("62.8", "84.2")
    assert entry_of(THINGS, "primary", figure(3, 4), note=None).cell.interval_low is None
