"""Defects of rows: a SELECT of the public register that forgets the trust, the school, the hub or the day."""

from typing import Any

import pytest
from sqlalchemy import Text, select, true

from footbridge.gateway.projection.projected import projection_of
from footbridge.gateway.projection.rows import given
from footbridge.gateway.school import school as own
from footbridge.gateway.trust import comparison
from footbridge.gateway.trust import schema as trust
from footbridge.publication.tables import published_release
from footbridge.tenancy import tables
from tests.isolation.gateway.plant import plant
from tests.isolation.gateway.read_path import reads

Patch = pytest.MonkeyPatch


@plant("the own trust is any trust", "paths", roots="trust")
def _(patch: Patch) -> None:
    reads(patch, trust.OWN_TRUST, select(tables.trust).order_by(tables.trust.c.uid.desc()))


@plant("the groups are those of all trusts", "paths", roots="trust")
def _(patch: Patch) -> None:
    reads(patch, trust.GROUPS, select(tables.trust_group))


@plant("a hub's executive sees the other groups", "paths", roots="trust")
def _(patch: Patch) -> None:
    reads(patch, trust.GROUPS, select(tables.trust_group).where(tables.trust_group.c.trust_id == trust.TRUST_ID))


@plant("the schools are those of the register", "paths", roots="trust")
def _(patch: Patch) -> None:
    reads(patch, trust.SCHOOLS, select(tables.school))


@plant("node finds any school of the register", "ids of queries", roots="node")
def _(patch: Patch) -> None:
    reads(patch, trust.SCHOOLS, select(tables.school))


@plant("any school of the register is reached from any trust", "ids of queries", roots="school")
def _(patch: Patch) -> None:
    reads(patch, trust.SCHOOLS_BY_URN, _by_urn(true()))


@plant("a hub's executive reaches every school of the trust", "ids of queries", roots="school")
def _(patch: Patch) -> None:
    link = tables.membership
    members = select(link.c.school_id).where(link.c.trust_id == trust.TRUST_ID)
    reads(patch, trust.SCHOOLS_BY_URN, _by_urn(tables.school.c.id.in_(members)))


def _by_urn(condition: Any) -> Any:
    known = tables.school_urn
    return (
        select(tables.school)
        .join(known, known.c.school_id == tables.school.c.id)
        .where(known.c.urn == given("urn", Text), condition)
    )


@plant("what was shared is found by every hub's executive", "ids of queries", roots="node")
def _(patch: Patch) -> None:
    reads(patch, trust.RELEASES, select(published_release))


@plant("a comparison forgets the hub of the executive", "paths", roots="comparison")
def _(patch: Patch) -> None:
    _asked_wider(patch, whenever=lambda group_id: True)


@plant("a comparison forgets the hub of the executive when a group is asked for", "paths", roots="comparison")
def _(patch: Patch) -> None:
    _asked_wider(patch, whenever=lambda group_id: group_id is not None)


@plant("comparisons forget the hub of the executive", "paths", roots="comparisons")
def _(patch: Patch) -> None:
    _asked_wider(patch, whenever=lambda group_id: True)


def _asked_wider(patch: Patch, *, whenever: Any) -> None:
    asked = comparison._asked

    def wider(measure_ids: Any, period: Any, group_id: Any) -> Any:
        found = asked(measure_ids, period, group_id)
        return {**found, "own_group_id": None} if whenever(group_id) else found

    patch.setattr(comparison, "_asked", wider)


@plant("the own school is any school", "paths", roots="school")
def _(patch: Patch) -> None:
    everybody = select(tables.school, own.trust_name.label("trust_name")).order_by(tables.school.c.urn.desc())
    reads(patch, own.OWN_SCHOOL, everybody)


@plant("a school finds another by its id", "ids of queries", roots="node")
def _(patch: Patch) -> None:
    reads(patch, own.OWN_SCHOOL, select(tables.school, own.trust_name.label("trust_name")))


@plant("a calendar has the entries of every trust", "paths", roots="school")
def _(patch: Patch) -> None:
    entry = tables.calendar_entry
    reads(patch, own.TOUCHING, select(entry, entry.c.school_id.is_(None).label("whole_trust")))


@plant("node finds an entry of any calendar", "ids of queries", roots="node")
def _(patch: Patch) -> None:
    entry = tables.calendar_entry
    rows = projection_of(own.CalendarEntry).rows
    reads(patch, rows, select(entry, entry.c.school_id.is_(None).label("whole_trust")))
