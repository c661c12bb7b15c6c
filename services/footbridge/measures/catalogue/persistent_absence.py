"""Measure 3: pupils who missed 10 % or more of their half-days within the period stated."""

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
    id="persistent-absence",
    number=3,
    version=1,
    name="Persistent absence",
    numerator="pupils who missed 10 % or more",
    denominator="pupils",
    counts=Counts.PEOPLE,
    source=Source.RECORDED,
    direction=Direction.LOWER,
    termly=True,
    rate=Rate.PERCENT,
    interval=Interval.WILSON,
    not_of_phases=NOT_OF_NURSERIES,
)
