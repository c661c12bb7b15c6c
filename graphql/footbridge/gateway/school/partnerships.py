"""Partnerships in the school's schema."""

from datetime import date
from uuid import UUID

import strawberry

from footbridge.engagement import records as engagement_records
from footbridge.engagement.records import Space
from footbridge.engagement.repository import EngagementRepository
from footbridge.gateway.documents.cost_directives import at_most
from footbridge.gateway.fields.context import SchoolInfo, grouped, matched
from footbridge.gateway.fields.refusal import mutation
from footbridge.gateway.fields.relay import Node, Order, connection
from footbridge.gateway.fields.rights import Requires
from footbridge.gateway.fields.scalars import Prefix, decimal_of, decimal_text
from footbridge.gateway.school import engagement
from footbridge.gateway.school.nodes import school_nodes
from footbridge.partnerships import records, service
from footbridge.partnerships.repository import PartnershipRepository
from footbridge.runtime.pages import Page, PageRequest
from footbridge.tenancy.permission import Permission

strawberry.enum(records.Status, name="PartnershipStatus")
strawberry.enum(records.Side, name="Side")
strawberry.enum(records.OrganisationKind, name="OrganisationKind")

BY_NAME = Order(("sort_name", str), ("id", UUID))


@strawberry.type(description="The school’s own row of an organisation it works with.")
class Organisation(Node):
    name: str
    kind: records.OrganisationKind
    identifier: str | None = strawberry.field(description="Public, in org-id.guide’s form: GB-CHC-1234567.")

    @classmethod
    def from_record(cls, record: records.Organisation) -> "Organisation":
        kind = records.OrganisationKind(record.kind)
        return cls(id=Prefix.ORGANISATION.id_of(record.id), name=record.name, kind=kind, identifier=record.identifier)


@strawberry.type(description="Element 1: an outcome both sides agreed.")
class AgreedOutcome(Node):
    description: str
    indicator: str
    baseline: str | None
    target: str | None
    due_on: date

    @classmethod
    def from_record(cls, record: records.AgreedOutcome) -> "AgreedOutcome":
        return cls(
            id=Prefix.OUTCOME.id_of(record.id), description=record.description, indicator=record.indicator,
            baseline=decimal_text(record.baseline), target=decimal_text(record.target), due_on=record.due_on,
        )  # fmt: skip


@strawberry.type(description="Element 2: who does what.")
class RoleDeclaration(Node):
    side: records.Side
    responsibility: str

    @classmethod
    def from_record(cls, record: records.RoleDeclaration) -> "RoleDeclaration":
        side = records.Side(record.side)
        return cls(id=Prefix.ROLE.id_of(record.id), side=side, responsibility=record.responsibility)


@strawberry.type(description="Element 3: what each side gains.")
class MutualBenefit(Node):
    side: records.Side
    benefit: str

    @classmethod
    def from_record(cls, record: records.MutualBenefit) -> "MutualBenefit":
        return cls(id=Prefix.BENEFIT.id_of(record.id), side=records.Side(record.side), benefit=record.benefit)


@strawberry.type(description="Element 4: the right place.")
class Venue:
    name: str
    space: Space
    reason: str | None


@strawberry.type(description="A partnership with the five elements of a good one.")
class Partnership(Node):
    record: strawberry.Private[records.Partnership]
    title: str
    status: records.Status
    need_school: str = strawberry.field(description="The shared need, in the school’s words.")
    need_partner: str | None = strawberry.field(description="The shared need, in the partner’s words.")
    starts_on: date | None
    ended_on: date | None

    @classmethod
    def from_record(cls, record: records.Partnership) -> "Partnership":
        return cls(
            record=record, id=Prefix.PARTNERSHIP.id_of(record.id), title=record.title,
            status=records.Status(record.status), need_school=record.need_school, need_partner=record.need_partner,
            starts_on=record.starts_on, ended_on=record.ended_on,
        )  # fmt: skip

    @strawberry.field
    async def organisation(self, info: SchoolInfo) -> Organisation:
        async def load(ids: list[UUID]) -> list[records.Organisation]:
            return matched(
                ids, await PartnershipRepository(info.context.session).list_organisations(ids), lambda o: o.id
            )

        loader = info.context.loaders.get("organisations", load)
        return Organisation.from_record(await loader.load(self.record.organisation_id))

    @strawberry.field(description="Element 1.", directives=[at_most(records.MOST_OF_AN_ELEMENT)])
    async def outcomes(self, info: SchoolInfo) -> list[AgreedOutcome]:
        async def load(ids: list[UUID]) -> list[list[records.AgreedOutcome]]:
            rows = await PartnershipRepository(info.context.session).list_outcomes(ids)
            return grouped(ids, rows, lambda row: row.partnership_id)

        rows = await info.context.loaders.get("outcomes", load).load(self.record.id)
        return [AgreedOutcome.from_record(row) for row in rows]

    @strawberry.field(description="Element 2.", directives=[at_most(records.MOST_OF_AN_ELEMENT)])
    async def roles(self, info: SchoolInfo) -> list[RoleDeclaration]:
        async def load(ids: list[UUID]) -> list[list[records.RoleDeclaration]]:
            rows = await PartnershipRepository(info.context.session).list_roles(ids)
            return grouped(ids, rows, lambda row: row.partnership_id)

        rows = await info.context.loaders.get("roles", load).load(self.record.id)
        return [RoleDeclaration.from_record(row) for row in rows]

    @strawberry.field(description="Element 3.", directives=[at_most(records.MOST_OF_AN_ELEMENT)])
    async def benefits(self, info: SchoolInfo) -> list[MutualBenefit]:
        async def load(ids: list[UUID]) -> list[list[records.MutualBenefit]]:
            rows = await PartnershipRepository(info.context.session).list_benefits(ids)
            return grouped(ids, rows, lambda row: row.partnership_id)

        rows = await info.context.loaders.get("benefits", load).load(self.record.id)
        return [MutualBenefit.from_record(row) for row in rows]

    @strawberry.field(description="Element 4.")
    def venue(self) -> Venue | None:
        venue = self.record.venue
        if venue is None:
            return None
        return Venue(name=venue.name, space=Space(venue.space), reason=venue.reason)

    @strawberry.field(description="Element 5: what young people said, and what it changed.")
    def youth_voice(self) -> engagement.YouthVoiceRecord | None:
        voice = self.record.youth_voice
        if voice is None:
            return None
        return engagement.YouthVoiceRecord(
            space=voice.space, voice=voice.voice, audience=voice.audience, influence=voice.influence
        )

    @connection(engagement.Activity, engagement.BY_NAME, description="By title.")
    async def activities(self, info: SchoolInfo, page: PageRequest) -> Page[engagement_records.Activity]:
        async def load(ids: list[UUID]) -> list[Page[engagement_records.Activity]]:
            pages = await EngagementRepository(info.context.session).pages_of_activities(ids, page)
            return [pages[parent_id] for parent_id in ids]

        return await info.context.loaders.get(("activities of", page), load).load(self.record.id)


@strawberry.input
class OutcomeInput:
    description: str
    indicator: str
    due_on: date
    baseline: str | None = None
    target: str | None = None


@strawberry.input
class RoleInput:
    side: records.Side
    responsibility: str


@strawberry.input
class BenefitInput:
    side: records.Side
    benefit: str


@strawberry.input
class VenueInput:
    name: str
    space: Space
    reason: str | None = None


@strawberry.input(description="What is newly said of the five elements; what is left out stays as it was.")
class ElementsInput:
    outcomes: list[OutcomeInput] = strawberry.field(default_factory=list)
    roles: list[RoleInput] = strawberry.field(default_factory=list)
    benefits: list[BenefitInput] = strawberry.field(default_factory=list)
    venue: VenueInput | None = None
    youth_voice: engagement.YouthVoiceInput | None = None

    def to_record(self) -> records.Elements:
        return records.Elements(
            outcomes=tuple(_outcome(outcome) for outcome in self.outcomes),
            roles=tuple((role.side, role.responsibility) for role in self.roles),
            benefits=tuple((benefit.side, benefit.benefit) for benefit in self.benefits),
            venue=_venue(self.venue),
            youth_voice=_voice(self.youth_voice),
        )


def _outcome(outcome: OutcomeInput) -> records.NewOutcome:
    return records.NewOutcome(
        outcome.description, outcome.indicator, outcome.due_on, decimal_of(outcome.baseline, "baseline"),
        decimal_of(outcome.target, "target"),
    )  # fmt: skip


def _venue(venue: VenueInput | None) -> records.Venue | None:
    return None if venue is None else records.Venue(venue.name, venue.space.value, venue.reason)


def _voice(voice: engagement.YouthVoiceInput | None) -> records.YouthVoiceRecord | None:
    if voice is None:
        return None
    return records.YouthVoiceRecord(voice.space, voice.voice, voice.audience, voice.influence)


@strawberry.input
class PartnershipInput:
    organisation_id: strawberry.ID
    title: str
    need_school: str
    need_partner: str | None = None
    status: records.Status = records.Status.PROPOSED
    starts_on: date | None = None
    ended_on: date | None = None
    elements: ElementsInput | None = None


@school_nodes.by(Partnership, Prefix.PARTNERSHIP, Permission.READ_RECORD)
async def find_partnership(info: SchoolInfo, identifier: UUID) -> Partnership | None:
    found = await PartnershipRepository(info.context.session).list_partnerships([identifier])
    return Partnership.from_record(found[0]) if found else None


@school_nodes.by(Organisation, Prefix.ORGANISATION, Permission.READ_RECORD)
async def find_organisation(info: SchoolInfo, identifier: UUID) -> Organisation | None:
    found = await PartnershipRepository(info.context.session).list_organisations([identifier])
    return Organisation.from_record(found[0]) if found else None


@school_nodes.by(AgreedOutcome, Prefix.OUTCOME, Permission.READ_RECORD)
async def find_outcome(info: SchoolInfo, identifier: UUID) -> AgreedOutcome | None:
    found = await PartnershipRepository(info.context.session).find_outcome(identifier)
    return AgreedOutcome.from_record(found) if found else None


@school_nodes.by(RoleDeclaration, Prefix.ROLE, Permission.READ_RECORD)
async def find_role(info: SchoolInfo, identifier: UUID) -> RoleDeclaration | None:
    found = await PartnershipRepository(info.context.session).find_role(identifier)
    return RoleDeclaration.from_record(found) if found else None


@school_nodes.by(MutualBenefit, Prefix.BENEFIT, Permission.READ_RECORD)
async def find_benefit(info: SchoolInfo, identifier: UUID) -> MutualBenefit | None:
    found = await PartnershipRepository(info.context.session).find_benefit(identifier)
    return MutualBenefit.from_record(found) if found else None


@strawberry.type
class PartnershipQuery:
    @strawberry.field(extensions=[Requires(Permission.READ_RECORD)])
    async def partnership(self, info: SchoolInfo, id: strawberry.ID) -> Partnership | None:  # noqa: A002
        return await find_partnership(info, Prefix.PARTNERSHIP.parse(id))

    @connection(Partnership, BY_NAME, Permission.READ_RECORD, description="By title.")
    async def partnerships(
        self, info: SchoolInfo, page: PageRequest, status: records.Status | None = None
    ) -> Page[records.Partnership]:
        return await PartnershipRepository(info.context.session).page(page, status=status and status.value)


@strawberry.type
class PartnershipMutation:
    @mutation(Organisation, Permission.MANAGE_PARTNERSHIPS, name="AddOrganisation")
    async def add_organisation(
        self, info: SchoolInfo, name: str, kind: records.OrganisationKind, identifier: str | None = None
    ) -> Organisation:
        """Adds the school's row of an organisation; the one of the same name if there is one."""
        added = await service.add_organisation(info.context.session, name=name, kind=kind.value, identifier=identifier)
        return Organisation.from_record(added)

    @mutation(Partnership, Permission.MANAGE_PARTNERSHIPS, name="AddPartnership")
    async def add_partnership(self, info: SchoolInfo, input: PartnershipInput) -> Partnership:  # noqa: A002
        """Records a partnership as it stands, also one that began long ago."""
        added = await service.add_partnership(
            info.context.session,
            organisation_id=Prefix.ORGANISATION.parse(input.organisation_id),
            title=input.title,
            need_school=input.need_school,
            need_partner=input.need_partner,
            status=input.status,
            starts_on=input.starts_on,
            ended_on=input.ended_on,
            elements=input.elements.to_record() if input.elements else None,
        )
        return Partnership.from_record(added)

    @mutation(Partnership, Permission.MANAGE_PARTNERSHIPS, name="AddPartnershipElements")
    async def add_partnership_elements(
        self, info: SchoolInfo, partnership_id: strawberry.ID, elements: ElementsInput
    ) -> Partnership:
        """Says more about outcomes, roles, benefits, venue or youth voice."""
        identifier = Prefix.PARTNERSHIP.parse(partnership_id)
        changed = await service.add_elements(info.context.session, identifier, elements.to_record())
        return Partnership.from_record(changed)

    @mutation(Partnership, Permission.MANAGE_PARTNERSHIPS, name="ChangePartnershipStatus")
    async def change_partnership_status(
        self, info: SchoolInfo, partnership_id: strawberry.ID, status: records.Status, on: date
    ) -> Partnership:
        """Moves a partnership on: proposed, agreed, active, paused, ended."""
        identifier = Prefix.PARTNERSHIP.parse(partnership_id)
        changed = await service.change_status(info.context.session, identifier, status, on=on)
        return Partnership.from_record(changed)
