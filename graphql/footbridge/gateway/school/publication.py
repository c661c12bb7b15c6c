"""Sharing with the trust, in the school's schema: preview, prepare, sign, withdraw, standing, who read it."""

from datetime import datetime
from uuid import UUID

import strawberry

from footbridge.delegation import access
from footbridge.gateway.documents.cost_directives import at_most, weighs
from footbridge.gateway.fields.context import SchoolInfo
from footbridge.gateway.fields.refusal import mutation
from footbridge.gateway.fields.register_types import Measure, Period
from footbridge.gateway.fields.relay import Node, Order, connection
from footbridge.gateway.fields.rights import Requires
from footbridge.gateway.fields.scalars import Prefix, decimal_text
from footbridge.gateway.school.nodes import school_nodes
from footbridge.measures.find import find_measure
from footbridge.publication import records, service
from footbridge.publication.cell import Entry
from footbridge.publication.disclosure import State
from footbridge.publication.preview import Preview, make_preview
from footbridge.publication.repository import ReleaseRepository
from footbridge.runtime.errors import FootbridgeError
from footbridge.runtime.pages import Page, PageRequest
from footbridge.tenancy.period import Period as PeriodValue
from footbridge.tenancy.permission import Permission

NEWEST = Order(("prepared_at", datetime), ("id", UUID))
NEWEST_READ = Order(("read_at", datetime), ("id", UUID))

strawberry.enum(records.ReleaseState, name="ReleaseState")
strawberry.enum(State, name="CellState", description="Shown, or a symbol of DfE and GSS.")


@strawberry.type(description="One cell exactly as the trust would see it; and, for the school only, why.")
class PreviewCell:
    measure: Measure
    state: State
    numerator: str | None
    denominator: str | None
    pupils: int | None
    rate: str | None
    interval_low: str | None
    interval_high: str | None
    context_note: str | None
    reason: str | None = strawberry.field(description="Why it stands as a symbol. The trust does not see this.")
    provenance: str | None = strawberry.field(description="Where the figure came from. The trust does not see this.")
    already_shared: bool

    @classmethod
    def from_entry(cls, entry: Entry) -> "PreviewCell":
        cell = entry.cell
        return cls(
            measure=Measure.from_definition(entry.measure), state=cell.state, numerator=decimal_text(cell.numerator),
            denominator=decimal_text(cell.denominator), pupils=cell.pupils, rate=cell.rate,
            interval_low=cell.interval_low,
            interval_high=cell.interval_high, context_note=cell.context_note, reason=entry.reason,
            provenance=entry.figure.provenance if entry.figure else None, already_shared=entry.already_shared,
        )  # fmt: skip


@strawberry.type(description="What the trust would see, cell by cell.")
class PublicationPreview:
    period: Period
    cells: list[PreviewCell] = strawberry.field(directives=[at_most(40)])
    hash: str = strawberry.field(description="Sign with it: it stands for exactly what is seen here.")

    @classmethod
    def from_preview(cls, preview: Preview) -> "PublicationPreview":
        cells = [PreviewCell.from_entry(entry) for entry in preview.entries]
        return cls(period=Period.from_value(preview.period), cells=cells, hash=preview.digest)


@strawberry.type(description="What a head signs, and what became of it.")
class Release(Node):
    record: strawberry.Private[records.Release]
    period: Period
    state: records.ReleaseState
    prepared_by: str
    prepared_at: datetime
    signed_by: str | None
    signed_at: datetime | None
    published_at: datetime | None
    withdrawn_at: datetime | None
    returned_because: str | None = strawberry.field(description="Why a signed release came back instead of leaving.")

    @classmethod
    def from_record(cls, record: records.Release) -> "Release":
        return cls(
            record=record, id=Prefix.RELEASE.id_of(record.id),
            period=Period.from_value(PeriodValue.parse(record.period)),
            state=record.state, prepared_by=record.prepared_by_name, prepared_at=record.prepared_at,
            signed_by=record.signed_by_name, signed_at=record.signed_at, published_at=record.published_at,
            withdrawn_at=record.withdrawn_at, returned_because=record.returned_because,
        )  # fmt: skip

    @strawberry.field(
        description="What the trust would see if it were signed now; of a prepared release.",
        directives=[weighs(500)],
        extensions=[Requires(Permission.READ_RECORD)],
    )
    async def preview(self, info: SchoolInfo) -> PublicationPreview | None:
        if self.record.state is not records.ReleaseState.PREPARED:
            return None
        return PublicationPreview.from_preview(await service.preview_release(info.context.session, self.record))


@strawberry.type(description="Where the school stands among its siblings, in words.")
class SiblingStanding:
    measure: Measure
    period: Period
    standing: str = strawberry.field(description="A quartile band, “too few” below five others, or “not shown”.")
    others: int


@strawberry.type(description="Who at the trust read a figure of this school, and when.")
class AccessRecord(Node):
    reader_name: str
    reader_role: str
    operation: str
    measure: Measure
    period: str
    read_at: datetime

    @classmethod
    def from_record(cls, record: access.AccessRecord) -> "AccessRecord":
        return cls(
            id=Prefix.ACCESS_RECORD.id_of(record.id), reader_name=record.reader_name, reader_role=record.reader_role,
            operation=record.operation, measure=Measure.from_definition(find_measure(record.measure_id)),
            period=record.period, read_at=record.read_at,
        )  # fmt: skip


@strawberry.type(description="Nothing was changed. If what would be seen has changed, the new preview is here.")
class ReleaseRefusal:
    code: str
    message: str
    preview: PublicationPreview | None


def refused(error: FootbridgeError) -> ReleaseRefusal:
    preview = error.preview if isinstance(error, service.PreviewChanged) else None
    shown = PublicationPreview.from_preview(preview) if preview else None
    return ReleaseRefusal(code=error.code, message=error.message, preview=shown)


@strawberry.input
class ChosenMeasureInput:
    measure_id: strawberry.ID
    context_note: str | None = strawberry.field(default=None, description="Stands beside the figure at the trust.")


@school_nodes.by(Release, Prefix.RELEASE, Permission.READ_OWN_RELEASES)
async def find_release(info: SchoolInfo, identifier: UUID) -> Release | None:
    found = await ReleaseRepository(info.context.session).find(identifier)
    return Release.from_record(found) if found else None


@school_nodes.by(AccessRecord, Prefix.ACCESS_RECORD, Permission.READ_ACCESS_RECORD)
async def find_access_record(info: SchoolInfo, identifier: UUID) -> AccessRecord | None:
    found = await access.find_access_record(info.context.session, identifier)
    return AccessRecord.from_record(found) if found else None


@strawberry.type
class PublicationQuery:
    @strawberry.field(
        description="Exactly what the trust would see of a period, of some measures or of all.",
        directives=[weighs(500)],
        extensions=[Requires(Permission.READ_RECORD)],
    )
    async def publication_preview(
        self, info: SchoolInfo, period: str, measures: list[ChosenMeasureInput] | None = None
    ) -> PublicationPreview:
        chosen = None if measures is None else _chosen(measures)
        preview = await make_preview(info.context.session, PeriodValue.parse(period), chosen)
        return PublicationPreview.from_preview(preview)

    @strawberry.field(extensions=[Requires(Permission.READ_OWN_RELEASES)])
    async def release(self, info: SchoolInfo, id: strawberry.ID) -> Release | None:  # noqa: A002
        return await find_release(info, Prefix.RELEASE.parse(id))

    @connection(Release, NEWEST, Permission.READ_OWN_RELEASES, description="Newest first.")
    async def releases(self, info: SchoolInfo, page: PageRequest) -> Page[records.Release]:
        return await ReleaseRepository(info.context.session).page(page)

    @strawberry.field(extensions=[Requires(Permission.READ_OWN_RELEASES)])
    async def sibling_standing(self, info: SchoolInfo, measure_id: strawberry.ID, period: str) -> SiblingStanding:
        measure, when = find_measure(measure_id), PeriodValue.parse(period)
        found = await ReleaseRepository(info.context.session).find_standing(measure.id, when.code)
        standing, others = found or ("not shown", 0)
        return SiblingStanding(
            measure=Measure.from_definition(measure), period=Period.from_value(when), standing=standing, others=others
        )

    @connection(AccessRecord, NEWEST_READ, Permission.READ_ACCESS_RECORD, description="Newest first.")
    async def access_records(self, info: SchoolInfo, page: PageRequest) -> Page[access.AccessRecord]:
        return await access.page_of_access_records(info.context.session, page)


@strawberry.type
class PublicationMutation:
    @mutation(Release, Permission.PREPARE_RELEASE, name="PrepareRelease", refusal=ReleaseRefusal, translate=refused)
    async def prepare_release(self, info: SchoolInfo, period: str, measures: list[ChosenMeasureInput]) -> Release:
        """Chooses what to share of a period; nothing leaves the school until a head signs."""
        when = PeriodValue.parse(period)
        return Release.from_record(await service.prepare_release(info.context.session, when, _chosen(measures)))

    @mutation(Release, Permission.SIGN_RELEASE, name="SignRelease", refusal=ReleaseRefusal, translate=refused)
    async def sign_release(self, info: SchoolInfo, release_id: strawberry.ID, preview_hash: str) -> Release:
        """Shares it with the trust: a head's own act, bound to the preview it has seen."""
        identifier = Prefix.RELEASE.parse(release_id)
        signed = await service.sign_release(info.context.session, identifier, preview_hash=preview_hash)
        info.context.release_id = identifier
        return Release.from_record(signed)

    @mutation(Release, Permission.SIGN_RELEASE, name="WithdrawRelease", refusal=ReleaseRefusal, translate=refused)
    async def withdraw_release(self, info: SchoolInfo, release_id: strawberry.ID) -> Release:
        """Takes the figures back from the trust at once; that they were shared stays known."""
        identifier = Prefix.RELEASE.parse(release_id)
        withdrawn = await service.withdraw_release(info.context.session, identifier)
        info.context.release_id = identifier
        return Release.from_record(withdrawn)


def _chosen(measures: list[ChosenMeasureInput]) -> list[records.Chosen]:
    return [records.Chosen(measure.measure_id, measure.context_note) for measure in measures]
