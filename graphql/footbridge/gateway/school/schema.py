"""The school's schema: its record, and what of it is shared."""

import strawberry

from footbridge.gateway.fields.inputs import know_inputs
from footbridge.gateway.school.engagement import EngagementMutation, EngagementQuery
from footbridge.gateway.school.measures import MeasureMutation, MeasureQuery
from footbridge.gateway.school.nodes import school_nodes
from footbridge.gateway.school.partnerships import PartnershipMutation, PartnershipQuery
from footbridge.gateway.school.publication import PublicationMutation, PublicationQuery
from footbridge.gateway.school.school import SchoolQuery


@strawberry.type
class Query(SchoolQuery, PartnershipQuery, EngagementQuery, MeasureQuery, PublicationQuery):
    pass


@strawberry.type
class Mutation(PartnershipMutation, EngagementMutation, MeasureMutation, PublicationMutation):
    pass


school_schema = strawberry.Schema(Query, Mutation, types=school_nodes.types)
know_inputs(school_schema)
