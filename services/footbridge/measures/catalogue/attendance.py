"""Measure 1: attendance. The 90 % of the Tower Hamlets account is history, not a target."""

from footbridge.measures.definition import (
    NOT_OF_NURSERIES,
    Counts,
    Direction,
    Interval,
    Measure,
    Rate,
    Source,
)

MEASURE = Measure(
    id="attendance",
    number=1,
    version=1,
    name="Attendance",
    numerator="half-days attended (present or at an approved educational activity)",
    denominator="half-days possible",
    counts=Counts.HALF_DAYS,
    source=Source.RECORDED,
    direction=Direction.HIGHER,
    termly=True,
    rate=Rate.PERCENT,
    interval=Interval.WILSON_ON_PUPILS,
    not_of_phases=NOT_OF_NURSERIES,
)
