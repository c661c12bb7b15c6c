"""A partnership, from proposed to ended, and the five elements of a good one (TES, Minton)."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Self
from uuid import UUID

from footbridge.runtime.errors import FootbridgeError


class PartnershipAlreadyEnded(FootbridgeError):
    code = "PARTNERSHIP_ALREADY_ENDED"

    def __init__(self, ended_on: date) -> None:
        super().__init__(f"The partnership ended on {ended_on:%d %B %Y}.")


class StatusNotReachable(FootbridgeError):
    code = "STATUS_NOT_REACHABLE"


class Status(StrEnum):
    PROPOSED = "proposed"
    AGREED = "agreed"
    ACTIVE = "active"
    PAUSED = "paused"
    ENDED = "ended"


class Side(StrEnum):
    SCHOOL = "school"
    PARTNER = "partner"


class OrganisationKind(StrEnum):
    CHARITY = "charity"
    COMPANY = "company"
    FAITH_GROUP = "faith group"
    PUBLIC_BODY = "public body"
    SCHOOL_OR_COLLEGE = "school or college"
    CLUB_OR_SOCIETY = "club or society"
    PARENTS_GROUP = "parents' group"
    OTHER = "other"


_NEXT = {
    Status.PROPOSED: {Status.AGREED, Status.ACTIVE, Status.ENDED},
    Status.AGREED: {Status.ACTIVE, Status.ENDED},
    Status.ACTIVE: {Status.PAUSED, Status.ENDED},
    Status.PAUSED: {Status.ACTIVE, Status.ENDED},
}


@dataclass(frozen=True)
class Organisation:
    """One school's row of a partner; `identifier` is public, as GB-CHC-1234567."""

    id: UUID
    name: str
    sort_name: str
    kind: str
    identifier: str | None


@dataclass(frozen=True)
class YouthVoiceRecord:
    """Lundy: the space to form a view, the voice to express it, the audience that listens, the influence it had."""

    space: str
    voice: str
    audience: str
    influence: str


@dataclass(frozen=True)
class Venue:
    name: str
    space: str
    reason: str | None


@dataclass(frozen=True)
class Partnership:
    id: UUID
    organisation_id: UUID
    title: str
    sort_name: str
    status: str
    need_school: str
    need_partner: str | None
    starts_on: date | None
    ended_on: date | None
    venue_name: str | None
    venue_space: str | None
    venue_reason: str | None
    voice_space: str | None
    voice_voice: str | None
    voice_audience: str | None
    voice_influence: str | None
    created_at: datetime

    def moved_to(self, status: Status, on: date) -> Self:
        if self.status == Status.ENDED and self.ended_on is not None:
            raise PartnershipAlreadyEnded(self.ended_on)
        if status not in _NEXT[Status(self.status)]:
            raise StatusNotReachable(f"A partnership that is {self.status} cannot become {status}.")
        starts_on = self.starts_on or (on if status is Status.ACTIVE else None)
        if status is not Status.ENDED:
            return replace(self, status=status.value, starts_on=starts_on)
        never_began = self.status in {Status.PROPOSED, Status.AGREED} and (starts_on is None or on < starts_on)
        return replace(self, status=status.value, starts_on=on if never_began else starts_on, ended_on=on)


@dataclass(frozen=True)
class NewOutcome:
    description: str
    indicator: str
    due_on: date
    baseline: Decimal | None = None
    target: Decimal | None = None


MOST_OF_AN_ELEMENT = 15
"""Outcomes, roles or benefits of one partnership."""


@dataclass(frozen=True)
class Elements:
    """What is newly said of the five elements; what is left empty stays as it was."""

    outcomes: tuple[NewOutcome, ...] = ()
    roles: tuple[tuple[Side, str], ...] = ()
    benefits: tuple[tuple[Side, str], ...] = ()
    venue: Venue | None = None
    youth_voice: YouthVoiceRecord | None = None
