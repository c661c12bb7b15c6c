"""The operator at the command line: who appears as the actor where no person has signed in."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import NAMESPACE_URL, UUID, uuid5

from footbridge.tenancy.caller import Caller, CallerKind
from footbridge.tenancy.permission import Permission

OPERATOR_ID = uuid5(NAMESPACE_URL, "footbridge:operator")
_NAME = "operator"


@dataclass(frozen=True)
class RegisterOperator:
    """An operator who writes public facts, for no tenant."""

    kind: CallerKind = CallerKind.OPERATOR
    id: UUID = OPERATOR_ID


def operator_of_school(trust_id: UUID, school_id: UUID, permissions: Iterable[Permission]) -> Caller:
    """The operator acting for one school, with no more than what the command needs."""
    return Caller(CallerKind.OPERATOR, OPERATOR_ID, _NAME, _NAME, trust_id, school_id, frozenset(permissions))
