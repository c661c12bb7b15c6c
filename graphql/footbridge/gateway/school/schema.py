"""The school's schema: its record, and what of it is shared."""

import strawberry

from footbridge.gateway.register_types import Measure
from footbridge.gateway.schema import make_schema
from footbridge.gateway.school.engagement import (
    Activity,
    EngagementMutation,
    EngagementQuery,
    MeetingYearGroup,
    ParticipationCount,
    Session,
)
from footbridge.gateway.school.measures import MeasureMutation, MeasureQuery, Observation
from footbridge.gateway.school.partnerships import (
    AgreedOutcome,
    MutualBenefit,
    Organisation,
    Partnership,
    PartnershipMutation,
    PartnershipQuery,
    RoleDeclaration,
)
from footbridge.gateway.school.publication import AccessRecord, PublicationMutation, PublicationQuery, Release
from footbridge.gateway.school.school import CalendarEntry, School, SchoolQuery

NODES = [
    AccessRecord, Activity, AgreedOutcome, CalendarEntry, Measure, MeetingYearGroup, MutualBenefit, Observation,
    Organisation, ParticipationCount, Partnership, Release, RoleDeclaration, School, Session,
]  # fmt: skip


@strawberry.type
class Query(SchoolQuery, PartnershipQuery, EngagementQuery, MeasureQuery, PublicationQuery):
    pass


@strawberry.type
class Mutation(PartnershipMutation, EngagementMutation, MeasureMutation, PublicationMutation):
    pass


school_schema = make_schema(Query, Mutation, types=NODES)
