"""No N+1: the number of statements of a read does not grow with the rows."""

from collections.abc import AsyncIterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import httpx
import pytest

from footbridge.command.person import operation_file, operation_names
from footbridge.engagement.records import NewCount
from footbridge.engagement.service import add_activity, record_session
from footbridge.gateway.app import make_app
from footbridge.partnerships.records import Elements, NewOutcome, Side, Status
from footbridge.partnerships.service import add_organisation, add_partnership
from footbridge.runtime.database import Database, Role
from footbridge.tenancy.session import open_school
from tests.foundation.connections import heard
from tests.foundation.larger_trust import Trust, build_trust
from tests.gateway.client import ORIGIN, Client, school_path, trust_path
from tests.gateway.conftest import open_session
from tests.gateway.people import enter_person
from tests.publication.sharing import PERIOD, school_of, share

VARIABLES: dict[str, dict[str, Any]] = {
    "SchoolCalendar": {"period": "2025-26"},
    "Figure": {"measureId": "contact-hours", "period": "2025-26"},
    "PublicationPreview": {"period": "2025-26"},
    "SiblingStanding": {"measureId": "persistent-absence", "period": "2025-26"},
    "Comparisons": {"period": "2025-26"},
    "Comparison": {"measureId": "persistent-absence", "period": "2025-26"},
    "Release": {"id": "rel_" + "0" * 32},
}


def is_query(side: str, name: str) -> bool:
    return operation_file(side, name).read_text(encoding="utf-8").startswith("query")


OPERATIONS = [(side, name) for side in ("school", "trust") for name in operation_names(side) if is_query(side, name)]


@pytest.fixture(scope="module")
async def larger(shared_database: Database) -> Trust:
    trust = await build_trust(shared_database, 12)
    await enter_person(shared_database, trust.heads[0])
    await enter_person(shared_database, trust.executive)
    return trust


@pytest.fixture(scope="module")
async def clients(shared_database: Database, larger: Trust) -> AsyncIterator[dict[str, Client]]:
    transport = httpx.ASGITransport(make_app(shared_database, ORIGIN))
    people = {"school": larger.heads[0], "trust": larger.executive}
    made = {
        side: httpx.AsyncClient(
            transport=transport,
            base_url=ORIGIN,
            cookies={"footbridge_session": await open_session(shared_database, who)},
        )
        for side, who in people.items()
    }
    yield {side: Client(http, people[side]) for side, http in made.items()}
    for http in made.values():
        await http.aclose()


async def grow(database: Database, trust: Trust, batch: int) -> None:
    """Four more partnerships, each with elements, two activities and three sessions; two more schools share."""
    head = trust.heads[0]
    async with open_school(database, head, school_id=school_of(head)) as school:
        for number in range(4):
            name = f"{batch}-{number}"
            organisation = await add_organisation(school, name=f"Partner {name}", kind="charity")
            elements = Elements(
                outcomes=(NewOutcome("o", "i", date(2026, 7, 1)),) * 2, roles=((Side.SCHOOL, "r"),) * 2,
                benefits=((Side.PARTNER, "b"),),
            )  # fmt: skip
            partnership = await add_partnership(
                school, organisation_id=organisation.id, title=f"Title {name}", need_school="n", status=Status.ACTIVE,
                starts_on=date(2025, 9, 1), elements=elements,
            )  # fmt: skip
            for activity_number in range(2):
                activity = await add_activity(
                    school, title=f"Activity {name}-{activity_number}", category="arts and culture",
                    partnership_id=partnership.id,
                )  # fmt: skip
                for day in range(3):
                    await record_session(
                        school, activity.id, held_on=date(2025, 10, 1) + timedelta(days=day), kind="workshop",
                        hours=Decimal(1), led_by="school", designed_by="school", space="ours",
                        counts=[NewCount("pupils", 20)],
                    )  # fmt: skip
    for number in range(2):
        await share(database, trust.heads[batch * 2 + number], 20 + number, 100, PERIOD)


async def measure(database: Database, clients: dict[str, Client], trust: Trust) -> dict[tuple[str, str], int]:
    counts = {}
    for side, name in OPERATIONS:
        path = school_path(trust.urns[0]) if side == "school" else trust_path(trust.uid)
        variables = VARIABLES.get(name, {})
        if name == "SchoolReleases":
            variables = {"urn": trust.urns[0]}
        await clients[side].run(path, name, **variables)  # the access record is written once an hour
        with heard(database, Role.SCHOOL, Role.TRUST) as statements:
            await clients[side].run(path, name, **variables)
        counts[(side, name)] = len(statements)
    return counts


async def test_no_read_takes_more_statements_for_more_rows(
    shared_database: Database, clients: dict[str, Client], larger: Trust
) -> None:
    await grow(shared_database, larger, 0)
    few = await measure(shared_database, clients, larger)
    for batch in (1, 2, 3):
        await grow(shared_database, larger, batch)
    many = await measure(shared_database, clients, larger)
    assert many == few
    assert max(many.values()) <= 20, many
