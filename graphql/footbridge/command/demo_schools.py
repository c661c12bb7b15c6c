"""The demo trust's twelve schools, as a list of schools would tell them. None of them exists.

Their URNs (from 990001), their authority's code (999), the trust's UID (990000) and the partner's charity number
(9990001) lie where Get Information About Schools and the Charity Commission have given no numbers.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from footbridge.tenancy.enrolment import SchoolEntry
from footbridge.tenancy.period import Period

TRUST_NAME = "Lantern Vale Academies Trust (fictional)"
TRUST_UID = "990000"
UPPER_VALE, LOWER_VALE = "Upper Vale hub", "Lower Vale hub"
YEARS = (Period(2023), Period(2024), Period(2025))
CENSUS_YEARS = (Period(2022), *YEARS)


@dataclass(frozen=True)
class DemoSchool:
    """`roll` is that of January 2023 and `growth` its change a year; shares are in percent."""

    urn: str
    name: str
    phase: str
    hub: str
    ages: tuple[int, int]
    roll: int
    growth: int
    fsm: int
    attendance: float
    persistent_absence: float
    participation: float
    meetings: float

    @property
    def word(self) -> str:
        """What its groups and user names begin with."""
        return self.name.split()[0].casefold()

    @property
    def year_groups(self) -> range:
        """From Reception (0) to Year 11; none in a nursery."""
        return range(max(0, self.ages[0] - 4), min(12, self.ages[1] - 4))

    def roll_in(self, year: Period) -> int:
        return self.roll + self.growth * (year.year - CENSUS_YEARS[0].year)

    def entry(self, number: int) -> SchoolEntry:
        kind = "Academy special sponsor led" if self.phase == "special" else "Academy converter"
        return SchoolEntry(
            urn=self.urn,
            name=self.name,
            la_code="999",
            establishment_number=f"{(7000 if self.phase == 'special' else 2000) + number}",
            phase=self.phase,
            type=kind,
            low_age=self.ages[0],
            high_age=self.ages[1],
            opened_on=date(2017, 9, 1),
            joined_on=date(2018 + number % 4, 9, 1),
        )


SCHOOLS = (
    DemoSchool("990001", "Ashcombe Primary School", "primary", UPPER_VALE, (4, 11), 405, 4, 18, 94.6, 12.4, 71, 83),
    DemoSchool("990002", "Beaconlane Primary School", "primary", UPPER_VALE, (3, 11), 214, -3, 37, 92.4, 20.6, 58, 69),
    DemoSchool("990003", "Carrowhill Infant School", "primary", UPPER_VALE, (4, 7), 172, 2, 21, 94.1, 14.0, 64, 88),
    DemoSchool("990004", "Dovecote Junior School", "primary", UPPER_VALE, (7, 11), 236, 1, 23, 94.4, 12.9, 67, 80),
    DemoSchool("990005", "Elmstead Academy", "secondary", UPPER_VALE, (11, 18), 1172, 12, 26, 90.8, 26.3, 44, 57),
    DemoSchool("990006", "Fernleigh High School", "secondary", UPPER_VALE, (11, 16), 848, -6, 33, 89.6, 30.4, 39, 51),
    DemoSchool("990007", "Glasshouse Lane School", "special", LOWER_VALE, (4, 16), 44, 1, 52, 87.2, 38.0, 93, 76),
    DemoSchool("990008", "Harbourside Nursery School", "nursery", LOWER_VALE, (2, 4), 86, 0, 30, 0, 0, 60, 0),
    DemoSchool("990009", "Inglenook Primary School", "primary", LOWER_VALE, (4, 11), 318, 3, 12, 95.3, 8.8, 76, 86),
    DemoSchool("990010", "Juniperbank School", "all-through", LOWER_VALE, (4, 16), 1296, 16, 29, 91.6, 23.1, 48, 62),
    DemoSchool("990011", "Kilnstreet Primary School", "primary", LOWER_VALE, (4, 11), 118, 2, 9, 96.2, 2.6, 81, 91),
    DemoSchool("990012", "Lanternhill Academy", "secondary", LOWER_VALE, (11, 16), 951, 5, 22, 91.9, 21.7, 46, 64),
)  # fmt: skip


def school_days(term: Period) -> tuple[date, date]:
    """First and last day of teaching in the trust's schools."""
    year = term.year
    match term.term:
        case "autumn":
            return date(year, 9, 5), date(year, 12, 19)
        case "spring":
            return date(year + 1, 1, 6), date.fromordinal(term.ends_on.toordinal() - 9)
        case _:
            return date.fromordinal(term.starts_on.toordinal() + 8), date(year + 1, 7, 21)


def half_term(term: Period) -> tuple[date, date]:
    """A week from Monday to Friday."""
    year = term.year
    monday = {"autumn": date(year, 10, 25), "spring": date(year + 1, 2, 13), "summer": date(year + 1, 5, 26)}[
        str(term.term)
    ]
    first = monday.toordinal() - monday.weekday()
    return date.fromordinal(first), date.fromordinal(first + 4)


def all_terms() -> Iterator[Period]:
    for year in YEARS:
        yield from year.terms
