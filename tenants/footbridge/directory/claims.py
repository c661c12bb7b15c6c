"""Who has signed in, read from claims that have already been checked."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from footbridge.directory.sign_in_errors import IdTokenFault, IdTokenRefused

Claims = dict[str, Any]

PERSONAL_CLAIMS = (
    "name",
    "given_name",
    "family_name",
    "preferred_username",
    "email",
    "email_verified",
    "groups",
)


@dataclass(frozen=True)
class Identity:
    """Who has signed in: the pair of issuer and subject, never the e-mail, which is told for display only."""

    issuer: str
    subject: str
    name: str
    email: str | None
    groups: tuple[str, ...]
    provider_session: str | None
    authenticated_at: datetime | None


def read_identity(claims: Claims) -> Identity:
    return Identity(
        issuer=claims["iss"],
        subject=claims["sub"],
        name=_name(claims),
        email=_text(claims, "email") if claims.get("email_verified") is not False else None,
        groups=_groups(claims),
        provider_session=_text(claims, "sid"),
        authenticated_at=_instant(claims.get("auth_time")),
    )


def _name(claims: Claims) -> str:
    parts = [part for part in (_text(claims, "given_name"), _text(claims, "family_name")) if part]
    return _text(claims, "name") or " ".join(parts) or _text(claims, "preferred_username") or str(claims["sub"])


def _text(claims: Claims, name: str) -> str | None:
    value = claims.get(name)
    return value.strip() or None if isinstance(value, str) else None


def _groups(claims: Claims) -> tuple[str, ...]:
    groups = claims.get("groups") or []
    if isinstance(groups, str):
        groups = [groups]
    if not isinstance(groups, list) or not all(isinstance(group, str) for group in groups):
        raise IdTokenRefused(IdTokenFault.GROUPS)
    return tuple(groups)


def _instant(seconds: object) -> datetime | None:
    if isinstance(seconds, bool) or not isinstance(seconds, int | float):
        return None
    try:
        return datetime.fromtimestamp(seconds, tz=UTC)
    except (OverflowError, OSError, ValueError):
        return None
