"""Defects of what is remembered of published answers: told to another, or for too long, or without a record of it."""

import json
from collections.abc import Hashable
from dataclasses import replace
from typing import Any

import pytest

from footbridge.gateway import published as remembered
from footbridge.gateway.endpoint import Endpoints
from footbridge.gateway.execution import reading
from footbridge.gateway.projection.plan import Plan
from footbridge.gateway.published import Noted, PublishedAnswers
from footbridge.runtime.database import Database
from footbridge.tenancy.caller import Caller
from tests.isolation.gateway.plant import plant

Patch = pytest.MonkeyPatch

OF_REGISTER = "SELECT 1 FROM register.version WHERE name = 'register' AND number = {}"
OF_TRUST = "SELECT 1 WHERE {0} = {0} AND coalesce((SELECT number FROM published.version), 0) = {1}"


def _forget(patch: Patch, *forgotten: str) -> None:
    """An answer is kept under a key without these."""

    def key_of(caller: Caller, document_id: str, operation: str | None, variables: Any, *, personal: bool) -> Hashable:
        parts = {
            "document": document_id, "operation": operation, "variables": json.dumps(variables, sort_keys=True),
            "trust": caller.trust_id, "group": caller.group_id, "permissions": caller.permissions,
            "person": caller.id if personal else None, "day": vars(remembered)["today"](),
        }  # fmt: skip
        assert set(forgotten) <= set(parts)
        return tuple(part for name, part in parts.items() if name not in forgotten)

    patch.setattr(reading, "key_of", key_of)


@plant("an answer is kept without the trust, and checked by the register alone", "paths", roots="trust comparison")
def _(patch: Patch) -> None:
    _forget(patch, "trust")
    patch.setattr(remembered, "STILL_SO", OF_REGISTER)


@plant("an answer is kept without the hub", "paths", roots="comparison")
def _(patch: Patch) -> None:
    _forget(patch, "group")


@plant("an answer is kept without the rights", "paths", roots="comparison")
def _(patch: Patch) -> None:
    _forget(patch, "permissions")


@plant("an answer with cursors is kept without the person", "published", roots="trust")
def _(patch: Patch) -> None:
    _forget(patch, "person")


@plant("no answer is thought to hold cursors", "published", roots="trust")
def _(patch: Patch) -> None:
    patch.setattr(Plan, "is_personal", False)


@plant("an answer is kept without what was asked for", "published", roots="comparison comparisons")
def _(patch: Patch) -> None:
    _forget(patch, "variables")


@plant("an answer is kept without its document", "published")
def _(patch: Patch) -> None:
    _forget(patch, "document", "operation")


@plant("an answer is kept without its day", "published", roots="trust")
def _(patch: Patch) -> None:
    _forget(patch, "day")


@plant("what is kept is told without asking for its versions", "published", roots="comparison")
def _(patch: Patch) -> None:
    async def find(self: PublishedAnswers, *asked: Any) -> Any:
        return self._kept.get(asked[-1])

    patch.setattr(PublishedAnswers, "find", find)


@plant("what is kept outlives a publication", "published", roots="comparison node")
def _(patch: Patch) -> None:
    patch.setattr(remembered, "STILL_SO", OF_REGISTER)


@plant("what is kept outlives a change of the register", "published", roots="trust")
def _(patch: Patch) -> None:
    patch.setattr(remembered, "STILL_SO", OF_TRUST)


@plant("a version that is lower than the kept one is as good", "published", roots="comparison")
def _(patch: Patch) -> None:
    looser = remembered.STILL_SO.replace("0) = {}", "0) >= {}")
    assert looser != remembered.STILL_SO
    patch.setattr(remembered, "STILL_SO", looser)


@plant("the versions are asked for without a tenant", "published", roots="trust", is_fault=True)
def _(patch: Patch) -> None:
    asked = Database.check

    async def check(self: Database, role: Any, sql: str, *values: Any, **_: Any) -> bool:
        return await asked(self, role, sql, *values)

    patch.setattr(Database, "check", check)


@plant("an answer that is told from memory leaves no record", "published", roots="comparison")
def _(patch: Patch) -> None:
    found = PublishedAnswers.find

    async def find(self: PublishedAnswers, *asked: Any) -> Any:
        known = await found(self, *asked)
        return known and replace(known, noted=Noted(()))

    patch.setattr(PublishedAnswers, "find", find)


@plant("a reading is recorded once for all who read it", "paths", "published", roots="comparison node")
def _(patch: Patch) -> None:
    patch.setattr(reading, "reading_of", lambda caller, operation, noted: (operation, noted.digest))


@plant("a reading is recorded once, whatever was asked", "published", roots="comparison comparisons")
def _(patch: Patch) -> None:
    patch.setattr(reading, "reading_of", lambda caller, operation, noted: (caller, operation))


@plant("a reading by one operation counts for another", "paths", roots="node school")
def _(patch: Patch) -> None:
    patch.setattr(reading, "reading_of", lambda caller, operation, noted: (caller, noted.digest))


@plant("what an address names is remembered without whose it is", "endpoints", is_fault=True)
def _(patch: Patch) -> None:
    async def at_home(self: Endpoints, name: str, caller: Caller, find: Any) -> Any:
        places: Any = self._places
        return await places.get(name, find)

    patch.setattr(Endpoints, "_at_home", at_home)


@plant("the trust that an address names is remembered without whose it is", "endpoints")
def _(patch: Patch) -> None:
    own = Endpoints._at_home

    async def at_home(self: Endpoints, name: str, caller: Caller, find: Any) -> Any:
        places: Any = self._places
        return await (own(self, name, caller, find) if caller.school_id else places.get(name, find))

    patch.setattr(Endpoints, "_at_home", at_home)
