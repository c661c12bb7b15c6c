"""Defects of rights: a field that asks for too little, a post that may too much, a limit that is forgotten."""

from dataclasses import replace
from typing import Any

import pytest

from footbridge.comparison import service as comparison
from footbridge.comparison.service import may_reach
from footbridge.directory import tokens
from footbridge.directory.records import SignedInPerson
from footbridge.gateway.fields.nodes import Nodes
from footbridge.gateway.school.nodes import school_nodes
from footbridge.gateway.trust import schema as trust
from footbridge.tenancy import permission as rights
from footbridge.tenancy.permission import Permission, PostRole, permissions_of_role, permissions_of_scopes
from footbridge.tenancy.register import Register
from tests.isolation.gateway.contract import Side, fields_of, product_schema
from tests.isolation.gateway.plant import ask_for, plant

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
    guarded = nodes._finders
    open_to_all = {
        key: tuple(None if isinstance(each, Permission) else each for each in found) for key, found in guarded.items()
    }
    patch.setattr(nodes, "_finders", open_to_all)


@plant("node asks for no right at a school", "paths", roots="node")
def _(patch: Patch) -> None:
    _ask_for_nothing(patch, school_nodes)


@plant("node asks for no right at a trust", "paths", roots="node")
def _(patch: Patch) -> None:
    _ask_for_nothing(patch, trust.trust_nodes)


@plant("node looks in every table, whatever the id says", "ids of queries")
def _(patch: Patch) -> None:
    found_by_type = Nodes.find

    async def find(self: Nodes, info: Any, text: str) -> Any:
        for prefix in self._finders:
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


@plant("a comparison forgets the hub of the executive when a group is asked for", "paths", roots="comparison")
def _(patch: Patch) -> None:
    within = comparison._schools

    async def schools(session: Any, values: Any, group_id: Any) -> Any:
        wider = replace(session, caller=replace(session.caller, group_id=None)) if group_id else session
        return await within(wider, values, group_id)

    patch.setattr(comparison, "_schools", schools)


@plant("a hub's executive sees the other groups", "paths", roots="trust")
def _(patch: Patch) -> None:
    field = fields_of(product_schema(Side.TRUST), "Trust")["groups"]

    async def groups(source: Any, info: Any) -> Any:
        register = Register(info.context.session.transaction)
        return [trust.TrustGroup.from_record(group) for group in await register.list_groups(source.record.id)]

    patch.setattr(field, "resolve", groups)


@plant("any school of the register is reached from any trust", "ids of queries", roots="school")
def _(patch: Patch) -> None:
    async def reaches(*_: Any) -> bool:
        return True

    patch.setattr(trust, "may_reach", reaches)


@plant("a hub's executive reaches every school of the trust", "ids of queries", roots="school")
def _(patch: Patch) -> None:
    async def reaches(session: Any, school_id: Any) -> bool:
        return await may_reach(replace(session, caller=replace(session.caller, group_id=None)), school_id)

    patch.setattr(trust, "may_reach", reaches)
