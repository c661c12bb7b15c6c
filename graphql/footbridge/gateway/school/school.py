"""The school itself, its periods and calendar, in the school's schema."""

from datetime import date
from uuid import UUID

import strawberry

from footbridge.gateway.documents.cost_directives import at_most
from footbridge.gateway.fields.context import SchoolInfo
from footbridge.gateway.fields.register_types import FACTS_NEWEST, Period, PublicFact, periods_of, public_facts
from footbridge.gateway.fields.relay import Node, connection
from footbridge.gateway.fields.scalars import Prefix
from footbridge.gateway.school.nodes import school_nodes
from footbridge.runtime.pages import Page, PageRequest
from footbridge.tenancy import calendar, register
from footbridge.tenancy.period import Period as PeriodValue


@strawberry.type(description="A stretch of the school’s calendar.")
class CalendarEntry(Node):
    kind: str
    name: str
    starts_on: date
    ends_on: date
    whole_trust: bool

    @classmethod
    def from_record(cls, entry: calendar.CalendarEntry) -> "CalendarEntry":
        return cls(
            id=Prefix.CALENDAR_ENTRY.id_of(entry.id), kind=entry.kind, name=entry.name, starts_on=entry.starts_on,
            ends_on=entry.ends_on, whole_trust=entry.school_id is None,
        )  # fmt: skip


@strawberry.type
class School(Node):
    record: strawberry.Private[register.School]
    urn: str
    name: str
    phase: str
    type: str | None

    @classmethod
    def from_record(cls, school: register.School) -> "School":
        return cls(
            record=school, id=Prefix.SCHOOL.id_of(school.id), urn=school.urn, name=school.name, phase=school.phase,
            type=school.type,
        )  # fmt: skip

    @strawberry.field
    async def trust_name(self, info: SchoolInfo) -> str:
        session = info.context.session
        return (await register.Register(session.transaction).get_trust(session.trust_id)).name

    @connection(PublicFact, FACTS_NEWEST, description="What DfE publishes of the school, newest first.")
    async def public_facts(self, info: SchoolInfo, page: PageRequest) -> Page[register.PublicFact]:
        return await public_facts(info.context.session.transaction, info.context.loaders, self.record.id, page)

    @strawberry.field(
        description="The academic year of that day and its terms; today’s without one.", directives=[at_most(4)]
    )
    def periods(self, on: date | None = None) -> list[Period]:
        return periods_of(on)

    @strawberry.field(description="What touches the period, by day.", directives=[at_most(30)])
    async def calendar(self, info: SchoolInfo, period: str) -> list[CalendarEntry]:
        session = info.context.session
        entries = await calendar.list_calendar(
            session.transaction,
            trust_id=session.trust_id,
            school_id=session.school_id,
            period=PeriodValue.parse(period),
        )
        return [CalendarEntry.from_record(entry) for entry in entries]


@school_nodes.by(School, Prefix.SCHOOL, None)
async def find_school(info: SchoolInfo, identifier: UUID) -> School | None:
    """The own one; the others have endpoints of their own."""
    session = info.context.session
    if identifier != session.school_id:
        return None
    return School.from_record(await register.Register(session.transaction).get_school(identifier))


@school_nodes.by(CalendarEntry, Prefix.CALENDAR_ENTRY, None)
async def find_calendar_entry(info: SchoolInfo, identifier: UUID) -> CalendarEntry | None:
    session = info.context.session
    found = await calendar.find_entry(
        session.transaction, identifier, trust_id=session.trust_id, school_id=session.school_id
    )
    return CalendarEntry.from_record(found) if found else None


@strawberry.type
class SchoolQuery:
    @strawberry.field(description="Whatever has this id, if it is there and may be read.")
    async def node(self, info: SchoolInfo, id: strawberry.ID) -> Node | None:  # noqa: A002
        return await school_nodes.find(info, id)

    @strawberry.field
    async def school(self, info: SchoolInfo) -> School:
        session = info.context.session
        return School.from_record(await register.Register(session.transaction).get_school(session.school_id))
