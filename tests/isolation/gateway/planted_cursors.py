"""Defects of cursors: bound to too little, or told apart when they are refused."""

import base64
import hashlib
import json
from typing import Any

import pytest

from footbridge.gateway.fields import relay
from footbridge.gateway.fields.relay import NoCursor, Order
from footbridge.gateway.projection import statement
from footbridge.gateway.projection.statement import Place
from footbridge.runtime.errors import InvalidInput
from tests.isolation.gateway.plant import plant

Patch = pytest.MonkeyPatch


def _mark(patch: Patch, *parts: str) -> None:
    def mark_for(session: Any, parent: str, name: str) -> str:
        said = {
            "tenant": str(getattr(session, "school_id", None) or session.trust_id),
            "person": str(session.caller.id),
            "field": f"{parent}.{name}",
        }
        return hashlib.sha256(" ".join(said[part] for part in parts).encode()).hexdigest()[:16]

    for module in (relay, statement):
        patch.setattr(module, "mark_for", mark_for)


@plant("the cursors of a page are marked as the first's who asked for one", "cursors")
def _(patch: Patch) -> None:
    paged, kept = Place._page, dict[Any, str]()

    def page(self: Place, session: Any, arguments: Any) -> Any:
        found = paged(self, session, arguments)
        return {**found, "mark": kept.setdefault(id(self.node), found["mark"])}

    patch.setattr(Place, "_page", page)


@plant("a cursor belongs to a field only", "cursors")
def _(patch: Patch) -> None:
    _mark(patch, "field")


@plant("a cursor belongs to a tenant and field only", "cursors")
def _(patch: Patch) -> None:
    _mark(patch, "tenant", "field")


@plant("a cursor belongs to a person only", "cursors")
def _(patch: Patch) -> None:
    _mark(patch, "tenant", "person")


@plant("a cursor's mark is not looked at", "cursors")
def _(patch: Patch) -> None:
    marked = Order.place

    def place(self: Order, cursor: str, mark: str) -> Any:
        try:
            return marked(self, cursor, mark)
        except NoCursor:
            try:
                found, *_ = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
            except ValueError:
                raise NoCursor from None
            return marked(self, cursor, found)

    patch.setattr(Order, "place", place)


@plant("a cursor of somebody else is told from one that is none", "cursors")
def _(patch: Patch) -> None:
    marked = Order.place

    def place(self: Order, cursor: str, mark: str) -> Any:
        try:
            return marked(self, cursor, mark)
        except NoCursor:
            if len(cursor) > 30:
                raise InvalidInput("This cursor belongs to another list.") from None
            raise

    patch.setattr(Order, "place", place)


@plant("a cursor that is none leads to the first page", "cursors")
def _(patch: Patch) -> None:
    asked = Order.request

    def request(self: Order, mark: str, **said: Any) -> Any:
        try:
            return asked(self, mark, **said)
        except NoCursor:
            return asked(self, mark, **said | {"after": None, "before": None})

    patch.setattr(Order, "request", request)
