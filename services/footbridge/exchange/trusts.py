"""Picks from a file the schools of one trust, by its name or its GIAS group UID."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches

from footbridge.exchange.cells import folded
from footbridge.exchange.report import RowNote, notes_in_order, shown
from footbridge.exchange.school_row import SchoolRow
from footbridge.exchange.schools import SchoolReading
from footbridge.runtime.errors import FootbridgeError


class TrustNotListed(FootbridgeError):
    code = "TRUST_NOT_LISTED"

    def __init__(self, sought: str, nearest: Sequence[str]) -> None:
        names = " Nearest names: " + "; ".join(f"“{shown(name)}”" for name in nearest) + "." if nearest else ""
        super().__init__(f"No usable row names the trust {sought}.{names} Nothing was loaded.")


class TrustNameShared(FootbridgeError):
    code = "TRUST_NAME_SHARED"

    def __init__(self, name: str, uids: Sequence[str]) -> None:
        super().__init__(
            f"Several trusts are called “{shown(name)}”, with the UIDs {', '.join(uids)}. "
            "Say with --uid which is meant. Nothing was loaded."
        )


@dataclass(frozen=True)
class TrustSelection:
    """A trust as a file tells it. `reading` holds its schools, and of the problems those that may concern it."""

    name: str
    uid: str | None
    companies_house_number: str | None
    reading: SchoolReading

    @property
    def schools(self) -> tuple[SchoolRow, ...]:
        return self.reading.records


def select_trust(reading: SchoolReading, name: str, *, uid: str | None = None) -> TrustSelection:
    """The rows whose trust is NAME (case and spaces apart); without a column for the trust, all rows.

    A given UID goes before the name wherever the file has UIDs. Raises TrustNotListed with the nearest names, or
    TrustNameShared where the name alone does not tell two trusts apart.
    """
    schools = reading.records
    problem_counts: Callable[[str | None], bool] = _always
    if reading.has_trusts:
        schools = _of_trust(reading, name, uid)
        names = {folded(name), *(folded(school.trust_name) for school in schools if school.trust_name)}
        problem_counts = _concerning(names)
    if not schools:
        sought = f"“{shown(name)}”" + (f" with the UID {shown(uid)}" if uid else "")
        raise TrustNotListed(sought, _nearest(reading, name))
    kept_notes = [note for note in reading.notes if problem_counts(note.subject)]
    return TrustSelection(
        name=" ".join(name.split()),
        uid=uid or _only({school.trust_uid for school in schools}),
        companies_house_number=_only({school.companies_house_number for school in schools}),
        reading=replace(
            reading,
            records=schools,
            problems=tuple(problem for problem in reading.problems if problem_counts(problem.subject)),
            notes=notes_in_order([*kept_notes, *_called_otherwise(schools, name)]),
        ),
    )


def _of_trust(reading: SchoolReading, name: str, uid: str | None) -> tuple[SchoolRow, ...]:
    if uid is not None and any(school.trust_uid for school in reading.records):
        return tuple(school for school in reading.records if school.trust_uid == uid)
    named = tuple(school for school in reading.records if folded(school.trust_name or "") == folded(name))
    uids = sorted({school.trust_uid for school in named if school.trust_uid}, key=int)
    if len(uids) > 1:
        raise TrustNameShared(name, uids)
    return named


def _called_otherwise(schools: Sequence[SchoolRow], name: str) -> list[RowNote]:
    """A UID was given and means a trust of another name: renamed, or the wrong UID. A person should see which."""
    otherwise = [school for school in schools if school.trust_name and folded(school.trust_name) != folded(name)]
    reason = f"the file's name of this trust, not “{shown(name)}”; the UID was followed"
    return [RowNote(school.line, None, reason, shown(school.trust_name), school.trust_name) for school in otherwise[:1]]


def _always(_subject: str | None) -> bool:
    return True


def _concerning(names: set[str]) -> Callable[[str | None], bool]:
    """A problem concerns the trust if its row names it, or if it could not be read which trust the row names."""
    return lambda subject: subject is None or folded(subject) in names


def _only(values: set[str | None]) -> str | None:
    told = {value for value in values if value is not None}
    return told.pop() if len(told) == 1 else None


def _nearest(reading: SchoolReading, name: str) -> list[str]:
    """At most five: those that hold all its words first, then those spelled alike."""
    spelled: dict[str, str] = {}
    told = [school.trust_name for school in reading.records]
    told += [note.subject for note in reading.notes]
    told += [problem.subject for problem in reading.problems]
    for listed in filter(None, told):
        spelled.setdefault(folded(listed), listed)
    words = set(folded(name).split())
    holding = sorted(listed for listed in spelled if words and words <= set(listed.split()))
    alike = get_close_matches(folded(name), spelled, n=5, cutoff=0.5)
    return [spelled[listed] for listed in dict.fromkeys([*holding, *alike])][:5]
