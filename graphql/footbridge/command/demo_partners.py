"""The partners of the demo trust's schools. None of them exists."""

from dataclasses import dataclass

from footbridge.command.demo_schools import DemoSchool
from footbridge.engagement.records import Category, SessionKind
from footbridge.partnerships.records import OrganisationKind


@dataclass(frozen=True)
class Partner:
    name: str
    kind: OrganisationKind
    title: str
    need: str
    partners_need: str
    category: Category
    session_kind: SessionKind
    identifier: str | None = None


KITCHEN = Partner(
    "Vale Community Kitchen", OrganisationKind.CHARITY, "Cooking together",
    "Families told us that a meal together is what they miss most.", "Volunteers, and a kitchen on weekday evenings",
    Category.WIDER_LIFE_SKILLS, SessionKind.WORKSHOP, "GB-CHC-9990001",
)  # fmt: skip
_KITCHENS_SCHOOLS = frozenset(("990001", "990002", "990005", "990010"))
PARTNERS = (
    Partner(
        "Tannery Arts Studio", OrganisationKind.COMPANY, "Printing our street",
        "Pupils want to show where they live.", "A younger public",
        Category.ARTS_AND_CULTURE, SessionKind.WORKSHOP,
    ),
    Partner(
        "Vale Allotment Society", OrganisationKind.CLUB_OR_SOCIETY, "A plot of our own",
        "Few of our pupils have a garden.", "Hands for the plots that nobody digs",
        Category.NATURE_OUTDOOR_AND_ADVENTURE, SessionKind.VISIT,
    ),
    Partner(
        "Lower Vale Library", OrganisationKind.PUBLIC_BODY, "Stories in our languages",
        "Many languages are spoken at home and few are read.", "Readers on Saturdays",
        Category.ARTS_AND_CULTURE, SessionKind.EVENT,
    ),
    Partner(
        "Vale Rowing Club", OrganisationKind.CLUB_OR_SOCIETY, "On the water",
        "Sport costs more than many families can pay.", "Members under twenty",
        Category.SPORT_AND_PHYSICAL, SessionKind.SPORT,
    ),
    Partner(
        "Vale Mosque and Community Centre", OrganisationKind.FAITH_GROUP, "Neighbours’ table",
        "Pupils asked to meet the neighbours they pass each day.", "Visitors who come back",
        Category.CIVIC_ENGAGEMENT, SessionKind.VISIT,
    ),
    Partner(
        "Riverside Repair Café", OrganisationKind.OTHER, "Mend it",
        "Pupils want to make things with their hands.", "Young menders",
        Category.WIDER_LIFE_SKILLS, SessionKind.WORKSHOP,
    ),
    Partner(
        "Lantern Vale Parents’ Forum", OrganisationKind.PARENTS_GROUP, "Coffee before class",
        "Parents and carers wanted a place to ask.", "A room",
        Category.PARENTS_AND_CARERS, SessionKind.EVENT,
    ),
)  # fmt: skip


def partners_of(school: DemoSchool) -> tuple[Partner, ...]:
    """Three or four each; the kitchen works with four schools, under one public identifier."""
    first = int(school.urn) % len(PARTNERS)
    chosen = tuple(PARTNERS[(first + step * 2) % len(PARTNERS)] for step in range(3))
    return (KITCHEN, *chosen) if school.urn in _KITCHENS_SCHOOLS else chosen
