"""How a column's value is shown: as JSON text by PostgreSQL, and as Python's value by the ordinary path.

Both say the same, and a difference is a defect that the differential test finds. In SQL a value is text that stands
in JSON as it is: quoted and escaped where its type needs it, NULL where it is null.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from typing import Any

import sqlalchemy as sa
import strawberry

from footbridge.gateway.fields.scalars import Prefix, decimal_text
from footbridge.gateway.projection.markers import BROKEN
from footbridge.gateway.projection.text import Sql, Text, quoted
from footbridge.runtime.schema import PlainText


@dataclass(frozen=True)
class Codec:
    """`sql` takes an expression of the column and makes its JSON text; `python` takes its value."""

    sql: Callable[[str], Text]
    python: Callable[[Any], Any]


def _same(value: Any) -> Any:
    return value


def _expression(expression: str) -> Text:
    return Text(Sql(expression))


TEXT = Codec(lambda of: _expression(f"to_json({of})::text"), _same)
PLAIN = Codec(quoted, _same)
NUMBER = Codec(lambda of: _expression(f"{of}::text"), _same)
TRUTH = Codec(lambda of: _expression(f"case when {of} then 'true' when not {of} then 'false' end"), _same)
DAY = Codec(lambda of: _expression(f"to_json({of})::text"), _same)
DECIMAL = Codec(lambda of: quoted(f"trim_scale({of})::text"), decimal_text)
FIXED_DECIMAL = Codec(lambda of: quoted(f"{of}::text"), str)


def _moment(of: str) -> Text:
    """As Python's isoformat: microseconds only where there are any."""
    utc = f"({of} at time zone 'UTC')"
    micros = f"case when date_trunc('second', {utc}) = {utc} then '' else to_char({utc}, '.US') end"
    return Text('"', Sql(f"to_char({utc}, 'YYYY-MM-DD\"T\"HH24:MI:SS')"), Sql(micros), '+00:00"')


MOMENT = Codec(_moment, _same)


def global_id(prefix: Prefix) -> Codec:
    return Codec(lambda of: Text(f'"{prefix.value}_', Sql(f"replace({of}::text, '-', '')"), '"'), prefix.id_of)


def enumeration(kind: type[Enum]) -> Codec:
    """A state is text in the database and a name in the schema; one without a name is left to the ordinary path."""
    cases = " ".join(f"when '{_escaped(str(member.value))}' then '\"{member.name}\"'" for member in kind)
    return Codec(
        lambda of: _expression(f"case {of} {cases} else case when {of} is not null then '{BROKEN}' end end"), kind
    )


def _escaped(value: str) -> str:
    return value.replace("'", "''")


def codec_of(column: Any, shown: Any, *, prefix: Prefix | None, fixed: bool) -> Codec:
    """Of a column shown as this Python type; raises TypeError where no rule says how."""
    of = column.type
    if isinstance(shown, type) and issubclass(shown, Enum):
        return enumeration(shown)
    if isinstance(of, sa.Uuid) and prefix is not None:
        return global_id(prefix)
    if isinstance(of, sa.Numeric) and shown is str:
        return FIXED_DECIMAL if fixed else DECIMAL
    for kind, shows, codec in _RULES:
        if isinstance(of, kind) and shown in shows:
            return codec
    raise TypeError(f"no rule says how {column.name}, {of!r}, is shown as {shown!r}")


_RULES: tuple[tuple[type[Any], tuple[Any, ...], Codec], ...] = (
    (PlainText, (str, strawberry.ID), PLAIN),
    (sa.String, (str, strawberry.ID), TEXT),
    (sa.Boolean, (bool,), TRUTH),
    (sa.Integer, (int,), NUMBER),
    (sa.DateTime, (datetime,), MOMENT),
    (sa.Date, (date,), DAY),
)

_CASTS: tuple[tuple[type[Any], str, Callable[[str], Text]], ...] = (
    (sa.Uuid, "uuid", lambda of: quoted(f"{of}::text")),
    (sa.DateTime, "timestamptz", _moment),
    (sa.Date, "date", DAY.sql),
    (sa.Integer, "bigint", lambda of: quoted(f"{of}::text")),
    (sa.String, "text", TEXT.sql),
)
"""What an order may be made of: its PostgreSQL type, and how a cursor holds it."""


def cast_of(column: Any) -> str:
    return next(name for kind, name, _ in _CASTS if isinstance(column.type, kind))


def cursor_part(column: Any, expression: str) -> Text:
    """As JSON text, always a string: what `Order.cursor` makes of the value."""
    return next(pack for kind, _, pack in _CASTS if isinstance(column.type, kind))(expression)
