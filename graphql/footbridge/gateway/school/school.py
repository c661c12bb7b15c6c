"""The school itself, its periods and calendar, in the school's schema."""

from datetime import date

import strawberry

from footbridge.gateway.context import SchoolInfo
from footbridge.gateway.register_types import FACTS_NEWEST, Period, PublicFact, periods_of, public_facts
from footbridge.gateway.relay import Connection
from footbridge.gateway.scalars import Prefix
from footbridge.tenancy import calendar, register
from footbridge.tenancy.period import Period as PeriodValue


@strawberry.type(description="A stretch of the school’s calendar.")
class CalendarEntry:
    id: strawberry.ID
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
class School:
    record: strawberry.Private[register.School]
    id: strawberry.ID
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

    @strawberry.field(description="What DfE publishes of the school, newest first.")
    async def public_facts(
        self,
        info: SchoolInfo,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
    ) -> Connection[PublicFact]:
        context, request = info.context, FACTS_NEWEST.request(first, after, last, before)
        return await public_facts(context.session.transaction, context.loaders, self.record.id, request)

    @strawberry.field(description="The academic year of that day and its terms; today’s without one.")
    def periods(self, on: date | None = None) -> list[Period]:
        return periods_of(on)

    @strawberry.field(description="What touches the period, by day.")
    async def calendar(self, info: SchoolInfo, period: str) -> list[CalendarEntry]:
        session = info.context.session
        entries = await calendar.list_calendar(
            session.transaction,
            trust_id=session.trust_id,
            school_id=session.school_id,
            period=PeriodValue.parse(period),
        )
        return [CalendarEntry.from_record(entry) for entry in entries]


@strawberry.type
class SchoolQuery:
    @strawberry.field
    async def school(self, info: SchoolInfo) -> School:
        session = info.context.session
        return School.from_record(await register.Register(session.transaction).get_school(session.school_id))
