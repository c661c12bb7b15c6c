"""Measure 24: distinct pupils who took part at least once. Asked of the school, never summed from sessions."""

from footbridge.measures.definition import Counts, Direction, Interval, Measure, Rate, Source

MEASURE = Measure(
    id="pupil-participation",
    number=24,
    version=1,
    name="Pupil participation",
    numerator="distinct pupils who took part at least once",
    denominator="pupils on roll",
    counts=Counts.PEOPLE,
    source=Source.RECORDED,
    direction=Direction.HIGHER,
    termly=True,
    rate=Rate.PERCENT,
    interval=Interval.WILSON,
)
