"""A release: what a head signs, for one period, and what became of it."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from footbridge.runtime.errors import FootbridgeError


class ReleaseState(StrEnum):
    PREPARED = "prepared"
    SIGNED = "signed"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


class ReleaseNotPrepared(FootbridgeError):
    code = "RELEASE_NOT_PREPARED"

    def __init__(self, state: ReleaseState) -> None:
        super().__init__(f"This release is {state}: only a prepared one can be signed.")


class ReleaseNotShared(FootbridgeError):
    code = "RELEASE_NOT_SHARED"

    def __init__(self, state: ReleaseState) -> None:
        super().__init__(f"This release is {state}: only one that was signed can be withdrawn.")


class AlreadyShared(FootbridgeError):
    code = "ALREADY_SHARED"

    def __init__(self, names: list[str], period: str) -> None:
        super().__init__(
            f"{', '.join(names)} for {period} has been shared already. Withdraw that release before sharing it again."
        )


class NothingToShare(FootbridgeError):
    code = "NOTHING_TO_SHARE"

    def __init__(self) -> None:
        super().__init__("Choose at least one measure to share, each once.")


@dataclass(frozen=True)
class Chosen:
    """A measure the school wants to share, with the note that will stand beside it."""

    measure_id: str
    context_note: str | None = None


@dataclass(frozen=True)
class Release:
    id: UUID
    trust_id: UUID
    period: str
    recorded_state: str
    preview_hash: str
    prepared_by_name: str
    prepared_at: datetime
    signed_by_name: str | None
    signed_at: datetime | None
    withdrawal_signed_at: datetime | None
    returned_because: str | None
    published_at: datetime | None
    withdrawn_at: datetime | None

    @property
    def state(self) -> ReleaseState:
        return state_of(self.recorded_state, self.withdrawal_signed_at, self.published_at, self.withdrawn_at)


def state_of(
    recorded_state: str,
    withdrawal_signed_at: datetime | None,
    published_at: datetime | None,
    withdrawn_at: datetime | None,
) -> ReleaseState:
    """From what the school has signed, and what became of it at the trust."""
    if withdrawn_at is not None or (withdrawal_signed_at is not None and published_at is None):
        return ReleaseState.WITHDRAWN
    if published_at is not None:
        return ReleaseState.PUBLISHED
    return ReleaseState(recorded_state)


@dataclass(frozen=True)
class SignedCell:
    """What stands in `release`: the exact figure and the state in which the school signed it."""

    measure_id: str
    measure_version: int
    numerator: Decimal | None
    denominator: Decimal | None
    pupils: int | None
    state: str
    context_note: str | None
