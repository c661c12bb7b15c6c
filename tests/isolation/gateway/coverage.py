"""Which coordinates of the schemas no cell has touched, and why that may be."""

from collections.abc import Iterator, Mapping

from tests.isolation.gateway.contract import Side, coordinates

Hit = set[tuple[Side, str]]

NOT_TOUCHED: Mapping[tuple[Side, str], str] = {}
"""With a sentence for each that says why."""


def uncovered(hit: Hit) -> Iterator[str]:
    """What is not touched and not listed, and what is listed without need."""
    every = {(side, coordinate) for side in Side for coordinate in coordinates(side)}
    for side, coordinate in sorted(every - hit - NOT_TOUCHED.keys()):
        yield f"{side}: {coordinate} is touched by no cell"
    for side, coordinate in sorted(NOT_TOUCHED.keys() & hit):
        yield f"{side}: {coordinate} is listed as not touched, and is"
    for side, coordinate in sorted(NOT_TOUCHED.keys() - every):
        yield f"{side}: {coordinate} is listed as not touched, and there is no such thing"


def share(hit: Hit) -> str:
    every = {(side, coordinate) for side in Side for coordinate in coordinates(side)}
    return f"{len(hit & every)} of {len(every)} coordinates"
