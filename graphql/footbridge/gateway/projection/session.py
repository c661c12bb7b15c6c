"""What a session itself gives to every statement: whose data, who asks, and the day."""

from collections.abc import Mapping
from typing import Any

from footbridge.runtime.clock import today
from footbridge.tenancy.session import SchoolSession, TrustSession


def session_values(session: SchoolSession | TrustSession) -> Mapping[str, Any]:
    """By the names that `rows.given` takes."""
    return {
        "school_id": getattr(session, "school_id", None),
        "trust_id": session.trust_id,
        "own_group_id": session.caller.group_id,
        "today": today(),
    }
