"""Sharing with the trust, in the school's schema: preview, prepare, sign, withdraw, standing, who read it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import strawberry
from sqlalchemy import Uuid, select

from footbridge.delegation import access
from footbridge.delegation.tables import access_record
from footbridge.gateway.documents.cost_directives import at_most, weighs
from footbridge.gateway.fields.context import SchoolInfo
from footbridge.gateway.fields.refusal import mutation
from footbridge.gateway.fields.register_types import Measure, Period, measure_of, period_of
from footbridge.gateway.fields.relay import Node
from footbridge.gateway.fields.rights import Requires
from footbridge.gateway.fields.scalars import Prefix, decimal_text
from footbridge.gateway.projection.declare import column, connection, derived, found_by_id, one
from footbridge.gateway.projection.projected import projected
from footbridge.gateway.projection.rows import Rows, given
from footbridge.gateway.school.nodes import school_nodes
from footbridge.measures.find import find_measure
from footbridge.publication import records, service
from footbridge.publication.cell import Entry
from footbridge.publication.disclosure import State
from footbridge.publication.preview import Preview, make_preview
from footbridge.publication.repository import NEWEST, RELEASES, STANDING, ReleaseRepository
from footbridge.publication.tables import release
from footbridge.runtime.errors import FootbridgeError
from footbridge.tenancy.period import Period as PeriodValue
from footbridge.tenancy.permission import Permission

OWN_RELEASES = Rows(RELEASES.add_columns(release.c.school_id), "school_id")
OWN_STANDING = Rows(STANDING)
OWN_ACCESS_RECORDS = Rows(select(access_record).where(access_record.c.trust_id == given("trust_id", Uuid)), "school_id")

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


@school_nodes.declare(
    OWN_RELEASES,
    Prefix.RELEASE,
    Permission.READ_OWN_RELEASES,
    description="What a head signs, and what became of it.",
)
class Release(Node):
    period = derived(Period, period_of, "period")
    state = derived(
        records.ReleaseState, records.state_of, "recorded_state", "withdrawal_signed_at", "published_at", "withdrawn_at"
    )
    prepared_by: str = column("prepared_by_name")
    prepared_at: datetime
    signed_by: str | None = column("signed_by_name")
    signed_at: datetime | None
    published_at: datetime | None
    withdrawn_at: datetime | None
    returned_because: str | None = column(
        "returned_because", description="Why a signed release came back instead of leaving."
    )

    @strawberry.field(
        description="What the trust would see if it were signed now; of a prepared release.",
        directives=[weighs(500)],
        extensions=[Requires(Permission.READ_RECORD)],
    )
    async def preview(self, info: SchoolInfo) -> PublicationPreview | None:
        session = info.context.session
        record = await ReleaseRepository(session).get(Prefix.RELEASE.parse(self.id))
        if record.state is not records.ReleaseState.PREPARED:
            return None
        return PublicationPreview.from_preview(await service.preview_release(session, record))


@projected(OWN_STANDING, description="Where the school stands among its siblings, in words.")
class SiblingStanding:
    measure = derived(Measure, measure_of, "measure_id")
    period = derived(Period, period_of, "period")
    standing: str = column("standing", description="A quartile band, “too few” below five others, or “not shown”.")
    others: int


@school_nodes.declare(
    OWN_ACCESS_RECORDS,
    Prefix.ACCESS_RECORD,
    Permission.READ_ACCESS_RECORD,
    description="Who at the trust read a figure of this school, and when.",
)
class AccessRecord(Node):
    reader_name: str
    reader_role: str
    operation: str
    measure = derived(Measure, measure_of, "measure_id")
    period: str
    read_at: datetime


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


def standing_asked(measure_id: strawberry.ID, period: str) -> Mapping[str, Any]:
    return {"measure_id": find_measure(measure_id).id, "period": PeriodValue.parse(period).code}


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

    release = found_by_id(Release, permission=Permission.READ_OWN_RELEASES)
    releases = connection(Release, NEWEST, permission=Permission.READ_OWN_RELEASES, description="Newest first.")
    sibling_standing = one(
        SiblingStanding, given=standing_asked, required=True, permission=Permission.READ_OWN_RELEASES
    )
    access_records = connection(
        AccessRecord, access.NEWEST, permission=Permission.READ_ACCESS_RECORD, description="Newest first."
    )


@strawberry.type
class PublicationMutation:
    @mutation(Release, Permission.PREPARE_RELEASE, name="PrepareRelease", refusal=ReleaseRefusal, translate=refused)
    async def prepare_release(self, info: SchoolInfo, period: str, measures: list[ChosenMeasureInput]) -> UUID:
        """Chooses what to share of a period; nothing leaves the school until a head signs."""
        when = PeriodValue.parse(period)
        return (await service.prepare_release(info.context.session, when, _chosen(measures))).id

    @mutation(Release, Permission.SIGN_RELEASE, name="SignRelease", refusal=ReleaseRefusal, translate=refused)
    async def sign_release(self, info: SchoolInfo, release_id: strawberry.ID, preview_hash: str) -> UUID:
        """Shares it with the trust: a head's own act, bound to the preview it has seen.

        The answer is the release as it was signed; what has become of it stands in the response's `extensions.release`.
        """
        identifier = Prefix.RELEASE.parse(release_id)
        signed = await service.sign_release(info.context.session, identifier, preview_hash=preview_hash)
        info.context.release_id = identifier
        return signed.id

    @mutation(Release, Permission.SIGN_RELEASE, name="WithdrawRelease", refusal=ReleaseRefusal, translate=refused)
    async def withdraw_release(self, info: SchoolInfo, release_id: strawberry.ID) -> UUID:
        """Takes the figures back from the trust at once; that they were shared stays known.

        The answer is the release as it was then; what has become of it stands in the response's `extensions.release`.
        """
        identifier = Prefix.RELEASE.parse(release_id)
        withdrawn = await service.withdraw_release(info.context.session, identifier)
        info.context.release_id = identifier
        return withdrawn.id


def _chosen(measures: list[ChosenMeasureInput]) -> list[records.Chosen]:
    return [records.Chosen(measure.measure_id, measure.context_note) for measure in measures]
