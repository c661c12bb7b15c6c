"""What a drawn document may speak of: ids and cursors of the population, own, foreign, missing and malformed."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from footbridge.tenancy.caller import Caller

Coordinate = str
"""`Type.field`, as in `Query.partnerships`."""


@dataclass(frozen=True)
class Known:
    """Of one schema; what belongs to a caller goes by the caller's name in `callers`."""

    callers: Mapping[str, Caller]
    ids: Mapping[str, tuple[str, ...]]
    """By the name of the type."""
    foreign: Mapping[str, tuple[str, ...]]
    """Of other tenants."""
    cursors: Mapping[tuple[str, Coordinate], tuple[str, ...]]
    """By caller and connection, from pages that were answered."""
    urns: tuple[str, ...] = ()
    measures: tuple[str, ...] = ()
    foreign_cursors: tuple[str, ...] = field(default=())

    def own_cursors(self, caller: str, coordinate: Coordinate) -> tuple[str, ...]:
        return self.cursors.get((caller, coordinate), ())

    def wrong_cursors(self, caller: str, coordinate: Coordinate) -> tuple[str, ...]:
        """Of other lists and of other people."""
        others = (found[0] for key, found in self.cursors.items() if key != (caller, coordinate) and found)
        return (*others, *self.foreign_cursors)
