"""The three operations as plain Strawberry over SQLAlchemy's ORM: resolvers, entities, eager loading, a data loader."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

import strawberry
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased, joinedload, selectinload
from strawberry.dataloader import DataLoader
from strawberry.extensions import ParserCache, ValidationCache
from strawberry.types import Info

from footbridge.engagement.records import Audience, Leader, SessionKind, Space
from footbridge.gateway.fields.scalars import Prefix
from footbridge.measures.definition import Direction, Rate
from footbridge.partnerships.records import OrganisationKind, Side, Status
from footbridge.runtime.ids import new_id

from . import catalogue
from . import orm_models as models

for kind, name in (
    (SessionKind, "SessionKind"), (Leader, "Leader"), (Space, "Space"), (Audience, "Audience"),
    (OrganisationKind, "OrganisationKind"), (Side, "Side"), (Status, "PartnershipStatus"), (Rate, "RateUnit"), (Direction, "Direction"),
):  # fmt: skip
    strawberry.enum(kind, name=name)

NEWEST = 5


@dataclass
class Context:
    """Of one request: its ORM session, its tenant, and what is loaded for all partnerships at once."""

    session: AsyncSession
    tenant: UUID
    newest: "DataLoader[UUID, SessionConnection]"


OrmInfo = Info[Any, Any]


@strawberry.type
class Measure:
    id: strawberry.ID
    name: str
    unit: Rate
    direction: Direction


@strawberry.type
class ComparedCell:
    urn: str
    state: str
    rate: str | None
    interval_low: str | None
    interval_high: str | None


@strawberry.type
class Comparison:
    measure: Measure
    cells: list[ComparedCell]

    @strawberry.field
    def coverage(self) -> str:
        published = [cell for cell in self.cells if cell.state != "not shared yet"]
        shown = sum(cell.state == "shown" for cell in published)
        return f"{len(published)} of {len(self.cells)} published, {shown} shown"


@strawberry.type
class Organisation:
    id: strawberry.ID
    name: str
    kind: OrganisationKind


@strawberry.type
class Outcome:
    id: strawberry.ID
    description: str
    indicator: str
    due_on: date


@strawberry.type
class Role:
    id: strawberry.ID
    side: Side
    responsibility: str


@strawberry.type
class Participation:
    audience: Audience
    attended: int


@strawberry.type
class Session:
    id: strawberry.ID
    held_on: date
    kind: SessionKind
    hours: str
    participation: list[Participation]

    @classmethod
    def of(cls, row: models.Session) -> "Session":
        return cls(
            id=Prefix.SESSION.id_of(row.id), held_on=row.held_on, kind=SessionKind(row.kind), hours=str(row.hours),
            participation=[],
        )  # fmt: skip


@strawberry.type
class SessionConnection:
    total_count: int
    nodes: list[Session]


@strawberry.type
class Partnership:
    row: strawberry.Private[models.Partnership]
    id: strawberry.ID
    title: str
    status: Status

    @strawberry.field
    def organisation(self) -> Organisation:
        row = self.row.organisation
        return Organisation(
            id=Prefix.ORGANISATION.id_of(row.id), name=row.name, kind=OrganisationKind(row.kind)
        )  # fmt: skip

    @strawberry.field
    def outcomes(self) -> list[Outcome]:
        return [
            Outcome(
                id=Prefix.OUTCOME.id_of(row.id), description=row.description, indicator=row.indicator, due_on=row.due_on
            )
            for row in self.row.outcomes
        ]

    @strawberry.field
    def roles(self) -> list[Role]:
        return [
            Role(id=Prefix.ROLE.id_of(row.id), side=Side(row.side), responsibility=row.responsibility)
            for row in self.row.roles
        ]

    @strawberry.field
    async def sessions(self, info: OrmInfo, first: int) -> SessionConnection:
        assert first == NEWEST
        return await info.context.newest.load(self.row.id)  # type: ignore[no-any-return]


@strawberry.type
class PageInfo:
    has_next_page: bool
    end_cursor: str | None


@strawberry.type
class PartnershipConnection:
    page_info: PageInfo
    nodes: list[Partnership]


@strawberry.type
class Query:
    """Takes the arguments that the contract's operations name; the benchmark leaves them out."""

    @strawberry.field
    async def comparisons(
        self,
        info: OrmInfo,
        period: str,
        measure_ids: list[strawberry.ID] | None = None,
        group_id: strawberry.ID | None = None,
    ) -> list[Comparison]:
        schools = await _schools(info.context)
        values = select(models.Value).where(models.Value.trust_id == info.context.tenant, models.Value.period == period)
        found = {(row.measure_id, row.school_id): row for row in await info.context.session.scalars(values)}
        return [
            Comparison(
                measure=Measure(
                    id=strawberry.ID(measure.id), name=measure.name, unit=measure.rate, direction=measure.direction
                ),
                cells=[_cell(school, found.get((measure.id, school.id))) for school in schools],
            )
            for measure in catalogue.compared()
        ]

    @strawberry.field
    async def partnerships(
        self, info: OrmInfo, first: int, after: str | None = None, status: Status | None = None
    ) -> PartnershipConnection:
        row = models.Partnership
        query = (
            select(row)
            .where(row.school_id == info.context.tenant)
            .order_by(row.sort_name, row.id)
            .limit(first + 1)
            .options(joinedload(row.organisation), selectinload(row.outcomes), selectinload(row.roles))
        )
        rows = (await info.context.session.scalars(query)).all()
        nodes = [
            Partnership(row=row, id=Prefix.PARTNERSHIP.id_of(row.id), title=row.title, status=Status(row.status))
            for row in rows[:first]
        ]
        more = len(rows) > first
        return PartnershipConnection(page_info=PageInfo(has_next_page=more, end_cursor=nodes[-1].id), nodes=nodes)


async def _schools(context: Context) -> Sequence[models.School]:
    today, member = func.current_date(), models.Membership
    query = (
        select(models.School)
        .join(member, member.school_id == models.School.id)
        .where(member.trust_id == context.tenant, member.from_on <= today)
        .where(member.until_on.is_(None) | (member.until_on > today))
        .order_by(models.School.sort_name, models.School.id)
    )
    return (await context.session.scalars(query)).all()


def _cell(school: models.School, value: models.Value | None) -> ComparedCell:
    if value is None:
        return ComparedCell(
            urn=school.urn, state="not shared yet", rate=None, interval_low=None, interval_high=None
        )  # fmt: skip
    return ComparedCell(
        urn=school.urn, state=value.state, rate=value.rate, interval_low=value.interval_low,
        interval_high=value.interval_high,
    )  # fmt: skip


def newest_sessions(session: AsyncSession, tenant: UUID) -> "DataLoader[UUID, SessionConnection]":
    """The last sessions of each partnership and how many there are, for a whole page in two statements."""

    async def load(ids: list[UUID]) -> list[SessionConnection]:
        row, activity = models.Session, models.Activity
        order = (row.held_on.desc(), row.id.desc())
        number = func.row_number().over(partition_by=activity.partnership_id, order_by=order).label("place")
        of_page = (activity.school_id == row.school_id) & (activity.id == row.activity_id)
        wanted = (row.school_id == tenant) & activity.partnership_id.in_(ids)
        ranked = select(row, activity.partnership_id, number).join(activity, of_page).where(wanted).subquery()
        entity = aliased(row, ranked)
        query = select(entity, ranked.c.partnership_id).where(ranked.c.place <= NEWEST).order_by(ranked.c.place)
        count = select(activity.partnership_id, func.count()).select_from(row).join(activity, of_page).where(wanted)
        nodes: dict[UUID, list[Session]] = {identifier: [] for identifier in ids}
        for found, partnership_id in await session.execute(query):
            nodes[partnership_id].append(Session.of(found))
        counted = await session.execute(count.group_by(activity.partnership_id))
        counts = {row[0]: row[1] for row in counted}
        return [SessionConnection(total_count=counts.get(each, 0), nodes=nodes[each]) for each in ids]

    return DataLoader(load)


@strawberry.type
class Refusal:
    code: str
    message: str


@strawberry.input
class SessionInput:
    activity_id: strawberry.ID
    held_on: date
    kind: SessionKind
    hours: str
    led_by: Leader
    designed_by: Leader
    space: Space


@strawberry.type
class Mutation:
    @strawberry.mutation
    async def record_session(
        self,
        info: OrmInfo,
        input: SessionInput,  # noqa: A002
        idempotency_key: strawberry.ID,
    ) -> Annotated[Session | Refusal, strawberry.union("RecordSessionResult")]:
        context, session_id, job_id = info.context, new_id(), new_id()
        row = models.Session(
            school_id=context.tenant, id=session_id, activity_id=Prefix.ACTIVITY.parse(input.activity_id),
            held_on=input.held_on, kind=input.kind.value, hours=Decimal(input.hours), led_by=input.led_by.value,
            designed_by=input.designed_by.value, space=input.space.value,
        )  # fmt: skip
        message = {"actor_name": "told", "args": [str(session_id)], "message_id": str(job_id)}
        context.session.add_all([row, models.Job(message_id=job_id, state="queued", message=message)])
        await context.session.commit()
        return Session.of(row)


schema = strawberry.Schema(Query, Mutation, extensions=[ParserCache, ValidationCache])
