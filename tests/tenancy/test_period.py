"""Every date belongs to exactly one academic year and one term."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from footbridge.runtime.errors import InvalidInput
from footbridge.tenancy.period import Period, Term


@given(st.dates(date(1995, 9, 1), date(2090, 8, 31)))
def test_every_date_belongs_to_exactly_one_term_of_its_year(day: date) -> None:
    year = Period.year_of(day)
    assert year.starts_on <= day <= year.ends_on
    (term,) = [term for term in year.terms if term.starts_on <= day <= term.ends_on]
    assert Period.parse(term.code) == term


@given(st.integers(1995, 2090))
def test_terms_follow_one_another_without_a_gap(start: int) -> None:
    autumn, spring, summer = Period(start).terms
    assert autumn.starts_on == Period(start).starts_on
    assert spring.starts_on - autumn.ends_on == timedelta(days=1)
    assert summer.starts_on - spring.ends_on == timedelta(days=1)
    assert summer.ends_on == Period(start).ends_on


def test_spring_ends_on_easter_sunday() -> None:
    assert Period(2025, Term.SPRING).ends_on == date(2026, 4, 5)
    assert Period(2025, Term.SUMMER).starts_on == date(2026, 4, 6)


@pytest.mark.parametrize("code", ["2025-26", "2025/26", " 2025-26-Autumn "])
def test_codes_are_read_in_their_usual_forms(code: str) -> None:
    assert Period.parse(code).year == 2025


@pytest.mark.parametrize("code", ["", "2025", "2025-27", "2025-26-winter", "25-26", "1066-67"])
def test_what_is_no_period_is_refused(code: str) -> None:
    with pytest.raises(InvalidInput):
        Period.parse(code)
