"""The trust's schema: its schools, and what their heads have shared. Nothing else is reachable from here."""

from datetime import date, datetime
from uuid import UUID

import strawberry

from footbridge.comparison import records
from footbridge.comparison.repository import ComparisonRepository
from footbridge.comparison.service import compare, may_reach
from footbridge.delegation.access import Access
from footbridge.gateway.documents.cost_directives import at_most, weighs
from footbridge.gateway.fields.context import TrustInfo, grouped
from footbridge.gateway.fields.nodes import Nodes
from footbridge.gateway.fields.register_types import FACTS_NEWEST, Measure, Period, PublicFact, periods_of, public_facts
from footbridge.gateway.fields.relay import Node, Order, connection
from footbridge.gateway.fields.rights import Requires
from footbridge.gateway.fields.scalars import Prefix, decimal_text
from footbridge.measures.find import all_measures, find_measure
from footbridge.runtime.clock import today
from footbridge.runtime.pages import Page, PageRequest
from footbridge.tenancy import register
from footbridge.tenancy.period import Period as PeriodValue
from footbridge.tenancy.permission import Permission

trust_nodes = Nodes()

SCHOOLS_BY_NAME = Order(("sort_name", str), ("id", UUID))
NEWEST = Order(("published_at", datetime), ("id", UUID))


@strawberry.type(description="A value that left a school: the pair as published, or a symbol.")
class ReleasedValue:
    measure: Measure
    measure_version: int
    state: str
    numerator: str | None
    denominator: str | None
    pupils: int | None
    rate: str | None
    interval_low: str | None
    interval_high: str | None
    context_note: str | None

    @classmethod
    def from_record(cls, value: records.TrustValue) -> "ReleasedValue":
        return cls(
            measure=Measure.from_definition(find_measure(value.measure_id)), measure_version=value.measure_version,
            state=value.state, numerator=decimal_text(value.numerator), denominator=decimal_text(value.denominator),
            pupils=value.pupils,
            rate=value.rate, interval_low=value.interval_low, interval_high=value.interval_high,
            context_note=value.context_note,
        )  # fmt: skip


@strawberry.type(description="What a head shared for one period; of a withdrawn one, that it was.")
class Release(Node):
    record: strawberry.Private[records.TrustRelease]
    period: Period
    school_name: str = strawberry.field(description="As on the day of release.")
    phase: str
    signed_by: str
    published_at: datetime
    withdrawn_at: datetime | None

    @classmethod
    def from_record(cls, record: records.TrustRelease) -> "Release":
        return cls(
            record=record, id=Prefix.RELEASE.id_of(record.id),
            period=Period.from_value(PeriodValue.parse(record.period)),
            school_name=record.school_name, phase=record.phase, signed_by=record.signed_by_name,
            published_at=record.published_at, withdrawn_at=record.withdrawn_at,
        )  # fmt: skip

    @strawberry.field(directives=[at_most(40)])
    async def values(self, info: TrustInfo) -> list[ReleasedValue]:
        async def load(ids: list[UUID]) -> list[list[records.TrustValue]]:
            repository = ComparisonRepository(info.context.session)
            version = await repository.version()
            rows = await repository.list_release_values(ids)
            info.context.accesses |= {Access(row.school_id, row.measure_id, row.period, version) for row in rows}
            return grouped(ids, rows, lambda row: row.release_id)

        rows = await info.context.loaders.get("values", load).load(self.record.id)
        return [ReleasedValue.from_record(row) for row in rows]


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

    @connection(PublicFact, FACTS_NEWEST, description="What DfE publishes of the school, newest first.")
    async def public_facts(self, info: TrustInfo, page: PageRequest) -> Page[register.PublicFact]:
        return await public_facts(info.context.session.transaction, info.context.loaders, self.record.id, page)

    @connection(Release, NEWEST, Permission.COMPARE, description="What the school has shared over time, newest first.")
    async def releases(self, info: TrustInfo, page: PageRequest) -> Page[records.TrustRelease]:
        async def load(ids: list[UUID]) -> list[Page[records.TrustRelease]]:
            pages = await ComparisonRepository(info.context.session).pages_of_releases(ids, page)
            return [pages[school_id] for school_id in ids]

        return await info.context.loaders.get(("releases", page), load).load(self.record.id)


@strawberry.type(description="A hub, region or phase team.")
class TrustGroup(Node):
    record: strawberry.Private[register.TrustGroup]
    name: str
    kind: str

    @classmethod
    def from_record(cls, group: register.TrustGroup) -> "TrustGroup":
        return cls(record=group, id=Prefix.TRUST_GROUP.id_of(group.id), name=group.name, kind=group.kind)

    @connection(School, SCHOOLS_BY_NAME, description="Of today, by name.")
    async def schools(self, info: TrustInfo, page: PageRequest) -> Page[register.School]:
        session = info.context.session

        async def load(ids: list[UUID]) -> list[Page[register.School]]:
            known = register.Register(session.transaction)
            pages = await known.pages_of_group_schools(session.trust_id, ids, page, on=today())
            return [pages[group_id] for group_id in ids]

        return await info.context.loaders.get(("schools of groups", page), load).load(self.record.id)


@strawberry.type
class Trust(Node):
    record: strawberry.Private[register.Trust]
    uid: str
    name: str

    @classmethod
    def from_record(cls, record: register.Trust) -> "Trust":
        return cls(record=record, id=Prefix.TRUST.id_of(record.id), uid=record.uid, name=record.name)

    @connection(School, SCHOOLS_BY_NAME, description="Of today, by name.")
    async def schools(self, info: TrustInfo, page: PageRequest) -> Page[register.School]:
        session = info.context.session
        known, group_id = register.Register(session.transaction), session.caller.group_id
        if group_id is None:
            return await known.page_of_schools(self.record.id, page, on=today())
        return (await known.pages_of_group_schools(self.record.id, [group_id], page, on=today()))[group_id]

    @strawberry.field(directives=[at_most(50)])
    async def groups(self, info: TrustInfo) -> list[TrustGroup]:
        known = register.Register(info.context.session.transaction)
        own = info.context.session.caller.group_id
        groups = await known.list_groups(self.record.id)
        return [TrustGroup.from_record(group) for group in groups if own in {None, group.id}]


@strawberry.type(description="What DfE publishes of the school by the period’s end: the figure beside the figure.")
class Context:
    phase: str
    roll: int | None
    fsm_percent: str | None
    source: str | None


@strawberry.type(description="One school in a comparison: a value, a symbol, or in words why there is nothing.")
class ComparedCell:
    school_id: strawberry.ID
    urn: str
    school_name: str
    context: Context
    state: str
    numerator: str | None
    denominator: str | None
    pupils: int | None
    rate: str | None
    interval_low: str | None
    interval_high: str | None
    context_note: str | None
    shared_at: datetime | None

    @classmethod
    def from_record(cls, cell: records.ComparedCell) -> "ComparedCell":
        context = cell.context
        return cls(
            school_id=Prefix.SCHOOL.id_of(cell.school_id), urn=cell.urn, school_name=cell.school_name,
            context=Context(
                phase=context.phase, roll=context.roll, fsm_percent=context.fsm_percent, source=context.source
            ),
            state=cell.state, numerator=decimal_text(cell.numerator), denominator=decimal_text(cell.denominator),
            pupils=cell.pupils,
            rate=cell.rate, interval_low=cell.interval_low, interval_high=cell.interval_high,
            context_note=cell.context_note, shared_at=cell.shared_at,
        )  # fmt: skip


@strawberry.type(description="Of the shown cells only; empty below three of them.")
class Total:
    numerator: str | None
    denominator: str | None
    rate: str | None


@strawberry.type(description="In alphabetical order: there are no ranks.")
class Comparison:
    measure: Measure
    period: Period
    cells: list[ComparedCell] = strawberry.field(directives=[at_most(50)])
    total: Total
    coverage: str = strawberry.field(description="“n of N published, m shown”.")
    schools: int
    published: int
    shown: int

    @classmethod
    def from_record(cls, comparison: records.Comparison) -> "Comparison":
        total = comparison.total
        return cls(
            measure=Measure.from_definition(comparison.measure), period=Period.from_value(comparison.period),
            cells=[ComparedCell.from_record(cell) for cell in comparison.cells],
            total=Total(
                numerator=decimal_text(total.numerator), denominator=decimal_text(total.denominator), rate=total.rate
            ),
            coverage=comparison.coverage, schools=len(comparison.cells), published=comparison.published,
            shown=comparison.shown,
        )  # fmt: skip


@trust_nodes.by(Trust, Prefix.TRUST, Permission.READ_TRUST)
async def find_trust(info: TrustInfo, identifier: UUID) -> Trust | None:
    """The own one."""
    session = info.context.session
    if identifier != session.trust_id:
        return None
    return Trust.from_record(await register.Register(session.transaction).get_trust(identifier))


@trust_nodes.by(TrustGroup, Prefix.TRUST_GROUP, Permission.READ_TRUST)
async def find_group(info: TrustInfo, identifier: UUID) -> TrustGroup | None:
    session = info.context.session
    if session.caller.group_id not in {None, identifier}:
        return None
    groups = await register.Register(session.transaction).list_groups(session.trust_id)
    return next((TrustGroup.from_record(group) for group in groups if group.id == identifier), None)


@trust_nodes.by(School, Prefix.SCHOOL, Permission.READ_TRUST)
async def find_school(info: TrustInfo, identifier: UUID) -> School | None:
    session = info.context.session
    if not await may_reach(session, identifier):
        return None
    return School.from_record(await register.Register(session.transaction).get_school(identifier))


@trust_nodes.by(Release, Prefix.RELEASE, Permission.COMPARE)
async def find_release(info: TrustInfo, identifier: UUID) -> Release | None:
    """Of one of the schools of today that the caller may reach."""
    session = info.context.session
    found = await ComparisonRepository(session).find_release(identifier)
    if found is None or not await may_reach(session, found.school_id):
        return None
    return Release.from_record(found)


@strawberry.type
class Query:
    @strawberry.field(description="Whatever has this id, if it is there and may be read.")
    async def node(self, info: TrustInfo, id: strawberry.ID) -> Node | None:  # noqa: A002
        return await trust_nodes.find(info, id)

    @strawberry.field(extensions=[Requires(Permission.READ_TRUST)])
    async def trust(self, info: TrustInfo) -> Trust:
        session = info.context.session
        return Trust.from_record(await register.Register(session.transaction).get_trust(session.trust_id))

    @strawberry.field(
        description="One of the trust’s schools of today, by its URN.", extensions=[Requires(Permission.READ_TRUST)]
    )
    async def school(self, info: TrustInfo, urn: str) -> School | None:
        session = info.context.session
        school = await register.Register(session.transaction).find_school(urn=urn)
        if school is None or not await may_reach(session, school.id):
            return None
        return School.from_record(school)

    @strawberry.field(description="The catalogue.", directives=[at_most(40)])
    def measures(self) -> list[Measure]:
        return [Measure.from_definition(measure) for measure in all_measures().values()]

    @strawberry.field(
        description="The academic year of that day and its terms; today’s without one.", directives=[at_most(4)]
    )
    def periods(self, on: date | None = None) -> list[Period]:
        return periods_of(on)

    @strawberry.field(
        description="One measure and period over the schools, from what their heads have shared.",
        directives=[weighs(100)],
        extensions=[Requires(Permission.COMPARE)],
    )
    async def comparison(
        self, info: TrustInfo, measure_id: strawberry.ID, period: str, group_id: strawberry.ID | None = None
    ) -> Comparison:
        session = info.context.session
        group = Prefix.TRUST_GROUP.parse(group_id) if group_id else None
        found = await compare(session, measure_id, PeriodValue.parse(period), group_id=group)
        info.context.accesses |= {
            Access(cell.school_id, found.measure.id, found.period.code, found.version)
            for cell in found.cells
            if cell.shared_at is not None
        }
        return Comparison.from_record(found)


trust_schema = strawberry.Schema(Query, types=trust_nodes.types)
