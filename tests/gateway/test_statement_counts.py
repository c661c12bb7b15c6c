"""No N+1: a read takes one statement for each of its root fields, however many rows there are."""

import asyncio
from collections.abc import AsyncIterator, Awaitable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import httpx
import pytest

from footbridge.engagement.records import NewCount
from footbridge.engagement.service import add_activity, record_session
from footbridge.gateway.app import make_app
from footbridge.gateway.execution.reading import plan_for
from footbridge.gateway.projection.plan import Compiled, Computed, Ordinary
from footbridge.gateway.school.schema import school_schema
from footbridge.gateway.trust.schema import trust_schema
from footbridge.partnerships.records import Elements, NewOutcome, Side, Status
from footbridge.partnerships.service import add_organisation, add_partnership
from footbridge.runtime.database import Database, Role
from footbridge.tenancy.session import open_school
from tests.foundation.connections import heard
from tests.foundation.larger_trust import Trust, build_trust
from tests.foundation.server import Copy
from tests.gateway.client import ORIGIN, Client, school_path, trust_path
from tests.gateway.conftest import open_session
from tests.gateway.differential.both_paths import WatchedDatabase
from tests.gateway.people import enter_person
from tests.gateway.projection.contract import COMPUTED, QUERIES, VARIABLES, WITHOUT_ROWS, text_of
from tests.gateway.projection.reading import Reader
from tests.publication.sharing import PERIOD, school_of, share

MOST_COMPUTED = 20
"""Of one that Python works out."""


@pytest.fixture(scope="module")
async def larger(shared_database: Database) -> Trust:
    trust = await build_trust(shared_database, 12)
    await enter_person(shared_database, trust.heads[0])
    await enter_person(shared_database, trust.executive)
    await grow(shared_database, trust, 0)
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


def reader_of(database: WatchedDatabase, clients: dict[str, Client], side: str) -> Reader:
    schema = {"school": school_schema, "trust": trust_schema}[side]
    return Reader.of(database, schema, clients[side].caller)


async def measure(
    database: Database, clients: dict[str, Client], trust: Trust, release_id: str
) -> dict[tuple[str, str], int]:
    """Over HTTP, with all that an endpoint does beside; of what was published only the version is asked again."""
    counts = {}
    for side, name in QUERIES:
        path = school_path(trust.urns[0]) if side == "school" else trust_path(trust.uid)
        variables = variables_of(name, release_id)
        await clients[side].run(path, name, **variables)  # the access record is written once an hour
        asked = [await heard_of(database, clients[side].run(path, name, **variables)) for _ in range(3)]
        counts[(side, name)] = min(asked)  # whose an endpoint is, is asked again after two seconds
    return counts


async def heard_of(database: Database, answer: Awaitable[Any]) -> int:
    with heard(database, Role.SCHOOL, Role.TRUST) as statements:
        await answer
        await asyncio.sleep(0)  # a connection tells what it was asked in the loop's next turn
    return len(statements)


def variables_of(name: str, release_id: str) -> dict[str, Any]:
    return {**VARIABLES.get(name, {}), **({"id": release_id} if name == "Release" else {})}


@pytest.fixture(scope="module")
async def watched(shared_copy: Copy) -> AsyncIterator[WatchedDatabase]:
    database = WatchedDatabase(shared_copy.addresses)
    database.opened = []
    yield database
    await database.close()


async def release_of(reader: Reader) -> str:
    """The newest of the school: found, so that its rows are read."""
    found = await reader.data("{ releases(first: 1) { nodes { id } } }")
    identifier: str = found["releases"]["nodes"][0]["id"]
    return identifier


async def test_no_read_takes_more_statements_for_more_rows(
    shared_database: Database, watched: WatchedDatabase, clients: dict[str, Client], larger: Trust
) -> None:
    release_id = await release_of(reader_of(watched, clients, "school"))
    few = await measure(shared_database, clients, larger, release_id)
    for batch in (1, 2, 3):
        await grow(shared_database, larger, batch)
    many = await measure(shared_database, clients, larger, release_id)
    assert many == few
    assert {name: count for name, count in many.items() if name not in COMPUTED} == {
        each: 0 if each in WITHOUT_ROWS else 1 for each in QUERIES if each not in COMPUTED
    }


@pytest.mark.parametrize(("side", "name"), QUERIES, ids=lambda each: each)
async def test_a_root_field_of_the_contract_takes_one_statement(
    shared_database: Database,
    watched: WatchedDatabase,
    clients: dict[str, Client],
    larger: Trust,
    side: str,
    name: str,
) -> None:
    """In the transaction that reads; all of it but what is named to be computed, or has no rows."""
    reader = reader_of(watched, clients, side)
    release_id = await release_of(reader_of(watched, clients, "school"))
    operation = reader.operation(text_of(side, name), **variables_of(name, release_id))
    assert operation.coerced is not None
    kinds = [type(root) for root in plan_for(operation, operation.coerced).roots]
    answer = await reader.compiled(operation)
    assert not answer.errors
    if (side, name) in COMPUTED:
        assert kinds == [Ordinary], "it is compiled now: take it from the list"
        assert 1 <= len(answer.statements) <= MOST_COMPUTED, answer.statements
        return
    expected = 0 if (side, name) in WITHOUT_ROWS else len(answer.content["data"])
    assert kinds.count(Compiled) == expected
    assert set(kinds) <= {Compiled, Computed}
    assert len(answer.statements) == expected, answer.statements


async def test_what_the_ordinary_path_takes_does_not_grow_either(
    shared_database: Database, watched: WatchedDatabase, clients: dict[str, Client], larger: Trust
) -> None:
    """It is what runs where there is an error to tell."""
    release_id = await release_of(reader_of(watched, clients, "school"))

    async def counted() -> dict[tuple[str, str], int]:
        counts = {}
        for side, name in QUERIES:
            reader = reader_of(watched, clients, side)
            operation = reader.operation(text_of(side, name), **variables_of(name, release_id))
            answer = await reader.paths.answer(reader.caller, operation, compiled=False)
            counts[(side, name)] = len(answer.statements)
        return counts

    few = await counted()
    await grow(shared_database, larger, 4)
    assert await counted() == few
    assert max(few.values()) <= MOST_COMPUTED, few
