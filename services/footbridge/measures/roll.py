"""A school's roll: that of the last census day before the period's end, from what DfE publishes."""

from dataclasses import dataclass
from datetime import date

from footbridge.measures.definition import Unavailable
from footbridge.tenancy.period import Period
from footbridge.tenancy.register import Register
from footbridge.tenancy.session import SchoolSession


@dataclass(frozen=True)
class Roll:
    pupils: int
    census_on: date
    source: str

    @property
    def provenance(self) -> str:
        return f"roll of {self.pupils} on {self.census_on:%d %B %Y} ({self.source})"


async def roll_of(school: SchoolSession, period: Period) -> Roll | Unavailable:
    """Dated by its census day; without one by then, the figure waits."""
    facts = await Register(school.transaction).latest_facts([school.school_id], ["roll"], until=period.ends_on)
    if not facts or not facts[0].numerator:
        return Unavailable(f"No census roll is known up to {period.ends_on:%d %B %Y}: import the school census.")
    return Roll(facts[0].numerator, facts[0].as_of_on, facts[0].source)
