"""What a compiled statement leaves to Python: places in its text that a function fills, marked by control characters.

JSON escapes control characters in strings, so that no value can look like a mark. A value stands between two `FILL`:
the number of its filler, a colon, and the arguments as a JSON list. `BROKEN` stands where there is nothing and must
be something: the ordinary path then tells the error, with its path.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import orjson
import sqlalchemy as sa

FILL = "\x01"
BROKEN = "\x02"
MOST_KEPT = 2000

_READERS: tuple[tuple[type[Any], Callable[[Any], Any]], ...] = (
    (sa.Uuid, UUID),
    (sa.Numeric, Decimal),
    (sa.DateTime, datetime.fromisoformat),
    (sa.Date, date.fromisoformat),
)


class NotThere(Exception):
    """A value is null where the schema promises one: for the ordinary path to tell."""


def argument_sql(expression: str, column: Any) -> str:
    """One argument as JSON; a numeric as text, so that no digit is lost."""
    if isinstance(column.type, sa.Numeric):
        return f"coalesce('\"' || {expression}::text || '\"', 'null')"
    if isinstance(column.type, sa.Integer):
        return f"coalesce({expression}::text, 'null')"
    return f"coalesce(to_json({expression})::text, 'null')"


def reader_of(column: Any) -> Callable[[Any], Any]:
    """Makes of the JSON value what the driver would have made of the column."""
    read = next((read for kind, read in _READERS if isinstance(column.type, kind)), None)
    return (lambda value: value) if read is None else lambda value: None if value is None else read(value)


@dataclass(frozen=True)
class Filler:
    """A pure function of columns and what is selected of its result; each answer is kept as text.

    `show` makes JSON of the result; None for what is noted and not shown.
    """

    make: Callable[..., Any]
    readers: Sequence[Callable[[Any], Any]]
    show: Callable[[Any], Any] | None
    _kept: dict[str, Any] = field(default_factory=dict)

    def fill(self, arguments: str) -> Any:
        """The text, or what was noted; raises NotThere."""
        if arguments not in self._kept:
            if len(self._kept) >= MOST_KEPT:
                self._kept.clear()
            values = (read(value) for read, value in zip(self.readers, orjson.loads(arguments), strict=True))
            made = self.make(*values)
            self._kept[arguments] = made if self.show is None else orjson.dumps(self.show(made)).decode()
        return self._kept[arguments]


def filled(text: str, fillers: Sequence[Filler], note: Callable[[str, Any], None]) -> str:
    """The JSON text; raises NotThere."""
    if BROKEN in text:
        raise NotThere
    pieces = text.split(FILL)
    for place in range(1, len(pieces), 2):
        number, _, arguments = pieces[place].partition(":")
        filler = fillers[int(number)]
        made = filler.fill(arguments)
        if filler.show is None:
            note(arguments, made)
            pieces[place] = ""
        else:
            pieces[place] = made
    return "".join(pieces)
