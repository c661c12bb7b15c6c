"""Rows that sum up other rows, which stand below each of them as a list.

The ordinary path asks twice: for the sums, and for the rows below. The compiler writes both into one pass, since it
knows that the list of a group is what was summed up.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from sqlalchemy import Select, literal_column, select, true

from footbridge.gateway.projection.rows import Rows, Template, written

EACH, BELOW = "each_row", "row_below"


@dataclass(frozen=True, eq=False)
class Grouped(Rows):
    """`each` and `below` are SELECTs; `below` names columns of `each` as `each_row.column`.

    `sums` are SQL expressions over `below`, under the alias `row_below`.
    """

    each: Template = field(kw_only=True)
    below: Template = field(kw_only=True)
    sums: Mapping[str, Template] = field(kw_only=True)
    list_column: str = field(kw_only=True)


def each_row(of: Select[*tuple[Any, ...]]) -> Any:
    """The columns of each group, for the SELECT of the rows below it."""
    columns = {column.name: literal_column(f"{EACH}.{column.name}", column.type) for column in of.selected_columns}
    return SimpleNamespace(**columns)


def grouped(
    each: Select[*tuple[Any, ...]],
    below: Select[*tuple[Any, ...]],
    *,
    key: str,
    totals: Callable[[Any, Any], Mapping[str, Any]],
) -> tuple[Grouped, Rows]:
    """The groups, one for each row of `each`, with totals over the rows below; and all rows below, each with the
    `key` of its group.
    """
    columns = {column.name: literal_column(f"{BELOW}.{column.name}", column.type) for column in below.selected_columns}
    sums = totals(each_row(each), SimpleNamespace(**columns))
    groups = each.subquery(EACH)
    summed = select(*(total.label(name) for name, total in sums.items())).select_from(below.subquery(BELOW)).lateral()
    rows = below.lateral(BELOW)
    return (
        Grouped(
            select(*groups.c, *summed.c).select_from(groups.join(summed, true())),
            each=written(each),
            below=written(below),
            sums={name: written(total) for name, total in sums.items()},
            list_column=key,
        ),
        Rows(select(groups.c[key], *rows.c).select_from(groups.join(rows, true()))),
    )
