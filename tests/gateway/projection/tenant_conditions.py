"""Reads the text of a statement: which tables it reads, and whether each stands under a condition on its tenant."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from footbridge.gateway.projection.rows import TENANTS
from footbridge.runtime.schema import metadata

WRITTEN = re.compile(r"\br\d+\.(school_id|trust_id) = (r\d+\.\1|\$\d+)")
"""What the compiler writes beside the wall."""
_LITERAL = re.compile(r"'(?:[^']|'')*'")
_WALLED = {
    f"{table.schema}.{table.name}": [name for name in TENANTS if name in table.c]
    for table in metadata.tables.values()
    if table.schema in {"school", "release", "published", "delegation"}
}
_NAMED = re.compile(r"\b(" + "|".join(map(re.escape, sorted(_WALLED, key=len, reverse=True))) + r")\b(?!\.)")
_READ = re.compile(r"\b(?:from|join)\s+\(?\s*$", re.IGNORECASE)
_ALIAS = re.compile(r"\s+AS\s+(\w+)", re.IGNORECASE)


@dataclass(frozen=True)
class Table:
    """One that a statement reads; `select` is the SELECT it stands in, `outer` the alias of that, if it has one."""

    name: str
    alias: str
    select: str
    outer: str | None


def tables(sql: str) -> list[Table]:
    return list(_tables(_LITERAL.sub("''", sql)))


def _tables(sql: str) -> Iterator[Table]:
    for found in _NAMED.finditer(sql):
        assert _READ.search(sql[: found.start()]), (
            f"a table stands where nobody reads it: {sql[found.start() - 80 : found.end()]}"
        )
        start, end = _parentheses(sql, found.start())
        if sql[start + 1 : found.start()].strip() == "":  # `FROM (a JOIN b …)`: the SELECT is around it
            start, end = _parentheses(sql, start)
        alias = _ALIAS.match(sql, found.end())
        outer = re.match(r"\s+(\w+)", sql[end + 1 :])
        yield Table(found[1], alias[1] if alias else found[1], sql[start:end], outer[1] if outer else None)


def _parentheses(sql: str, place: int) -> tuple[int, int]:
    """Those that are innermost around this place; the whole text where there are none."""
    depth, start = 0, place - 1
    while start >= 0 and not (sql[start] == "(" and depth == 0):
        depth += {")": 1, "(": -1}.get(sql[start], 0)
        start -= 1
    depth, end = 0, place
    while end < len(sql) and not (sql[end] == ")" and depth == 0):
        depth += {"(": 1, ")": -1}.get(sql[end], 0)
        end += 1
    return start, end


def unbound(sql: str) -> list[str]:
    """Tables of a tenant that are neither joined nor filtered by their tenant's column."""
    return [table.name for table in tables(sql) if not _is_bound(table, sql)]


def _is_bound(table: Table, sql: str) -> bool:
    for tenant in _WALLED[table.name]:
        own = rf"(?<![\w.]){re.escape(table.alias)}\.{tenant}"
        if re.search(rf"{own} = |= {own}\b", table.select):
            return True
        if table.outer and re.search(rf"\b{table.outer}\.{tenant} = (r\d+\.{tenant}|\$\d+)", sql):
            return True
    return False
