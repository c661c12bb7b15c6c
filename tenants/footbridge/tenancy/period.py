"""The academic year and its terms: every date belongs to exactly one of each.

A year runs from 1 September to 31 August; autumn to 31 December, spring to Easter Sunday, summer from Easter
Monday (DfE's absence periods).
"""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from dateutil.easter import easter

from footbridge.runtime.errors import InvalidInput

EARLIEST_YEAR, LATEST_YEAR = 1990, 2100
_CODE = re.compile(r"(\d{4})[-/](\d{2})(?:-(autumn|spring|summer))?")


class Term(StrEnum):
    AUTUMN = "autumn"
    SPRING = "spring"
    SUMMER = "summer"


@dataclass(frozen=True)
class Period:
    """An academic year (`term` is None) or one of its terms; `year` is the one in which it starts."""

    year: int
    term: Term | None = None

    @classmethod
    def parse(cls, code: str) -> "Period":
        """From `2025-26`, `2025/26` or `2025-26-autumn`; InvalidInput for anything else."""
        match = _CODE.fullmatch(code.strip().casefold())
        year = int(match[1]) if match else 0
        if match is None or (year + 1) % 100 != int(match[2]) or not EARLIEST_YEAR <= year <= LATEST_YEAR:
            raise InvalidInput(f"“{code[:40]}” is not a period: write 2025-26 or 2025-26-autumn.")
        return cls(year, Term(match[3]) if match[3] else None)

    @classmethod
    def year_of(cls, day: date) -> "Period":
        return cls(day.year if day.month >= 9 else day.year - 1)

    @property
    def code(self) -> str:
        years = f"{self.year}-{(self.year + 1) % 100:02}"
        return f"{years}-{self.term}" if self.term else years

    @property
    def name(self) -> str:
        years = f"{self.year}/{(self.year + 1) % 100:02}"
        return f"{self.term.capitalize()} term {years}" if self.term else years

    @property
    def academic_year(self) -> "Period":
        return Period(self.year)

    @property
    def terms(self) -> "tuple[Period, Period, Period]":
        return (
            Period(self.year, Term.AUTUMN),
            Period(self.year, Term.SPRING),
            Period(self.year, Term.SUMMER),
        )

    @property
    def starts_on(self) -> date:
        match self.term:
            case Term.SPRING:
                return date(self.year + 1, 1, 1)
            case Term.SUMMER:
                return easter(self.year + 1) + timedelta(days=1)
            case _:
                return date(self.year, 9, 1)

    @property
    def ends_on(self) -> date:
        match self.term:
            case Term.AUTUMN:
                return date(self.year, 12, 31)
            case Term.SPRING:
                return easter(self.year + 1)
            case _:
                return date(self.year + 1, 8, 31)
