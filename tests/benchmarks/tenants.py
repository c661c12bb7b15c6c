"""Who is in the benchmark: 61 trusts with 1,000 schools, three of their people, and ids that are the same every time."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from uuid import UUID

from footbridge.tenancy.caller import Caller, CallerKind
from footbridge.tenancy.permission import PostRole, permissions_of_role

TRUST_SIZES = (40, *(16 for _ in range(60)))
MADE_AT = 1_756_684_800_000
"""1 September 2025 in milliseconds: the time that the ids tell (they are of version 7)."""


class Kind(IntEnum):
    """What an id is of."""

    TRUST = 1
    SCHOOL = 2
    MEMBERSHIP = 3
    ORGANISATION = 4
    PARTNERSHIP = 5
    OUTCOME = 6
    ROLE = 7
    ACTIVITY = 8
    SESSION = 9
    RELEASE = 10
    PERSON = 11


def id_of(kind: int, number: int) -> str:
    """32 hexadecimal digits, ascending with the number."""
    return f"{MADE_AT + number:012x}7{kind:03x}8{number:015x}"


@dataclass(frozen=True)
class Trust:
    number: int
    id: str
    uid: str
    name: str


@dataclass(frozen=True)
class School:
    number: int
    id: str
    trust: Trust
    urn: str
    name: str
    phase: str


def all_trusts() -> list[Trust]:
    return [
        Trust(number, id_of(Kind.TRUST, number), str(16_000 + number), f"Benchmark trust {number:02}")
        for number in range(len(TRUST_SIZES))
    ]


def all_schools() -> list[School]:
    return list(_schools())


def _schools() -> Iterator[School]:
    number = 0
    for trust, size in zip(all_trusts(), TRUST_SIZES, strict=True):
        for _ in range(size):
            phase = "secondary" if number % 4 == 3 else "primary"
            name = f"School {number:03} of {trust.name}"
            yield School(number, id_of(Kind.SCHOOL, number), trust, str(140_000 + number), name, phase)
            number += 1


COMPARING = all_trusts()[0]
READING, LOGGING = all_schools()[3], all_schools()[5]
"""The schools whose page is read and where sessions are logged: two, so that what is read stays as it is."""


def person_of(trust: Trust, school: School | None = None) -> Caller:
    """The trust's executive, or the school's community lead."""
    role = PostRole.COMMUNITY_LEAD if school else PostRole.TRUST_EXECUTIVE
    person_id = id_of(Kind.PERSON, 1 + school.number if school else 0)
    return Caller(
        CallerKind.PERSON, UUID(person_id), f"{role.value.title()} of the benchmark", role.value, UUID(trust.id),
        UUID(school.id) if school else None, permissions_of_role(role),
    )  # fmt: skip


PEOPLE = (person_of(COMPARING), person_of(READING.trust, READING), person_of(LOGGING.trust, LOGGING))
