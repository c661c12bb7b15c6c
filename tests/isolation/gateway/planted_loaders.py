"""Defects of loaders, fillers and statements: what was read for one is kept, and told to another."""

from collections.abc import Callable
from typing import Any

import pytest

from footbridge.gateway.execution import changing
from footbridge.gateway.fields.context import Loaders
from footbridge.gateway.projection import changes, ordinary, plan
from footbridge.gateway.projection.changes import ChangePlan
from footbridge.gateway.projection.markers import Filler
from footbridge.gateway.projection.ordinary import Asked
from footbridge.gateway.projection.session import session_values
from footbridge.gateway.projection.statement import Place, Statement, Worked
from footbridge.runtime import database
from tests.isolation.gateway.plant import plant
from tests.isolation.gateway.read_path import keep, once, without_the_session

Patch = pytest.MonkeyPatch


@plant("the school is read once for all", "paths", roots="school")
def _(patch: Patch) -> None:
    keep(patch, "school", once)


@plant("the trust is read once for all", "paths", roots="school trust")
def _(patch: Patch) -> None:
    keep(patch, "trust", once)


@plant("a page of figures is kept by its size and place", "paths", roots="observations")
def _(patch: Patch) -> None:
    keep(patch, "observations", without_the_session)


@plant("a page of activities is kept by its size and place", "paths", roots="activities")
def _(patch: Patch) -> None:
    keep(patch, "activities", without_the_session)


@plant("a page of releases is kept by its size and place", "paths", roots="releases")
def _(patch: Patch) -> None:
    load, kept = Asked.load_pages, dict[Any, Any]()

    async def load_pages(self: Asked, keys: list[Any], request: Any) -> Any:
        question = (self.source, request)
        if question not in kept:
            kept[question] = await load(self, keys, request)
        return kept[question]

    patch.setattr(Asked, "load_pages", load_pages)


@plant("what was shared is kept by measure and period", "paths", roots="comparison")
def _(patch: Patch) -> None:
    keep(patch, "comparison", without_the_session)


@plant("what was shared of a period is kept by the period", "paths", roots="comparisons")
def _(patch: Patch) -> None:
    keep(patch, "comparisons", without_the_session)


@plant("what node finds is kept by the id, whoever asks", "ids of queries", roots="node")
def _(patch: Patch) -> None:
    keep(patch, "node", without_the_session)


@plant("the groups of a trust are kept without the trust", "ordinary path", roots="trust")
def _(patch: Patch) -> None:
    load, kept = Asked.load_rows, dict[Any, Any]()

    async def load_rows(self: Asked, keys: list[Any]) -> Any:
        if self.kind.__name__ != "TrustGroup":
            return await load(self, keys)
        if self.kind not in kept:
            kept[self.kind] = await load(self, keys)
        return kept[self.kind]

    patch.setattr(Asked, "load_rows", load_rows)


@plant("a loader answers each key with what came last, and outlives its request", "ordinary path")
def _(patch: Patch) -> None:
    last: dict[Any, Any] = {}
    made = Loaders.get

    def get(self: Loaders, question: Any, load: Any) -> Any:
        async def load_and_keep(keys: list[Any]) -> Any:
            found = list(await load(keys))
            told = last.get(question[:2])
            last[question[:2]] = found
            return told if told is not None and len(told) == len(found) else found

        return made(self, question, load_and_keep)

    patch.setattr(Loaders, "get", get)


@plant("a statement is run with the values of the request before", "paths", roots="trust")
def _(patch: Patch) -> None:
    valued, kept = Statement.values, dict[int, Any]()

    def values(self: Statement, *arguments: Any) -> Any:
        return kept.setdefault(id(self), valued(self, *arguments))

    patch.setattr(Statement, "values", values)


@plant("a place is asked with the values of the request before", "paths", roots="partnership")
def _(patch: Patch) -> None:
    valued, kept = Place.values, dict[int, Any]()

    def values(self: Place, *arguments: Any) -> Any:
        return kept.setdefault(id(self.node), valued(self, *arguments))

    patch.setattr(Place, "values", values)


@plant("what Python works out of an argument is kept without it", "ordinary path", roots="school")
def _(patch: Patch) -> None:
    worked, kept = Worked.text, dict[int, str]()

    def text(self: Worked, *arguments: Any) -> str:
        return kept.setdefault(id(self.node), worked(self, *arguments))

    patch.setattr(Worked, "text", text)


def _session(patch: Patch, values: Callable[[Any], Any], *modules: Any) -> None:
    for module in modules:
        patch.setattr(module, "session_values", values)


def _of_the_first() -> Callable[[Any], Any]:
    kept: dict[str, Any] = {}

    def values(session: Any) -> Any:
        return kept.setdefault(type(session).__name__, session_values(session))

    return values


@plant("whose data it is is kept from the request before", "paths", roots="school")
def _(patch: Patch) -> None:
    _session(patch, _of_the_first(), plan, changes)


@plant("the ordinary path keeps whose data it is", "ordinary path", roots="school")
def _(patch: Patch) -> None:
    _session(patch, _of_the_first(), ordinary)


@plant("the hub of an executive is not among a statement's values", "paths", roots="trust")
def _(patch: Patch) -> None:
    _session(patch, lambda session: {**session_values(session), "own_group_id": None}, plan, ordinary)


@plant("the day is that of the first request", "published", roots="trust")
def _(patch: Patch) -> None:
    kept: dict[str, Any] = {}

    def values(session: Any) -> Any:
        found = session_values(session)
        return {**found, "today": kept.setdefault("today", found["today"])}

    _session(patch, values, plan)


@plant("the ordinary path forgets the hub of an executive", "ordinary path", roots="trust")
def _(patch: Patch) -> None:
    _session(patch, lambda session: {**session_values(session), "own_group_id": None}, ordinary)


@plant("a filler keeps what it has made by the first of its arguments", "paths", "ordinary path", roots="comparison")
def _(patch: Patch) -> None:
    made = Filler.fill

    def fill(self: Filler, arguments: str) -> Any:
        kept, first = self._kept, arguments.partition(",")[0]
        if first not in kept:
            kept[first] = made(self, arguments)
        return kept[first]

    patch.setattr(Filler, "fill", fill)


@plant("what was noted of a reading is noted of all that follow", "published", roots="comparison comparisons")
def _(patch: Patch) -> None:
    made = Filler.fill

    def fill(self: Filler, arguments: str) -> Any:
        if self.show is not None:
            return made(self, arguments)
        return self._kept.setdefault("first", made(self, arguments))

    patch.setattr(Filler, "fill", fill)


@plant("what a change has told is kept with its statement", "changes", roots="addActivity")
def _(patch: Patch) -> None:
    told, kept = ChangePlan.tell, dict[str, Any]()

    async def tell(self: ChangePlan, *arguments: Any) -> Any:
        if self.sql not in kept:
            kept[self.sql] = await told(self, *arguments)
        return kept[self.sql]

    patch.setattr(ChangePlan, "tell", tell)


@plant("the ordinary path keeps what a change has told", "ordinary path", roots="addActivity")
def _(patch: Patch) -> None:
    told, kept = ordinary.tell, dict[Any, Any]()

    async def tell(source: Any, *arguments: Any) -> Any:
        if source not in kept:
            kept[source] = await told(source, *arguments)
        return kept[source]

    patch.setattr(changing, "tell", tell)


@plant("how a transaction begins is kept without whose it is", "paths", roots="partnership")
def _(patch: Patch) -> None:
    begun, kept = database._begin, dict[Any, str]()

    def begin(read_only: bool, settings: Any) -> str:
        said = begun(read_only, settings)
        return kept.setdefault(tuple(settings), said) if read_only and "school_id" in settings else said

    patch.setattr(database, "_begin", begin)
