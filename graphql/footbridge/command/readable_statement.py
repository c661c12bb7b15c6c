"""Shows a compiled statement to a person: a clause a line, indented by its parentheses."""

import re
from collections.abc import Iterator

_PIECE = re.compile(r"E?'(?:[^'\\]|''|\\.)*'|\"[^\"]*\"|[()]|[^'\"()]")
_CLAUSE = re.compile(
    r"(?<!\bouter)(?<!\bleft)(?<!\bcross)\s+"
    r"(?=(?:from|where|order by|group by|limit|union|(?:cross |left |left outer )?join)\b)",
    re.IGNORECASE,
)
_SELECT = re.compile(r"\s*select\b", re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
STEP = "  "


def readable(sql: str) -> str:
    """The same statement; control characters, which mark places in the answer, stand as `\\x01`."""
    return "\n".join(line.rstrip() for line in "".join(_laid_out(sql.replace("\n", " "))).split("\n"))


def _laid_out(sql: str) -> Iterator[str]:
    """A subquery begins on a line of its own; literals are left alone."""
    opened: list[bool] = []
    for place, piece in _pieces(sql):
        if piece == "(":
            is_query = _SELECT.match(sql, place + 1) is not None
            opened.append(is_query)
            yield "(" + (_line(opened) if is_query else "")
        elif piece == ")":
            was_query = bool(opened) and opened.pop()
            yield (_line(opened) if was_query else "") + ")"
        elif piece[0] in "'\"" or piece.startswith("E'"):
            yield _CONTROL.sub(lambda found: f"\\x{ord(found[0]):02x}", piece)
        else:
            within_call = bool(opened) and not opened[-1]
            yield piece if within_call else _CLAUSE.sub(lambda _: _line(opened), piece)


def _pieces(sql: str) -> Iterator[tuple[int, str]]:
    """Parentheses, literals, and the text between them, each with its place."""
    start = 0
    for found in _PIECE.finditer(sql):
        if len(found[0]) > 1 or found[0] in "()":
            if start < found.start():
                yield start, sql[start : found.start()]
            yield found.start(), found[0]
            start = found.end()
    if start < len(sql):
        yield start, sql[start:]


def _line(opened: list[bool]) -> str:
    return "\n" + STEP * sum(opened)
