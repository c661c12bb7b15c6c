"""Who acts, in which post, for which tenant."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from footbridge.runtime.errors import NotPermitted
from footbridge.tenancy.permission import Permission


class CallerKind(StrEnum):
    PERSON = "person"
    TOKEN = "token"
    JOB = "job"
    OPERATOR = "operator"


@dataclass(frozen=True)
class Caller:
    """A person in one post, a token, a job's row, or an operator at the command line.

    `school_id` is None for one who acts for the trust; `group_id` limits that to a hub, region or phase team.
    """

    kind: CallerKind
    id: UUID
    name: str
    role: str
    trust_id: UUID
    school_id: UUID | None
    permissions: frozenset[Permission]
    group_id: UUID | None = None

    def may(self, permission: Permission) -> bool:
        return permission in self.permissions

    def require(self, permission: Permission) -> None:
        if not self.may(permission):
            raise NotPermitted(f"Your post ({self.role}) does not allow you to {permission.value}.")
