"""What a resolver may reach: one open session of one tenant, its loaders, and notes for after the answer."""

from collections.abc import Awaitable, Callable, Hashable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar
from uuid import UUID

from strawberry.dataloader import DataLoader
from strawberry.types import Info

from footbridge.delegation.access import Access
from footbridge.runtime.errors import FootbridgeError
from footbridge.tenancy.session import SchoolSession, TrustSession

Key = TypeVar("Key")
Value = TypeVar("Value")


@dataclass
class Loaders:
    """One loader for each question of this operation, so that many parents ask it in one statement."""

    _made: dict[Hashable, DataLoader[Any, Any]] = field(default_factory=dict)

    def get(
        self, question: Hashable, load: Callable[[list[Key]], Awaitable[Sequence[Value]]]
    ) -> DataLoader[Key, Value]:
        if question not in self._made:
            self._made[question] = DataLoader(load_fn=load)
        return self._made[question]


@dataclass
class SchoolContext:
    session: SchoolSession
    loaders: Loaders = field(default_factory=Loaders)
    refusal: FootbridgeError | None = None
    release_id: UUID | None = None


@dataclass
class TrustContext:
    session: TrustSession
    loaders: Loaders = field(default_factory=Loaders)
    refusal: FootbridgeError | None = None
    accesses: set[Access] = field(default_factory=set)


SchoolInfo = Info[SchoolContext, None]
TrustInfo = Info[TrustContext, None]


def grouped(keys: Sequence[UUID], rows: Sequence[Value], key: Callable[[Value], UUID]) -> list[list[Value]]:
    """Rows by parent, in the order of the keys."""
    found: dict[UUID, list[Value]] = {wanted: [] for wanted in keys}
    for row in rows:
        found[key(row)].append(row)
    return list(found.values())


def matched(keys: Sequence[UUID], rows: Sequence[Value], key: Callable[[Value], UUID]) -> list[Value]:
    """One row for each key, in the order of the keys; composite foreign keys promise that each is there."""
    found = {key(row): row for row in rows}
    return [found[wanted] for wanted in keys]
