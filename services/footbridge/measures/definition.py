"""What a measure declares: what it counts, where its figure comes from, and which interval fits."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from footbridge.tenancy.period import Period
from footbridge.tenancy.session import SchoolSession


class Counts(StrEnum):
    """What is counted decides disclosure rules and interval (decision 13, rule 0)."""

    PEOPLE = "people"
    HALF_DAYS = "half-days or other repeated counts of people"
    THINGS = "things"


class Interval(StrEnum):
    WILSON = "Wilson"
    WILSON_ON_PUPILS = "Wilson with n = the pupils behind the half-days"
    NONE = "none"


class Rate(StrEnum):
    PERCENT = "percent"
    PER_HUNDRED_PUPILS = "per 100 pupils"


class Direction(StrEnum):
    HIGHER = "higher is better"
    LOWER = "lower is better"
    CONTEXT = "context only"


class Source(StrEnum):
    RECORDED = "recorded"
    COMPUTED = "computed from the record"
    EITHER = "computed from the record, or recorded"


@dataclass(frozen=True)
class Figure:
    """A numerator over a denominator, with the pupils behind them where a count repeats, and where it came from."""

    numerator: Decimal
    denominator: Decimal
    pupils: int | None
    provenance: str


@dataclass(frozen=True)
class Unavailable:
    """There is no figure; `reason` says what would make one."""

    reason: str


Count = Callable[[SchoolSession, Period], Awaitable[Figure | Unavailable]]

NOT_OF_NURSERIES = frozenset({"nursery", "16 plus"})


@dataclass(frozen=True)
class Measure:
    """A versioned definition; a later method gets a new version, and published figures keep theirs."""

    id: str
    number: int
    version: int
    name: str
    numerator: str
    denominator: str
    counts: Counts
    source: Source
    direction: Direction
    termly: bool
    rate: Rate
    interval: Interval
    no_interval_because: str | None = None
    not_of_phases: frozenset[str] = frozenset()
    count: Count | None = None
    decimals: int = 1

    def __post_init__(self) -> None:
        if (self.interval is Interval.NONE) != (self.no_interval_because is not None):
            raise ValueError(f"{self.id}: say why there is no interval, and only then")
        if (self.source is Source.RECORDED) != (self.count is None):
            raise ValueError(f"{self.id}: a computed measure counts, a recorded one does not")

    def covers(self, period: Period) -> bool:
        """A termly measure may also be given for the whole year."""
        return self.termly or period.term is None

    def applies_to(self, phase: str) -> bool:
        return phase not in self.not_of_phases

    @property
    def may_be_recorded(self) -> bool:
        return self.source is not Source.COMPUTED

    def rate_of(self, numerator: Decimal, denominator: Decimal) -> Decimal | None:
        """Numerator per hundred of denominator, not rounded; None of nothing."""
        return None if denominator == 0 else numerator * 100 / denominator

    def rounded(self, rate: Decimal) -> str:
        """As it is shown: fixed decimals, halves up."""
        return str(rate.quantize(Decimal(1).scaleb(-self.decimals), rounding=ROUND_HALF_UP))
