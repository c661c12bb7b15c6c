"""Activities, their sessions, and counts of who took part."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID


class Category(StrEnum):
    """The five of DfE's Enrichment Framework, and what is for parents and carers."""

    CIVIC_ENGAGEMENT = "civic engagement"
    ARTS_AND_CULTURE = "arts and culture"
    NATURE_OUTDOOR_AND_ADVENTURE = "nature, outdoor and adventure"
    SPORT_AND_PHYSICAL = "sport and physical"
    WIDER_LIFE_SKILLS = "wider life skills"
    PARENTS_AND_CARERS = "parents and carers"


class SessionKind(StrEnum):
    WORKSHOP = "workshop"
    PERFORMANCE = "performance"
    VISIT = "visit"
    VOLUNTEERING = "volunteering"
    MENTORING = "mentoring"
    SPORT = "sport"
    PARENTS_MEETING = "parents' meeting"
    EVENT = "event"
    OTHER = "other"


class Leader(StrEnum):
    PUPILS = "pupils"
    SCHOOL = "school"
    PARTNER = "partner"
    PARENTS_AND_CARERS = "parents and carers"
    JOINTLY = "jointly"


class Space(StrEnum):
    """Whose space it was in."""

    OURS = "ours"
    THEIRS = "theirs"
    SHARED = "shared"


class Audience(StrEnum):
    PUPILS = "pupils"
    PARENTS_AND_CARERS = "parents and carers"
    STAFF = "staff"
    COMMUNITY = "community"
    FAMILIES = "families"


class Basis(StrEnum):
    COUNTED = "counted"
    ESTIMATED = "estimated"


@dataclass(frozen=True)
class Activity:
    """A programme; `category` is one of the Enrichment Framework's five, or parents and carers."""

    id: UUID
    partnership_id: UUID | None
    title: str
    sort_name: str
    category: str
    created_at: datetime


@dataclass(frozen=True)
class Session:
    """One dated activity; `hours` is its length, two decimals."""

    id: UUID
    activity_id: UUID
    held_on: date
    kind: str
    hours: Decimal
    led_by: str
    designed_by: str
    space: str
    voice_space: str | None
    voice_voice: str | None
    voice_audience: str | None
    voice_influence: str | None
    created_at: datetime


@dataclass(frozen=True)
class NewCount:
    """How many of an audience came; invited and eligible where they are known."""

    audience: str
    attended: int
    invited: int | None = None
    eligible: int | None = None
    basis: str = "counted"


@dataclass(frozen=True)
class NewYearGroup:
    """A year group at a parents' meeting: pupils on its roll, and those represented, each counted once."""

    year_group: int
    pupils: int
    in_person: int
    by_phone: int = 0
    online: int = 0


@dataclass(frozen=True)
class NewVoice:
    space: str
    voice: str
    audience: str
    influence: str
