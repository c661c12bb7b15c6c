"""What a resolver may reach: one open session of one tenant, its loaders, and notes for after the answer."""

from collections.abc import Awaitable, Callable, Collection, Hashable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar
from uuid import UUID

from strawberry.dataloader import DataLoader
from strawberry.types import Info

from footbridge.delegation.access import Access
from footbridge.runtime.statement import Question
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


Tell = Callable[[Any, Any, UUID], Awaitable[Any]]
Keep = Callable[[Question, UUID | None], Awaitable[str | None]]


@dataclass
class SchoolContext:
    """`tell` makes the answer of a mutation from the id of what it changed; `keep` stores what a SELECT answers."""

    session: SchoolSession
    tell: Tell | None = None
    loaders: Loaders = field(default_factory=Loaders)
    release_id: UUID | None = None
    keep: Keep | None = None
    is_kept: bool = False

    def note(self, _: str, __: Any) -> None:
        """The school's reading of its own record is nobody's to be told of."""

    def forget_readings(self) -> None:
        """There are none."""


@dataclass
class TrustContext:
    session: TrustSession
    loaders: Loaders = field(default_factory=Loaders)
    noted: dict[str, Collection[Access]] = field(default_factory=dict)
    versions: tuple[int, int] | None = None

    def note(self, text: str, accesses: Collection[Access]) -> None:
        """Whose figures were read; the text is what that was made of."""
        self.noted[text] = accesses

    def forget_readings(self) -> None:
        """An error has taken the whole answer: nothing is shown."""
        self.noted.clear()


SchoolInfo = Info[SchoolContext, None]
TrustInfo = Info[TrustContext, None]
