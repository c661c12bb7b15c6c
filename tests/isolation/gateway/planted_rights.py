"""Defects of rights: a field that asks for too little, a post that may too much, a limit that is forgotten."""

from dataclasses import replace
from typing import Any

import pytest

from footbridge.directory import tokens
from footbridge.directory.records import SignedInPerson
from footbridge.gateway.fields.nodes import Nodes
from footbridge.gateway.fields.rights import permission_of
from footbridge.gateway.projection import compiler
from footbridge.gateway.projection.plan import _Planner
from footbridge.gateway.school.nodes import school_nodes
from footbridge.gateway.trust import schema as trust
from footbridge.tenancy import permission as rights
from footbridge.tenancy.caller import Caller
from footbridge.tenancy.permission import Permission, PostRole, permissions_of_role, permissions_of_scopes
from tests.isolation.gateway.contract import Side, fields_of, product_schema
from tests.isolation.gateway.plant import ask_for, plant
from tests.isolation.gateway.read_path import by_hand

Patch = pytest.MonkeyPatch


@plant("figures are read by all who read what was shared", "paths", roots="observations")
def _(patch: Patch) -> None:
    ask_for(patch, Side.SCHOOL, "Query.observations", Permission.READ_OWN_RELEASES)


@plant("partnerships are read by all who read what was shared", "paths", roots="partnerships")
def _(patch: Patch) -> None:
    ask_for(patch, Side.SCHOOL, "Query.partnerships", Permission.READ_OWN_RELEASES)


@plant("one activity is read by all who read what was shared", "paths", roots="activity")
def _(patch: Patch) -> None:
    ask_for(patch, Side.SCHOOL, "Query.activity", Permission.READ_OWN_RELEASES)


@plant("an administrator reads releases", "paths", roots="school")
def _(patch: Patch) -> None:
    ask_for(patch, Side.TRUST, "School.releases", Permission.READ_TRUST)


def _ask_for_nothing(patch: Patch, nodes: Nodes) -> None:
    open_to_all = {prefix: replace(found, permission=None) for prefix, found in nodes._found.items()}
    patch.setattr(nodes, "_found", open_to_all)


@plant("node asks for no right at a school", "paths", roots="node")
def _(patch: Patch) -> None:
    _ask_for_nothing(patch, school_nodes)


@plant("node asks for no right at a trust", "paths", roots="node")
def _(patch: Patch) -> None:
    _ask_for_nothing(patch, trust.trust_nodes)


@plant("a compiled node asks for no right", "paths", roots="node")
def _(patch: Patch) -> None:
    planned: Any = _Planner._node
    patch.setattr(_Planner, "_node", lambda *asked: replace(planned(*asked), permissions=frozenset()))


@plant("a compiled read asks for no right", "paths", roots="observations comparison")
def _(patch: Patch) -> None:
    planned: Any = _Planner._compiled
    patch.setattr(_Planner, "_compiled", lambda *asked: replace(planned(*asked), permissions=frozenset()))


@plant("a compiled read asks for the right of its root alone", "paths", roots="school")
def _(patch: Patch) -> None:
    required = permission_of
    roots = [
        *fields_of(product_schema(Side.SCHOOL), "Query").values(),
        *fields_of(product_schema(Side.TRUST), "Query").values(),
    ]
    patch.setattr(compiler, "permission_of", lambda field: required(field) if field in roots else None)


@plant("the ordinary path asks for no right", "paths", roots="observations comparison")
def _(patch: Patch) -> None:
    patch.setattr(Caller, "require", lambda *_: None)


@plant("node looks in every table, whatever the id says", "ids of queries")
def _(patch: Patch) -> None:
    found_by_type = Nodes.find
    by_hand(patch, Side.SCHOOL, "node", lambda resolve: resolve)
    by_hand(patch, Side.TRUST, "node", lambda resolve: resolve)

    async def find(self: Nodes, info: Any, text: str) -> Any:
        for prefix in self._found:
            found = await found_by_type(self, info, f"{prefix.value}_{text.partition('_')[2]}") if "_" in text else None
            if found is not None:
                return found
        return await found_by_type(self, info, text)

    patch.setattr(Nodes, "find", find)


def _allow(patch: Patch, role: PostRole, *more: Permission) -> None:
    patch.setattr(rights, "_BY_ROLE", {**rights._BY_ROLE, role: permissions_of_role(role) | frozenset(more)})


@plant("a governor changes partnerships", "changes")
def _(patch: Patch) -> None:
    _allow(patch, PostRole.GOVERNOR, Permission.MANAGE_PARTNERSHIPS)


@plant("a community lead signs", "changes", roots="signRelease withdrawRelease")
def _(patch: Patch) -> None:
    _allow(patch, PostRole.COMMUNITY_LEAD, Permission.SIGN_RELEASE)


@plant("an administrator compares", "paths", roots="comparison")
def _(patch: Patch) -> None:
    _allow(patch, PostRole.TRUST_ADMINISTRATOR, Permission.COMPARE)


@plant("a program signs", "changes", roots="signRelease withdrawRelease")
def _(patch: Patch) -> None:
    def given(scopes: Any, *, school: bool) -> frozenset[Permission]:
        return permissions_of_scopes(scopes, school=school) | {Permission.SIGN_RELEASE}

    patch.setattr(tokens, "permissions_of_scopes", given)


@plant("a person has the rights of all their posts at once", "paths", roots="observations node")
def _(patch: Patch) -> None:
    acting = SignedInPerson.caller

    def caller(self: SignedInPerson) -> Any:
        found = acting(self)
        every = frozenset(right for post in self.posts for right in permissions_of_role(post.role))
        return found and replace(found, permissions=every)

    patch.setattr(SignedInPerson, "caller", caller)


@plant("an executive of a hub acts for the whole trust", "paths", roots="trust")
def _(patch: Patch) -> None:
    acting = SignedInPerson.caller

    def caller(self: SignedInPerson) -> Any:
        found = acting(self)
        return found and replace(found, group_id=None)

    patch.setattr(SignedInPerson, "caller", caller)
