"""A comparison: one measure and period over a trust's schools, each with its context, in alphabetical order."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from footbridge.measures.definition import Measure
from footbridge.tenancy.period import Period


@dataclass(frozen=True)
class Context:
    """What DfE publishes of the school, by the period's end: the figure beside the figure."""

    phase: str
    roll: int | None
    fsm_percent: str | None
    source: str | None


@dataclass(frozen=True)
class ComparedCell:
    """What a school's head has shared; `state` is shown, z, x, c, or in words why there is nothing."""

    school_id: UUID
    urn: str
    school_name: str
    context: Context
    state: str
    numerator: Decimal | None
    denominator: Decimal | None
    pupils: int | None
    rate: str | None
    interval_low: str | None
    interval_high: str | None
    context_note: str | None
    shared_at: datetime | None


@dataclass(frozen=True)
class Total:
    """Of the shown cells only; no figure where fewer than three are shown."""

    numerator: Decimal | None
    denominator: Decimal | None
    rate: str | None


@dataclass(frozen=True)
class Comparison:
    """`coverage` reads “n of N published, m shown”."""

    measure: Measure
    period: Period
    cells: Sequence[ComparedCell]
    published: int
    shown: int
    total: Total
    version: int

    @property
    def coverage(self) -> str:
        return f"{self.published} of {len(self.cells)} published, {self.shown} shown"


@dataclass(frozen=True)
class TrustRelease:
    """A release as the trust sees it; withdrawn ones stay as header and mark."""

    id: UUID
    school_id: UUID
    period: str
    school_name: str
    phase: str
    signed_by_name: str
    published_at: datetime
    withdrawn_at: datetime | None
