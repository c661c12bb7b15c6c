"""Many rows in one statement: each column is one array, so that the statement is the same for any number of rows."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import ARRAY, Table, bindparam, func

EACH = "each_"
"""Before a column's name: the parameter that holds it for all rows."""


def rows_of(table: Table, *names: str) -> Any:
    """What to select from, or to change by: the columns of the table that differ from row to row."""
    arrays = [bindparam(EACH + name, type_=ARRAY(table.c[name].type)) for name in names]
    return func.unnest(*arrays).table_valued(*names, name="rows").render_derived()


def arrays_of(rows: Iterable[Sequence[Any]], *names: str) -> dict[str, list[Any]]:
    """The values of a statement made with `rows_of`; each row is in the order of the names."""
    columns = list(map(list, zip(*rows, strict=True))) or [[] for _ in names]
    return {EACH + name: column for name, column in zip(names, columns, strict=True)}
