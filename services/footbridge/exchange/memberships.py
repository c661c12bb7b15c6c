"""Settles schools that a file lists more than once: twice the same, under two groups, or in contradiction."""

from collections.abc import Iterable, Sequence
from dataclasses import fields

from footbridge.exchange.cells import folded
from footbridge.exchange.report import RowNote, RowProblem, shown
from footbridge.exchange.school_row import SchoolRow

# Group types of Get Information About Schools, by name and code. The academy trust is the legal entity; a foundation
# "Trust" comes after it. Sponsors, federations and umbrella trusts are not a school's trust.
_ACADEMY_TRUSTS = frozenset(("multi-academy trust", "single-academy trust", "secure single-academy trust", "6", "10"))
_FOUNDATION_TRUSTS = frozenset(("trust", "2"))
_NOT_COMPARED = frozenset(("line", "group_type", "group_closed"))
_NAMES = frozenset(("name", "trust_name", "type"))


def settle_duplicates(
    rows: Iterable[SchoolRow],
) -> tuple[tuple[SchoolRow, ...], list[RowProblem], list[RowNote]]:
    """One row a URN: the trust's before a sponsor's, an open group's before a closed one's, the first of equal ones.

    What was dropped is noted; rows that contradict each other are all problems, since neither can be preferred.
    """
    listed: dict[str, list[SchoolRow]] = {}
    for row in rows:
        listed.setdefault(row.urn, []).append(row)
    settled: list[SchoolRow] = []
    problems: list[RowProblem] = []
    notes: list[RowNote] = []
    for candidates in listed.values():
        kept = _open_groups(_trusts(candidates, notes), notes)
        differing = _differing(kept)
        if differing:
            problems.extend(_contradictions(kept, differing))
        else:
            settled.extend(kept[:1])
            notes.extend(_note(row, f"the same as line {kept[0].line}; taken once") for row in kept[1:])
    return tuple(settled), problems, notes


def _rank(row: SchoolRow) -> int | None:
    """0 for academy trusts and where no type is told, 1 for foundation trusts, None for what is no trust."""
    kind = folded(row.group_type or "").lstrip("0")
    if not kind or kind in _ACADEMY_TRUSTS:
        return 0
    return 1 if kind in _FOUNDATION_TRUSTS else None


def _trusts(candidates: Sequence[SchoolRow], notes: list[RowNote]) -> list[SchoolRow]:
    best = min((rank for rank in map(_rank, candidates) if rank is not None), default=None)
    kept = [row for row in candidates if best is not None and _rank(row) == best]
    for row in candidates:
        if row not in kept:
            instead = f"; its trust is “{shown(kept[0].trust_name)}” (line {kept[0].line})" if kept else ""
            notes.append(_note(row, f"listed under a group of type “{shown(row.group_type)}”, left out{instead}"))
    return kept


def _open_groups(candidates: list[SchoolRow], notes: list[RowNote]) -> list[SchoolRow]:
    still_open = [row for row in candidates if not row.group_closed]
    if not still_open:
        return candidates
    notes.extend(
        _note(row, "the group is closed, and the school is in an open one") for row in candidates if row.group_closed
    )
    return still_open


def _differing(rows: Sequence[SchoolRow]) -> list[str]:
    compared = [field.name for field in fields(SchoolRow) if field.name not in _NOT_COMPARED]
    return [name for name in compared if len({_comparable(row, name) for row in rows}) > 1]


def _comparable(row: SchoolRow, name: str) -> object:
    value = getattr(row, name)
    return folded(value) if name in _NAMES and value is not None else value


def _contradictions(rows: Sequence[SchoolRow], differing: Sequence[str]) -> list[RowProblem]:
    problems = []
    for row in rows:
        others = ", ".join(str(other.line) for other in rows if other is not row)
        reason = (
            f"this URN is listed again on line {others} with another {', '.join(map(_in_words, differing))}; "
            "make the rows agree or remove one"
        )
        problems.append(RowProblem(row.line, "URN", reason, row.urn, row.trust_name or ""))
    return problems


def _in_words(field: str) -> str:
    return field.replace("_", " ").replace("la code", "authority's code")


def _note(row: SchoolRow, reason: str) -> RowNote:
    return RowNote(row.line, None, reason, shown(row.trust_name or row.name), row.trust_name or "")
