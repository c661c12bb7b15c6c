"""Activities and sessions in the school's schema."""

from datetime import date
from decimal import Decimal
from typing import Annotated
from uuid import UUID

import strawberry
from sqlalchemy import Date, select

from footbridge.engagement import records, service, tables
from footbridge.engagement.repository import BY_NAME, NEWEST
from footbridge.gateway.fields.context import SchoolInfo
from footbridge.gateway.fields.refusal import mutation
from footbridge.gateway.fields.relay import Node
from footbridge.gateway.fields.scalars import Prefix, decimal_of
from footbridge.gateway.projection.declare import column, connection, embedded, found_by_id, to_many, to_one
from footbridge.gateway.projection.rows import Rows, given
from footbridge.gateway.projection.sources import Filter
from footbridge.gateway.school.nodes import school_nodes
from footbridge.runtime.errors import InvalidInput
from footbridge.runtime.pages import oldest
from footbridge.tenancy.permission import Permission

strawberry.enum(records.Category, name="Category")
strawberry.enum(records.SessionKind, name="SessionKind")
strawberry.enum(records.Leader, name="Leader")
strawberry.enum(records.Space, name="Space", description="Whose space it was in.")
strawberry.enum(records.Audience, name="Audience")
strawberry.enum(records.Basis, name="Basis")

SESSIONS_OF_PARTNERSHIPS = Rows(
    select(tables.session, tables.activity.c.partnership_id).join(
        tables.activity,
        (tables.activity.c.school_id == tables.session.c.school_id)
        & (tables.activity.c.id == tables.session.c.activity_id),
    ),
    "school_id",
)


@strawberry.type(description="Lundy: space, voice, audience, influence.")
class YouthVoiceRecord:
    space: str
    voice: str
    audience: str
    influence: str


@school_nodes.declare(
    tables.participation_count,
    Prefix.COUNT,
    Permission.READ_RECORD,
    description="How many of an audience came. Counts, never names.",
)
class ParticipationCount(Node):
    audience: records.Audience
    attended: int
    invited: int | None
    eligible: int | None
    basis: records.Basis


@school_nodes.declare(
    tables.meeting_year_group,
    Prefix.YEAR_GROUP,
    Permission.READ_RECORD,
    description="A year group at a parents’ meeting: 0 is Reception.",
)
class MeetingYearGroup(Node):
    year_group: int
    pupils: int
    in_person: int
    by_phone: int
    online: int


@school_nodes.declare(tables.session, Prefix.SESSION, Permission.READ_RECORD, description="One dated activity.")
class Session(Node):
    held_on: date
    kind: records.SessionKind
    hours: str = column("hours", fixed=True, description="Its length, two decimals.")
    led_by: records.Leader
    designed_by: records.Leader
    space: records.Space
    activity = to_one(Annotated["Activity", strawberry.lazy(__name__)], "activity_id")
    youth_voice = embedded(YouthVoiceRecord, "voice_", when="voice_influence")
    participation = to_many(
        ParticipationCount, "session_id", oldest(tables.participation_count), most=len(records.Audience)
    )
    year_groups = to_many(
        MeetingYearGroup, "session_id", oldest(tables.meeting_year_group), most=12,
        description="Of a parents’ meeting.",
    )  # fmt: skip


@school_nodes.declare(
    tables.activity, Prefix.ACTIVITY, Permission.READ_RECORD, description="A programme of dated sessions."
)
class Activity(Node):
    title: str
    category: records.Category
    sessions = connection(Session, NEWEST, "activity_id", description="Newest first.")


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


@strawberry.type
class EngagementQuery:
    activity = found_by_id(Activity, permission=Permission.READ_RECORD)
    activities = connection(Activity, BY_NAME, permission=Permission.READ_RECORD, description="By title.")
    sessions = connection(
        Session,
        NEWEST,
        filters={
            "from_on": Filter(date, tables.session.c.held_on >= given("from_on", Date)),
            "until_on": Filter(date, tables.session.c.held_on <= given("until_on", Date)),
        },
        permission=Permission.READ_RECORD,
        description="Newest first, between two days.",
    )


@strawberry.type
class EngagementMutation:
    @mutation(Activity, Permission.MANAGE_ACTIVITIES, name="AddActivity")
    async def add_activity(
        self, info: SchoolInfo, title: str, category: records.Category, partnership_id: strawberry.ID | None = None
    ) -> UUID:
        """Adds a programme, of a partnership or of the school's own."""
        partnership = Prefix.PARTNERSHIP.parse(partnership_id) if partnership_id else None
        added = await service.add_activity(
            info.context.session, title=title, category=category.value, partnership_id=partnership
        )
        return added.id

    @mutation(Session, Permission.MANAGE_ACTIVITIES, name="RecordSession")
    async def record_session(self, info: SchoolInfo, input: SessionInput) -> UUID:  # noqa: A002
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
        return recorded.id

    @mutation(Session, Permission.MANAGE_ACTIVITIES, name="RemoveSession", before="session_id")
    async def remove_session(self, info: SchoolInfo, session_id: strawberry.ID) -> UUID:
        """Takes back a session recorded by mistake; answers what it was."""
        removed = await service.remove_session(info.context.session, Prefix.SESSION.parse(session_id))
        return removed.id


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
