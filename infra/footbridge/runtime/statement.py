"""Statements of SQLAlchemy Core as the driver takes them: a text with `$1`, and its values in order.

What SQLAlchemy's own engine adds on the way (a greenlet, a cursor, a result) costs more than the statement itself.
"""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import accumulate
from typing import Any, NamedTuple

from sqlalchemy import ClauseElement, Dialect, Executable
from sqlalchemy.dialects.postgresql.asyncpg import dialect
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.util import LRUCache

Values = Mapping[str, Any]

_PARAMETER = re.compile(r"\$(\d+)")

_DIALECT: Dialect = dialect()  # type: ignore[no-untyped-call]
_COMPILED: LRUCache[Any, Any] = LRUCache(1000)
"""By the shape of a statement, as SQLAlchemy's engine keeps them."""


class Question(NamedTuple):
    """What the driver is asked."""

    sql: str
    arguments: Sequence[Any]


class Prepared:
    """A statement that a module makes once, and that becomes a question with its values.

    For what is asked often: to build a Core statement and to look it up takes 0.1 ms.
    """

    def __init__(self, query: Executable, *columns: str) -> None:
        """`columns` are those of an INSERT; the values of other statements are their `bindparam`s."""
        assert isinstance(query, ClauseElement)
        compiled = _require_sql(query.compile(dialect=_DIALECT, column_keys=list(columns) or None))
        if compiled.post_compile_params or compiled.literal_execute_params:
            raise ValueError("a statement whose text depends on its values cannot be prepared")
        shows: Any = compiled._bind_processors
        self._sql = compiled.string
        self._order = [(name, shows.get(name)) for name in compiled.positiontup or ()]
        self._fixed = {name: bind.value for name, bind in compiled.binds.items() if not bind.required}

    def __call__(self, **values: Any) -> Question:
        """Raises KeyError for a value that is missing."""
        own = {**self._fixed, **values} if self._fixed else values
        return Question(self._sql, [show(own[name]) if show else own[name] for name, show in self._order])


def question(query: Executable | Question, values: Values | None = None) -> Question:
    """A statement's text, and its values as the driver takes them."""
    if isinstance(query, Question):
        return query
    compiled, extracted, collected = _compiled(query, tuple(values or ()))
    own = compiled.construct_params(values, extracted, escape_names=False, _collected_params=collected)
    text, order, shows = compiled.string, compiled.positiontup or (), compiled._bind_processors
    if compiled.post_compile_params or compiled.literal_execute_params:
        expanded = compiled._process_parameters_for_postcompile(own)
        own = {**own, **expanded.additional_parameters}
        text, order, shows = expanded.statement, expanded.positiontup or (), {**shows, **expanded.processors}
    return Question(text, [_shown(own[name], shows.get(name)) for name in order])


def together(questions: Sequence[Question]) -> Question:
    """One statement that does what they do: all but the last stand before it, as WITH."""
    *before, last = questions
    numbers = list(accumulate((len(each.arguments) for each in questions), initial=0))
    parts = [_shifted(each.sql, by) for each, by in zip(questions, numbers, strict=False)]
    named = ", ".join(f"part{number} as ({part})" for number, part in enumerate(parts[:-1]))
    arguments = [argument for each in (*before, last) for argument in each.arguments]
    return Question(f"with {named} {parts[-1]}" if before else last.sql, arguments)


@lru_cache(maxsize=200)
def _shifted(sql: str, by: int) -> str:
    return _PARAMETER.sub(lambda found: f"${int(found[1]) + by}", sql) if by else sql


def compiled_for_many(query: Executable, rows: Sequence[Values]) -> tuple[str, list[list[Any]]]:
    """One text for all the rows, which name the same columns, and the values of each."""
    compiled, extracted, collected = _compiled(query, tuple(rows[0]), for_executemany=True)
    shows, order = compiled._bind_processors, compiled.positiontup or ()
    arguments = []
    for row in rows:
        own = compiled.construct_params(row, extracted, escape_names=False, _collected_params=collected)
        arguments.append([_shown(own[name], shows.get(name)) for name in order])
    return compiled.string, arguments


def _compiled(query: Executable, names: tuple[str, ...], *, for_executemany: bool = False) -> tuple[Any, Any, Any]:
    """As the engine does it; SQLAlchemy has no public door to its cache."""
    assert isinstance(query, ClauseElement)
    compiled, extracted, collected, _ = query._compile_w_cache(
        _DIALECT, compiled_cache=_COMPILED, column_keys=sorted(names), for_executemany=for_executemany
    )
    return _require_sql(compiled), extracted, collected


def _require_sql(compiled: Any) -> SQLCompiler:
    """Defaults that Python makes are not among what we declare, and would be left out here."""
    assert isinstance(compiled, SQLCompiler)
    if compiled.insert_prefetch or compiled.update_prefetch:
        raise TypeError("a column's default is the server's")
    return compiled


def _shown(value: Any, show: Any) -> Any:
    return show(value) if show else value
