"""Which phase a school is of, as the comparison needs it, where a file says so or lets one conclude it."""

from dataclasses import dataclass
from enum import StrEnum


class Phase(StrEnum):
    NURSERY = "nursery"
    PRIMARY = "primary"
    SECONDARY = "secondary"
    ALL_THROUGH = "all_through"
    SPECIAL = "special"
    ALTERNATIVE_PROVISION = "alternative_provision"
    SIXTEEN_PLUS = "sixteen_plus"


# PhaseOfEducation of Get Information About Schools, by name and by code; middle schools are what they are deemed.
_PUBLISHED = {
    "nursery": Phase.NURSERY,
    "primary": Phase.PRIMARY,
    "middle deemed primary": Phase.PRIMARY,
    "secondary": Phase.SECONDARY,
    "middle deemed secondary": Phase.SECONDARY,
    "16 plus": Phase.SIXTEEN_PLUS,
    "all-through": Phase.ALL_THROUGH,
    "all through": Phase.ALL_THROUGH,
    "1": Phase.NURSERY,
    "2": Phase.PRIMARY,
    "3": Phase.PRIMARY,
    "4": Phase.SECONDARY,
    "5": Phase.SECONDARY,
    "6": Phase.SIXTEEN_PLUS,
    "7": Phase.ALL_THROUGH,
}
# "0" is the code of "Not applicable".
_NO_PHASE = frozenset(("", "0", "not applicable", "na"))

# TypeOfEstablishment codes whose names a file with codes only leaves out.
_TYPES = {
    "7": Phase.SPECIAL,
    "8": Phase.SPECIAL,
    "10": Phase.SPECIAL,
    "12": Phase.SPECIAL,
    "14": Phase.ALTERNATIVE_PROVISION,
    "15": Phase.NURSERY,
    "18": Phase.SIXTEEN_PLUS,
    "31": Phase.SIXTEEN_PLUS,
    "32": Phase.SIXTEEN_PLUS,
    "33": Phase.SPECIAL,
    "36": Phase.SPECIAL,
    "38": Phase.ALTERNATIVE_PROVISION,
    "39": Phase.SIXTEEN_PLUS,
    "42": Phase.ALTERNATIVE_PROVISION,
    "43": Phase.ALTERNATIVE_PROVISION,
    "44": Phase.SPECIAL,
    "45": Phase.SIXTEEN_PLUS,
    "46": Phase.SIXTEEN_PLUS,
}
_SIXTEEN_PLUS_WORDS = ("16 to 19", "16-19", "post 16", "sixth form", "further education", "colleges")


@dataclass(frozen=True)
class PhaseClues:
    """What a row says, as text: its phase and type (name or code), number, and ages where known."""

    phase: str = ""
    type: str = ""
    establishment_number: str | None = None
    low_age: int | None = None
    high_age: int | None = None


def is_phase(text: str) -> bool:
    return text.casefold() in _PUBLISHED or text.casefold() in _NO_PHASE


def phase_of(clues: PhaseClues) -> Phase | None:
    """The provision by type first (a special school's phase says "Not applicable" or "All-through"), then by the
    range of its establishment number, then the published phase, then the ages; None where nothing tells."""
    return (
        _by_type(clues.type)
        or _by_number(clues.establishment_number)
        or _PUBLISHED.get(clues.phase.casefold())
        or _by_ages(clues.low_age, clues.high_age)
    )


def _by_type(text: str) -> Phase | None:
    name = text.casefold()
    if any(word in name for word in _SIXTEEN_PLUS_WORDS):
        return Phase.SIXTEEN_PLUS
    if "alternative provision" in name or "pupil referral" in name:
        return Phase.ALTERNATIVE_PROVISION
    if "special" in name:
        return Phase.SPECIAL
    if "nursery school" in name:
        return Phase.NURSERY
    return _TYPES.get(name.lstrip("0"))


def _by_number(number: str | None) -> Phase | None:
    """Nursery schools are numbered 1000 to 1099, referral units 1100 to 1149, special schools 5950 to 5999
    and 7000 to 7999: so for all but 5 of the 1,778 schools of these numbers in DfE's census of 2018/19. A council's
    list says "Free Schools" of a special free school; the number knows better."""
    if number is None:
        return None
    ranges = {range(1000, 1100): Phase.NURSERY, range(1100, 1150): Phase.ALTERNATIVE_PROVISION}
    ranges |= dict.fromkeys((range(5950, 6000), range(7000, 8000)), Phase.SPECIAL)
    return next((phase for numbers, phase in ranges.items() if int(number) in numbers), None)


def _by_ages(low: int | None, high: int | None) -> Phase | None:
    """Years below 11 are primary, from 11 on secondary; a middle school is deemed to be where more of its years are,
    secondary when equal (8 to 12: primary, 9 to 13: secondary). Both ends, up to 16 or more: all-through."""
    if low is None or high is None or low >= high:
        return None
    if low >= 16:
        return Phase.SIXTEEN_PLUS
    if high <= 5:
        return Phase.NURSERY
    if high >= 16:
        return Phase.ALL_THROUGH if low <= 9 else Phase.SECONDARY
    primary_years, secondary_years = max(0, min(high, 11) - low), max(0, high - max(low, 11))
    return Phase.PRIMARY if primary_years > secondary_years else Phase.SECONDARY
