"""Defects of loaders and caches: what was read for one is kept, and told to another."""

from collections.abc import Callable
from typing import Any

import pytest

from footbridge.comparison.repository import ComparisonRepository
from footbridge.engagement.repository import EngagementRepository
from footbridge.gateway.fields.context import Loaders
from footbridge.measures.observation import ObservationRepository
from footbridge.publication.repository import ReleaseRepository
from footbridge.tenancy.register import Register
from tests.isolation.gateway.plant import plant

Patch = pytest.MonkeyPatch


def _keep(patch: Patch, repository: type, name: str, key: Callable[..., Any]) -> None:
    """A module's own cache, under a key that forgets the tenant."""
    asked, kept = getattr(repository, name), dict[Any, Any]()

    async def ask(self: Any, *arguments: Any, **named: Any) -> Any:
        question = key(*arguments, **named)
        if question not in kept:
            kept[question] = await asked(self, *arguments, **named)
        return kept[question]

    patch.setattr(repository, name, ask)


@plant("the school is read once for all", "paths", roots="school")
def _(patch: Patch) -> None:
    _keep(patch, Register, "get_school", lambda *_: "the school")


@plant("the trust is read once for all", "paths", roots="school trust")
def _(patch: Patch) -> None:
    _keep(patch, Register, "get_trust", lambda *_: "the trust")


@plant("a page of figures is kept by its size and place", "paths", roots="observations")
def _(patch: Patch) -> None:
    _keep(patch, ObservationRepository, "page", lambda request: request)


@plant("a page of activities is kept by its size and place", "paths", roots="activities")
def _(patch: Patch) -> None:
    _keep(patch, EngagementRepository, "page_of_activities", lambda request: request)


@plant("a page of releases is kept by its size and place", "paths", roots="releases")
def _(patch: Patch) -> None:
    _keep(patch, ReleaseRepository, "page", lambda request: request)


@plant("what was shared is kept by measure and period", "paths", roots="comparison")
def _(patch: Patch) -> None:
    _keep(patch, ComparisonRepository, "list_values", lambda *question: question)


@plant("the groups of a trust are kept without the trust", "paths", roots="trust")
def _(patch: Patch) -> None:
    _keep(patch, Register, "list_groups", lambda *_: "groups")


@plant("a loader answers each key with what came last, and outlives its request", "paths")
def _(patch: Patch) -> None:
    last: dict[Any, Any] = {}
    made = Loaders.get

    def get(self: Loaders, question: Any, load: Any) -> Any:
        async def load_and_keep(keys: list[Any]) -> Any:
            found = list(await load(keys))
            told = last.get(question)
            last[question] = found
            return told if told is not None and len(told) == len(found) else found

        return made(self, question, load_and_keep)

    patch.setattr(Loaders, "get", get)
