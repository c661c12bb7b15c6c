"""Partnerships in the school's schema."""

from datetime import date
from operator import attrgetter
from uuid import UUID

import strawberry
from sqlalchemy import Text

from footbridge.engagement.records import Space
from footbridge.engagement.repository import BY_NAME as ACTIVITIES_BY_NAME
from footbridge.engagement.repository import NEWEST
from footbridge.gateway.fields.context import SchoolInfo
from footbridge.gateway.fields.refusal import mutation
from footbridge.gateway.fields.relay import Node
from footbridge.gateway.fields.scalars import Prefix, decimal_of
from footbridge.gateway.projection.declare import column, connection, embedded, found_by_id, to_many, to_one
from footbridge.gateway.projection.rows import given
from footbridge.gateway.projection.sources import Filter
from footbridge.gateway.school import engagement
from footbridge.gateway.school.nodes import school_nodes
from footbridge.partnerships import records, service, tables
from footbridge.partnerships.records import MOST_OF_AN_ELEMENT
from footbridge.partnerships.repository import BY_NAME
from footbridge.runtime.pages import oldest
from footbridge.tenancy.permission import Permission

strawberry.enum(records.Status, name="PartnershipStatus")
strawberry.enum(records.Side, name="Side")
strawberry.enum(records.OrganisationKind, name="OrganisationKind")


@school_nodes.declare(
    tables.organisation,
    Prefix.ORGANISATION,
    Permission.READ_RECORD,
    description="The school’s own row of an organisation it works with.",
)
class Organisation(Node):
    name: str
    kind: records.OrganisationKind
    identifier: str | None = column("identifier", description="Public, in org-id.guide’s form: GB-CHC-1234567.")


@school_nodes.declare(
    tables.agreed_outcome,
    Prefix.OUTCOME,
    Permission.READ_RECORD,
    description="Element 1: an outcome both sides agreed.",
)
class AgreedOutcome(Node):
    description: str
    indicator: str
    baseline: str | None
    target: str | None
    due_on: date


@school_nodes.declare(
    tables.role_declaration, Prefix.ROLE, Permission.READ_RECORD, description="Element 2: who does what."
)
class RoleDeclaration(Node):
    side: records.Side
    responsibility: str


@school_nodes.declare(
    tables.mutual_benefit, Prefix.BENEFIT, Permission.READ_RECORD, description="Element 3: what each side gains."
)
class MutualBenefit(Node):
    side: records.Side
    benefit: str


@strawberry.type(description="Element 4: the right place.")
class Venue:
    name: str
    space: Space
    reason: str | None


@school_nodes.declare(
    tables.partnership,
    Prefix.PARTNERSHIP,
    Permission.READ_RECORD,
    description="A partnership with the five elements of a good one.",
)
class Partnership(Node):
    title: str
    status: records.Status
    need_school: str = column("need_school", description="The shared need, in the school’s words.")
    need_partner: str | None = column("need_partner", description="The shared need, in the partner’s words.")
    starts_on: date | None
    ended_on: date | None
    organisation = to_one(Organisation, "organisation_id")
    outcomes = to_many(
        AgreedOutcome,
        "partnership_id",
        oldest(tables.agreed_outcome),
        most=MOST_OF_AN_ELEMENT,
        description="Element 1.",
    )
    roles = to_many(
        RoleDeclaration, "partnership_id", oldest(tables.role_declaration), most=MOST_OF_AN_ELEMENT,
        description="Element 2.",
    )  # fmt: skip
    benefits = to_many(
        MutualBenefit, "partnership_id", oldest(tables.mutual_benefit), most=MOST_OF_AN_ELEMENT,
        description="Element 3.",
    )  # fmt: skip
    venue = embedded(Venue, "venue_", when="venue_name", description="Element 4.")
    youth_voice = embedded(
        engagement.YouthVoiceRecord, "voice_", when="voice_influence",
        description="Element 5: what young people said, and what it changed.",
    )  # fmt: skip
    activities = connection(engagement.Activity, ACTIVITIES_BY_NAME, "partnership_id", description="By title.")
    sessions = connection(
        engagement.Session, NEWEST, "partnership_id", rows=engagement.SESSIONS_OF_PARTNERSHIPS,
        description="Those of all its activities, newest first.",
    )  # fmt: skip


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


@strawberry.type
class PartnershipQuery:
    partnership = found_by_id(Partnership, permission=Permission.READ_RECORD)
    partnerships = connection(
        Partnership,
        BY_NAME,
        filters={
            "status": Filter(records.Status, tables.partnership.c.status == given("status", Text), attrgetter("value"))
        },
        permission=Permission.READ_RECORD,
        description="By title.",
    )


@strawberry.type
class PartnershipMutation:
    @mutation(Organisation, Permission.MANAGE_PARTNERSHIPS, name="AddOrganisation")
    async def add_organisation(
        self, info: SchoolInfo, name: str, kind: records.OrganisationKind, identifier: str | None = None
    ) -> UUID:
        """Adds the school's row of an organisation; the one of the same name if there is one.

        An identifier is added to one that had none, and refused for one that is known with another.
        """
        added = await service.add_organisation(info.context.session, name=name, kind=kind.value, identifier=identifier)
        return added.id

    @mutation(Partnership, Permission.MANAGE_PARTNERSHIPS, name="AddPartnership")
    async def add_partnership(self, info: SchoolInfo, input: PartnershipInput) -> UUID:  # noqa: A002
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
        return added.id

    @mutation(Partnership, Permission.MANAGE_PARTNERSHIPS, name="AddPartnershipElements")
    async def add_partnership_elements(
        self, info: SchoolInfo, partnership_id: strawberry.ID, elements: ElementsInput
    ) -> UUID:
        """Says more about outcomes, roles, benefits, venue or youth voice."""
        identifier = Prefix.PARTNERSHIP.parse(partnership_id)
        changed = await service.add_elements(info.context.session, identifier, elements.to_record())
        return changed.id

    @mutation(Partnership, Permission.MANAGE_PARTNERSHIPS, name="ChangePartnershipStatus")
    async def change_partnership_status(
        self, info: SchoolInfo, partnership_id: strawberry.ID, status: records.Status, on: date
    ) -> UUID:
        """Moves a partnership on: proposed, agreed, active, paused, ended."""
        identifier = Prefix.PARTNERSHIP.parse(partnership_id)
        changed = await service.change_status(info.context.session, identifier, status, on=on)
        return changed.id
