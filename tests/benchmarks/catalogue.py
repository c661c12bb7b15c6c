"""The measures of the benchmark: the product's catalogue, filled up until 30 of them are figures of a term."""

from collections.abc import Mapping
from types import MappingProxyType

from footbridge.measures import find
from footbridge.measures.definition import Counts, Direction, Interval, Measure, Rate, Source

COMPARED = 30


def fill_up() -> None:
    """In this process only, and before anything else imports the catalogue."""
    if len(compared()) < COMPARED:
        known = find.all_measures()
        missing = range(1, COMPARED - len(compared()) + 1)
        more = [_definition(number, len(known) + number) for number in missing]
        full: Mapping[str, Measure] = MappingProxyType({**known, **{measure.id: measure for measure in more}})
        vars(find)["all_measures"] = lambda: full


def compared() -> list[Measure]:
    """Those that a term's comparison shows, in their order."""
    return [measure for measure in find.all_measures().values() if measure.termly]


def _definition(number: int, place: int) -> Measure:
    return Measure(
        id=f"benchmark-{number:02}",
        number=100 + place,
        version=1,
        name=f"Benchmark measure {number}",
        numerator="pupils who did",
        denominator="pupils who could",
        counts=Counts.PEOPLE,
        source=Source.RECORDED,
        direction=Direction.HIGHER,
        termly=True,
        rate=Rate.PERCENT,
        interval=Interval.WILSON,
    )
