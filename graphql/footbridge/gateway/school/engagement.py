"""Activities and sessions in the school's schema."""

from datetime import date
from decimal import Decimal
from uuid import UUID

import strawberry

from footbridge.engagement import records, service
from footbridge.engagement.repository import EngagementRepository
from footbridge.gateway.documents.cost_directives import at_most
from footbridge.gateway.fields.context import SchoolInfo, grouped, matched
from footbridge.gateway.fields.refusal import mutation
from footbridge.gateway.fields.relay import Node, Order, connection
from footbridge.gateway.fields.rights import Requires
from footbridge.gateway.fields.scalars import Prefix, decimal_of
from footbridge.gateway.school.nodes import school_nodes
from footbridge.runtime.errors import InvalidInput
from footbridge.runtime.pages import Page, PageRequest
from footbridge.tenancy.permission import Permission

strawberry.enum(records.Category, name="Category")
strawberry.enum(records.SessionKind, name="SessionKind")
strawberry.enum(records.Leader, name="Leader")
strawberry.enum(records.Space, name="Space", description="Whose space it was in.")
strawberry.enum(records.Audience, name="Audience")
strawberry.enum(records.Basis, name="Basis")

BY_NAME = Order(("sort_name", str), ("id", UUID))
NEWEST = Order(("held_on", date), ("id", UUID))


@strawberry.type(description="Lundy: space, voice, audience, influence.")
class YouthVoiceRecord:
    space: str
    voice: str
    audience: str
    influence: str


@strawberry.type(description="How many of an audience came. Counts, never names.")
class ParticipationCount(Node):
    audience: records.Audience
    attended: int
    invited: int | None
    eligible: int | None
    basis: records.Basis

    @classmethod
    def from_record(cls, record: records.ParticipationCount) -> "ParticipationCount":
        return cls(
            id=Prefix.COUNT.id_of(record.id), audience=records.Audience(record.audience), attended=record.attended,
            invited=record.invited, eligible=record.eligible, basis=records.Basis(record.basis),
        )  # fmt: skip


@strawberry.type(description="A year group at a parents’ meeting: 0 is Reception.")
class MeetingYearGroup(Node):
    year_group: int
    pupils: int
    in_person: int
    by_phone: int
    online: int

    @classmethod
    def from_record(cls, record: records.MeetingYearGroup) -> "MeetingYearGroup":
        return cls(
            id=Prefix.YEAR_GROUP.id_of(record.id), year_group=record.year_group, pupils=record.pupils,
            in_person=record.in_person, by_phone=record.by_phone, online=record.online,
        )  # fmt: skip


@strawberry.type(description="One dated activity.")
class Session(Node):
    record: strawberry.Private[records.Session]
    held_on: date
    kind: records.SessionKind
    hours: str = strawberry.field(description="Its length, two decimals.")
    led_by: records.Leader
    designed_by: records.Leader
    space: records.Space

    @classmethod
    def from_record(cls, record: records.Session) -> "Session":
        return cls(
            record=record, id=Prefix.SESSION.id_of(record.id), held_on=record.held_on,
            kind=records.SessionKind(record.kind), hours=str(record.hours), led_by=records.Leader(record.led_by),
            designed_by=records.Leader(record.designed_by), space=records.Space(record.space),
        )  # fmt: skip

    @strawberry.field
    async def activity(self, info: SchoolInfo) -> "Activity":
        async def load(ids: list[UUID]) -> list[records.Activity]:
            return matched(ids, await EngagementRepository(info.context.session).list_activities(ids), lambda a: a.id)

        return Activity.from_record(await info.context.loaders.get("activities", load).load(self.record.activity_id))

    @strawberry.field
    def youth_voice(self) -> YouthVoiceRecord | None:
        record = self.record
        if record.voice_influence is None:
            return None
        return YouthVoiceRecord(
            space=record.voice_space or "", voice=record.voice_voice or "", audience=record.voice_audience or "",
            influence=record.voice_influence,
        )  # fmt: skip

    @strawberry.field(directives=[at_most(len(records.Audience))])
    async def participation(self, info: SchoolInfo) -> list[ParticipationCount]:
        async def load(ids: list[UUID]) -> list[list[records.ParticipationCount]]:
            rows = await EngagementRepository(info.context.session).list_counts(ids)
            return grouped(ids, rows, lambda row: row.session_id)

        rows = await info.context.loaders.get("counts", load).load(self.record.id)
        return [ParticipationCount.from_record(row) for row in rows]

    @strawberry.field(description="Of a parents’ meeting.", directives=[at_most(12)])
    async def year_groups(self, info: SchoolInfo) -> list[MeetingYearGroup]:
        async def load(ids: list[UUID]) -> list[list[records.MeetingYearGroup]]:
            rows = await EngagementRepository(info.context.session).list_year_groups(ids)
            return grouped(ids, rows, lambda row: row.session_id)

        rows = await info.context.loaders.get("year groups", load).load(self.record.id)
        return [MeetingYearGroup.from_record(row) for row in rows]


@strawberry.type(description="A programme of dated sessions.")
class Activity(Node):
    record: strawberry.Private[records.Activity]
    title: str
    category: records.Category

    @classmethod
    def from_record(cls, record: records.Activity) -> "Activity":
        category = records.Category(record.category)
        return cls(record=record, id=Prefix.ACTIVITY.id_of(record.id), title=record.title, category=category)

    @connection(Session, NEWEST, description="Newest first.")
    async def sessions(self, info: SchoolInfo, page: PageRequest) -> Page[records.Session]:
        async def load(ids: list[UUID]) -> list[Page[records.Session]]:
            pages = await EngagementRepository(info.context.session).pages_of_sessions(ids, page)
            return [pages[activity_id] for activity_id in ids]

        return await info.context.loaders.get(("sessions", page), load).load(self.record.id)


@strawberry.input
class YouthVoiceInput:
    space: str
    voice: str
    audience: str
    influence: str


@strawberry.input
class ParticipationInput:
    audience: records.Audience
    attended: int
    invited: int | None = None
    eligible: int | None = None
    basis: records.Basis = records.Basis.COUNTED


@strawberry.input(description="Each pupil once: in person, else by phone, else online.")
class YearGroupInput:
    year_group: int
    pupils: int = strawberry.field(description="On the roll of the year group, never only the invited.")
    in_person: int
    by_phone: int = 0
    online: int = 0


@strawberry.input
class SessionInput:
    activity_id: strawberry.ID
    held_on: date
    kind: records.SessionKind
    hours: str = strawberry.field(description="Such as 1.5; more than 0, at most 24.")
    led_by: records.Leader
    designed_by: records.Leader
    space: records.Space
    participation: list[ParticipationInput] = strawberry.field(default_factory=list)
    year_groups: list[YearGroupInput] = strawberry.field(default_factory=list)
    youth_voice: YouthVoiceInput | None = None


@school_nodes.by(Activity, Prefix.ACTIVITY, Permission.READ_RECORD)
async def find_activity(info: SchoolInfo, identifier: UUID) -> Activity | None:
    found = await EngagementRepository(info.context.session).list_activities([identifier])
    return Activity.from_record(found[0]) if found else None


@school_nodes.by(Session, Prefix.SESSION, Permission.READ_RECORD)
async def find_session(info: SchoolInfo, identifier: UUID) -> Session | None:
    found = await EngagementRepository(info.context.session).find_session(identifier)
    return Session.from_record(found) if found else None


@school_nodes.by(ParticipationCount, Prefix.COUNT, Permission.READ_RECORD)
async def find_count(info: SchoolInfo, identifier: UUID) -> ParticipationCount | None:
    found = await EngagementRepository(info.context.session).find_count(identifier)
    return ParticipationCount.from_record(found) if found else None


@school_nodes.by(MeetingYearGroup, Prefix.YEAR_GROUP, Permission.READ_RECORD)
async def find_year_group(info: SchoolInfo, identifier: UUID) -> MeetingYearGroup | None:
    found = await EngagementRepository(info.context.session).find_year_group(identifier)
    return MeetingYearGroup.from_record(found) if found else None


@strawberry.type
class EngagementQuery:
    @strawberry.field(extensions=[Requires(Permission.READ_RECORD)])
    async def activity(self, info: SchoolInfo, id: strawberry.ID) -> Activity | None:  # noqa: A002
        return await find_activity(info, Prefix.ACTIVITY.parse(id))

    @connection(Activity, BY_NAME, Permission.READ_RECORD, description="By title.")
    async def activities(self, info: SchoolInfo, page: PageRequest) -> Page[records.Activity]:
        return await EngagementRepository(info.context.session).page_of_activities(page)

    @connection(Session, NEWEST, Permission.READ_RECORD, description="Newest first, between two days.")
    async def sessions(
        self, info: SchoolInfo, page: PageRequest, from_on: date | None = None, until_on: date | None = None
    ) -> Page[records.Session]:
        repository = EngagementRepository(info.context.session)
        return await repository.page_of_sessions(page, from_on=from_on, until_on=until_on)


@strawberry.type
class EngagementMutation:
    @mutation(Activity, Permission.MANAGE_ACTIVITIES, name="AddActivity")
    async def add_activity(
        self, info: SchoolInfo, title: str, category: records.Category, partnership_id: strawberry.ID | None = None
    ) -> Activity:
        """Adds a programme, of a partnership or of the school's own."""
        partnership = Prefix.PARTNERSHIP.parse(partnership_id) if partnership_id else None
        added = await service.add_activity(
            info.context.session, title=title, category=category.value, partnership_id=partnership
        )
        return Activity.from_record(added)

    @mutation(Session, Permission.MANAGE_ACTIVITIES, name="RecordSession")
    async def record_session(self, info: SchoolInfo, input: SessionInput) -> Session:  # noqa: A002
        """Records one dated activity with who came."""
        recorded = await service.record_session(
            info.context.session,
            Prefix.ACTIVITY.parse(input.activity_id),
            held_on=input.held_on,
            kind=input.kind.value,
            hours=_hours(input.hours),
            led_by=input.led_by.value,
            designed_by=input.designed_by.value,
            space=input.space.value,
            counts=[_count(count) for count in input.participation],
            year_groups=[_year_group(group) for group in input.year_groups],
            voice=_voice(input.youth_voice),
        )
        return Session.from_record(recorded)

    @mutation(Session, Permission.MANAGE_ACTIVITIES, name="RemoveSession")
    async def remove_session(self, info: SchoolInfo, session_id: strawberry.ID) -> Session:
        """Takes back a session recorded by mistake; answers what it was."""
        removed = await service.remove_session(info.context.session, Prefix.SESSION.parse(session_id))
        return Session.from_record(removed)


def _hours(text: str) -> Decimal:
    hours = decimal_of(text, "length in hours")
    if hours is None:
        raise InvalidInput("Say how long it was.")
    return hours


def _count(count: ParticipationInput) -> records.NewCount:
    return records.NewCount(count.audience.value, count.attended, count.invited, count.eligible, count.basis.value)


def _year_group(group: YearGroupInput) -> records.NewYearGroup:
    return records.NewYearGroup(group.year_group, group.pupils, group.in_person, group.by_phone, group.online)


def _voice(voice: YouthVoiceInput | None) -> records.NewVoice | None:
    return None if voice is None else records.NewVoice(voice.space, voice.voice, voice.audience, voice.influence)
