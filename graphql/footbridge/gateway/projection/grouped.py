"""Rows that sum up other rows, which stand below each of them as a list.

The ordinary path asks twice: for the sums, and for the rows below. The compiler writes both into one pass, since it
knows that the list of a group is what the group was made of.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from sqlalchemy import literal_column, select

from footbridge.gateway.projection.rows import Rows, written

ROW = "grouped_row"


@dataclass(frozen=True, eq=False)
class Grouped(Rows):
    """`of` are the rows below; `sums` are SQL expressions over one of them, with their parameters.

    A group that sums up nothing has one row below it, in which the column `present` is null.
    """

    of: Rows = None  # type: ignore[assignment]
    by: tuple[str, ...] = ()
    present: str = ""
    sums: Mapping[str, Any] = None  # type: ignore[assignment]


def grouped(of: Rows, *, by: tuple[str, ...], totals: Callable[[Any], Mapping[str, Any]], present: str) -> Grouped:
    """A row for each value of the columns `by`, with totals over the rows that share it."""
    row = SimpleNamespace(**{name: literal_column(f"{ROW}.{name}", of.column(name).type) for name in of.names})
    sums = totals(row)
    keys = [getattr(row, name) for name in by]
    labelled = [sum_.label(name) for name, sum_ in ({name: getattr(row, name) for name in by} | dict(sums)).items()]
    query = select(*labelled).select_from(of.query.subquery(ROW)).group_by(*keys)
    return Grouped(query, of=of, by=by, present=present, sums={name: written(sum_) for name, sum_ in sums.items()})
