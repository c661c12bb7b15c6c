"""The trust's schema: its schools, and what their heads have shared. Nothing else is reachable from here."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import strawberry
from sqlalchemy import Date, Text, Uuid, or_, select

from footbridge.comparison.projection import VERSION, open_on, reachable
from footbridge.gateway.documents.cost_directives import at_most, weighs
from footbridge.gateway.fields.context import TrustInfo
from footbridge.gateway.fields.nodes import Nodes
from footbridge.gateway.fields.register_types import (
    Measure,
    Period,
    PublicFact,
    catalogue,
    measure_of,
    period_of,
    periods_of,
)
from footbridge.gateway.fields.relay import Node
from footbridge.gateway.fields.scalars import Prefix
from footbridge.gateway.projection.declare import column, connection, derived, many, one, to_many
from footbridge.gateway.projection.projected import projected
from footbridge.gateway.projection.rows import Rows, given
from footbridge.gateway.projection.sources import SOURCE, Derived, FoundById
from footbridge.gateway.trust.accesses import accesses_of
from footbridge.gateway.trust.comparison import BY_NUMBER, Comparison, many_asked, one_asked
from footbridge.publication.tables import published_release, value
from footbridge.runtime.pages import Keyset
from footbridge.tenancy import tables
from footbridge.tenancy.permission import Permission
from footbridge.tenancy.register import FACTS_NEWEST, SCHOOLS_BY_NAME

trust_nodes = Nodes()

TRUST_ID, OWN_GROUP_ID, TODAY = given("trust_id", Uuid), given("own_group_id", Uuid), given("today", Date)
link = tables.trust_group_membership

OWN_TRUST = Rows(select(tables.trust).where(tables.trust.c.id == TRUST_ID))
GROUPS = Rows(
    select(tables.trust_group).where(
        tables.trust_group.c.trust_id == TRUST_ID, or_(OWN_GROUP_ID.is_(None), tables.trust_group.c.id == OWN_GROUP_ID)
    )
)
GROUPS_BY_NAME = Keyset((tables.trust_group.c.sort_name, tables.trust_group.c.id))
SCHOOLS = Rows(select(tables.school).where(reachable(tables.school.c.id)))
SCHOOLS_OF_GROUPS = Rows(
    select(tables.school, link.c.group_id)
    .join(link, link.c.school_id == tables.school.c.id)
    .where(link.c.trust_id == TRUST_ID, open_on(link, TODAY), reachable(tables.school.c.id))
)
SCHOOLS_BY_URN = Rows(
    select(tables.school)
    .join(tables.school_urn, tables.school_urn.c.school_id == tables.school.c.id)
    .where(tables.school_urn.c.urn == given("urn", Text), reachable(tables.school.c.id))
)
RELEASES = Rows(select(published_release).where(reachable(published_release.c.school_id)), "trust_id")
VALUES = Rows(select(value, VERSION.label("version")), "trust_id")
NEWEST = Keyset((published_release.c.published_at, published_release.c.id), descending=True)
BY_MEASURE = Keyset((value.c.measure_id,))


@projected(
    VALUES,
    description="A value that left a school: the pair as published, or a symbol.",
    reads=Derived(accesses_of, ("school_id", "measure_id", "period", "version")),
)
class ReleasedValue:
    measure = derived(Measure, measure_of, "measure_id")
    measure_version: int
    state: str
    numerator: str | None
    denominator: str | None
    pupils: int | None
    rate: str | None
    interval_low: str | None
    interval_high: str | None
    context_note: str | None


@trust_nodes.declare(
    RELEASES,
    Prefix.RELEASE,
    Permission.COMPARE,
    description="What a head shared for one period; of a withdrawn one, that it was.",
)
class Release(Node):
    period = derived(Period, period_of, "period")
    school_name: str = column("school_name", description="As on the day of release.")
    phase: str
    signed_by: str = column("signed_by_name")
    published_at: datetime
    withdrawn_at: datetime | None
    values = to_many(ReleasedValue, "release_id", BY_MEASURE, most=40)


@trust_nodes.declare(SCHOOLS, Prefix.SCHOOL, Permission.READ_TRUST)
class School(Node):
    urn: str
    name: str
    phase: str
    type: str | None
    public_facts = connection(
        PublicFact, FACTS_NEWEST, "school_id", description="What DfE publishes of the school, newest first."
    )
    releases = connection(
        Release,
        NEWEST,
        "school_id",
        permission=Permission.COMPARE,
        description="What the school has shared over time, newest first.",
    )


@trust_nodes.declare(GROUPS, Prefix.TRUST_GROUP, Permission.READ_TRUST, description="A hub, region or phase team.")
class TrustGroup(Node):
    name: str
    kind: str
    schools = connection(School, SCHOOLS_BY_NAME, "group_id", rows=SCHOOLS_OF_GROUPS, description="Of today, by name.")


@trust_nodes.declare(OWN_TRUST, Prefix.TRUST, Permission.READ_TRUST)
class Trust(Node):
    """The own one."""

    uid: str
    name: str
    schools = connection(School, SCHOOLS_BY_NAME, description="Of today, by name.")
    groups = to_many(TrustGroup, None, GROUPS_BY_NAME, most=50)


def urn_asked(urn: str) -> Mapping[str, Any]:
    return {"urn": urn}


@strawberry.type
class Query:
    @strawberry.field(
        description="Whatever has this id, if it is there and may be read.", metadata={SOURCE: FoundById(trust_nodes)}
    )
    async def node(self, info: TrustInfo, id: strawberry.ID) -> Node | None:  # noqa: A002
        return await trust_nodes.find(info, id)

    trust = one(Trust, required=True, permission=Permission.READ_TRUST)
    school = one(
        School,
        rows=SCHOOLS_BY_URN,
        given=urn_asked,
        permission=Permission.READ_TRUST,
        description="One of the trust’s schools of today, by its URN.",
    )
    measures = derived(list[Measure], catalogue, description="The catalogue.", directives=[at_most(40)])
    periods = derived(
        list[Period],
        periods_of,
        description="The academic year of that day and its terms; today’s without one.",
        directives=[at_most(4)],
    )
    comparison = one(
        Comparison,
        given=one_asked,
        required=True,
        permission=Permission.COMPARE,
        directives=[weighs(100)],
        description="One measure and period over the schools, from what their heads have shared.",
    )
    comparisons = many(
        Comparison,
        BY_NUMBER,
        most=40,
        given=many_asked,
        permission=Permission.COMPARE,
        description="A period over the schools: these measures, or all that the period has.",
    )


trust_schema = strawberry.Schema(Query, types=trust_nodes.types)
