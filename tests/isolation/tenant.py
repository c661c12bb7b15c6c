"""The tenants of the matrix, and the ways in which a connection may say, or fail to say, for whom it speaks."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal
from uuid import UUID, uuid4

from footbridge.runtime.database import Role
from tests.foundation.people import World
from tests.isolation.doctrine import SETS, K, S, T


@dataclass(frozen=True)
class Tenant:
    """Whose row it is."""

    name: str
    school_id: UUID
    trust_id: UUID

    def value(self, column: str) -> str:
        return str(getattr(self, column))


@dataclass(frozen=True)
class Tenants:
    """Ourselves, a school of the same trust, and a school of another one."""

    own: Tenant
    sibling: Tenant
    stranger: Tenant

    @classmethod
    def of(cls, world: World) -> "Tenants":
        (first, second), (third, _) = (trust.schools for trust in world.trusts)
        named = (("own", first), ("sibling", second), ("stranger", third))
        return cls(*(Tenant(name, school.id, school.trust_id) for name, school in named))

    @property
    def all(self) -> tuple[Tenant, ...]:
        return (self.own, self.sibling, self.stranger)


class Setting(StrEnum):
    OWN = "own tenant"
    OTHER = "other tenant"
    MIXED = "own school with other trust"
    UNSET = "unset"
    EMPTY = "empty"
    MALFORMED = "malformed"
    UNKNOWN = "unknown"


Lookup = Literal["own", "stranger", "unset", "empty", "unknown"]


@dataclass(frozen=True)
class Said:
    """What one connection has set: the tenant's values (None is not at all), and whose lookup key it holds."""

    values: dict[str, str | None]
    holds: Lookup

    @classmethod
    def by(cls, role: Role, setting: Setting, tenants: Tenants) -> "Said":
        """Only what a session of that role sets; all of it for a role that belongs to no tenant."""
        own, stranger, nobody = tenants.own, tenants.stranger, str(uuid4())
        school, trust, holds = {
            Setting.OWN: (own.value(S), own.value(T), "own"),
            Setting.OTHER: (stranger.value(S), stranger.value(T), "stranger"),
            Setting.MIXED: (own.value(S), stranger.value(T), "own"),
            Setting.UNSET: (None, None, "unset"),
            Setting.EMPTY: ("", "", "empty"),
            Setting.MALFORMED: ("not-a-uuid", "not-a-uuid", "unknown"),
            Setting.UNKNOWN: (nobody, nobody, "unknown"),
        }[setting]
        sets = SETS.get(role, frozenset({S, T, K}))
        values = {key: value for key, value in ((S, school), (T, trust)) if key in sets}
        return cls(values, holds)  # type: ignore[arg-type]

    def is_valid(self, key: str) -> bool:
        """Whether it names any tenant at all."""
        try:
            UUID(self.values.get(key) or "")
        except ValueError:
            return False
        return True

    def commands(self) -> list[str]:
        return [f"set local footbridge.{key} = '{value}'" for key, value in self.values.items() if value is not None]
