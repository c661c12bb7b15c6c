"""One school as a file lists it."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from footbridge.exchange.phases import Phase

SchoolStatus = Literal["open", "closing", "closed", "proposed"]


@dataclass(frozen=True, slots=True)
class SchoolRow:
    """A school as a file lists it; None where the file has nothing to say.

    `la_code` and `establishment_number` have three and four digits. `left_on` is the day its trust closed.
    `group_type` is as published and tells a trust from a sponsor in group links; `group_closed`, that the
    group is no longer open there.
    """

    line: int
    urn: str
    name: str
    la_code: str | None = None
    establishment_number: str | None = None
    phase: Phase | None = None
    type: str | None = None
    status: SchoolStatus = "open"
    opened_on: date | None = None
    closed_on: date | None = None
    low_age: int | None = None
    high_age: int | None = None
    postcode: str | None = None
    capacity: int | None = None
    trust_name: str | None = None
    trust_uid: str | None = None
    companies_house_number: str | None = None
    joined_on: date | None = None
    left_on: date | None = None
    group_type: str | None = None
    group_closed: bool = False

    @property
    def membership_ended_on(self) -> date | None:
        """When its membership of the trust ended, with the school or with the trust, whichever was first."""
        ends = [on for on in (self.closed_on if self.status == "closed" else None, self.left_on) if on]
        return min(ends, default=None)
