"""The school itself, its periods and calendar, in the school's schema."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import strawberry
from sqlalchemy import Date, Uuid, or_, select

from footbridge.gateway.documents.cost_directives import at_most
from footbridge.gateway.fields.context import SchoolInfo
from footbridge.gateway.fields.register_types import Period, PublicFact, periods_of
from footbridge.gateway.fields.relay import Node
from footbridge.gateway.fields.scalars import Prefix
from footbridge.gateway.projection.declare import connection, derived, one, to_many
from footbridge.gateway.projection.rows import Rows, given
from footbridge.gateway.projection.sources import SOURCE, FoundById
from footbridge.gateway.school.nodes import school_nodes
from footbridge.runtime.pages import Keyset
from footbridge.tenancy import tables
from footbridge.tenancy.period import Period as PeriodValue
from footbridge.tenancy.register import FACTS_NEWEST

entry = tables.calendar_entry
BY_DAY = Keyset((entry.c.starts_on, entry.c.id))
CALENDAR = select(entry, entry.c.school_id.is_(None).label("whole_trust")).where(
    entry.c.trust_id == given("trust_id", Uuid),
    or_(entry.c.school_id.is_(None), entry.c.school_id == given("school_id", Uuid)),
)
TOUCHING = Rows(CALENDAR.where(entry.c.starts_on <= given("until_on", Date), entry.c.ends_on >= given("from_on", Date)))

trust_name = select(tables.trust.c.name).where(tables.trust.c.id == given("trust_id", Uuid)).scalar_subquery()
OWN_SCHOOL = Rows(
    select(tables.school, trust_name.label("trust_name")).where(tables.school.c.id == given("school_id", Uuid))
)


@school_nodes.declare(Rows(CALENDAR), Prefix.CALENDAR_ENTRY, None, description="A stretch of the school’s calendar.")
class CalendarEntry(Node):
    kind: str
    name: str
    starts_on: date
    ends_on: date
    whole_trust: bool


def days_of(period: str) -> Mapping[str, Any]:
    wanted = PeriodValue.parse(period)
    return {"from_on": wanted.starts_on, "until_on": wanted.ends_on}


@school_nodes.declare(OWN_SCHOOL, Prefix.SCHOOL, None)
class School(Node):
    """The own one; the others have endpoints of their own."""

    urn: str
    name: str
    phase: str
    type: str | None
    trust_name: str
    public_facts = connection(
        PublicFact, FACTS_NEWEST, "school_id", description="What DfE publishes of the school, newest first."
    )
    periods = derived(
        list[Period],
        periods_of,
        description="The academic year of that day and its terms; today’s without one.",
        directives=[at_most(4)],
    )
    calendar = to_many(
        CalendarEntry, None, BY_DAY, most=30, rows=TOUCHING, given=days_of,
        description="What touches the period, by day.",
    )  # fmt: skip


@strawberry.type
class SchoolQuery:
    @strawberry.field(
        description="Whatever has this id, if it is there and may be read.", metadata={SOURCE: FoundById(school_nodes)}
    )
    async def node(self, info: SchoolInfo, id: strawberry.ID) -> Node | None:  # noqa: A002
        return await school_nodes.find(info, id)

    school = one(School, required=True)
