"""A planted defect: its name, the groups that must notice it, and how it is made."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from footbridge.gateway.fields.rights import Requires
from footbridge.tenancy.permission import Permission
from tests.isolation.gateway.contract import Side, fields_of, product_schema

Make = Callable[[pytest.MonkeyPatch], None]


@dataclass(frozen=True)
class Plant:
    name: str
    seen_by: tuple[str, ...]
    make: Make
    roots: frozenset[str] = frozenset()
    is_fault: bool = False

    def __str__(self) -> str:
        return self.name


PLANTS: list[Plant] = []


def plant(name: str, *seen_by: str, roots: str = "", is_fault: bool = False) -> Callable[[Make], Make]:
    """Registers a defect; any one of the groups, tried in this order, has to find something.

    Unless the defect is a fault, a fault is not how it is noticed: it would be a plant that does not work.
    It need look no further than at these root fields, where it is said which: that saves time only.
    """

    def register(make: Make) -> Make:
        PLANTS.append(Plant(name, seen_by, make, frozenset(roots.split()), is_fault))
        return make

    return register


def ask_for(patch: pytest.MonkeyPatch, side: Side, coordinate: str, permission: Permission) -> None:
    """A field asks for another permission than it should."""
    kind, name = coordinate.split(".")
    declared: Any = fields_of(product_schema(side), kind)[name].extensions["strawberry-definition"]
    guard = next(each for each in declared.extensions if isinstance(each, Requires))
    patch.setattr(guard, "permission", permission)
