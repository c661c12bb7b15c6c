"""Adds an event to the audit log, in the transaction of what it tells."""

from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import insert

from footbridge.audit import tables
from footbridge.runtime.ids import new_id
from footbridge.runtime.statement import Prepared, Question

_INSERT = Prepared(
    insert(tables.event),
    *("id", "trust_id", "school_id", "actor_kind", "actor_id", "action", "subject_id", "details"),
)


class Actor(Protocol):
    @property
    def kind(self) -> str: ...
    @property
    def id(self) -> UUID: ...


def event_row(
    actor: Actor,
    action: str,
    *,
    trust_id: UUID | None,
    school_id: UUID | None = None,
    subject_id: UUID | None = None,
    **details: Any,
) -> Question:
    """`action` is domain.verb, as `publication.sign`; details are ids and codes, never names or free text."""
    return _INSERT(
        id=new_id(),
        trust_id=trust_id,
        school_id=school_id,
        actor_kind=str(actor.kind),
        actor_id=actor.id,
        action=action,
        subject_id=subject_id,
        details=details,
    )
