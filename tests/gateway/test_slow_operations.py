"""Every operation is told of when it is over, and a slow one is logged once: with its statements, without a value."""

import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from typing import Any

import httpx
import pytest

from footbridge.gateway.app import make_app
from footbridge.gateway.documents.document import document_id
from footbridge.gateway.http.limits import Limits
from footbridge.gateway.slow import Finished, Watch, Way
from footbridge.runtime.database import Database
from footbridge.runtime.settings import SettingInvalid, Settings
from footbridge.tenancy.caller import Caller
from footbridge.tenancy.client import Side
from footbridge.tenancy.permission import Scope
from tests.foundation.people import World
from tests.gateway.client import ORIGIN, Client, school_path, trust_path
from tests.gateway.conftest import OF_A_PAGE, GiveToken, open_session

Enter = Callable[[Caller], Awaitable[Client]]
WIDE = Limits().widened(1000)
PERIOD = "2024-25"
ORGANISATION = {"name": "Secretname", "kind": "CHARITY"}


@pytest.fixture
async def enter(world_database: Database) -> AsyncIterator[Enter]:
    """A person at a gateway to which every operation is slow."""
    transport = httpx.ASGITransport(make_app(world_database, ORIGIN, replace(WIDE, slow_seconds=0)))
    opened: list[httpx.AsyncClient] = []

    async def make(caller: Caller) -> Client:
        cookies = {"footbridge_session": await open_session(world_database, caller)}
        opened.append(httpx.AsyncClient(transport=transport, base_url=ORIGIN, cookies=cookies, headers=OF_A_PAGE))
        return Client(opened[-1], caller)

    yield make
    for http in opened:
        await http.aclose()


def lines(caplog: pytest.LogCaptureFixture) -> list[str]:
    """What was logged of slow operations since the last call."""
    told = [each for each in caplog.records if each.name == "footbridge.gateway.slow"]
    assert all(each.levelno == logging.WARNING for each in told)
    caplog.clear()
    return [each.getMessage() for each in told]


async def test_a_slow_read_is_logged_once_with_its_statement(
    enter: Enter, world: World, caplog: pytest.LogCaptureFixture
) -> None:
    school = world.schools[0]
    client = await enter(school.head)
    await client.run(school_path(school.urn), "Partnerships", first=3)
    [line] = lines(caplog)
    assert line.startswith("slow operation Partnerships (sha256:")
    assert " of a school: 0." in line
    assert ", compiled, statements: 1 | select (select " in line
    assert "limit $" in line
    assert "\n" not in line
    assert line.isprintable()


async def test_a_slow_change_is_logged_and_names_nobody_and_no_value(
    enter: Enter, world: World, caplog: pytest.LogCaptureFixture
) -> None:
    school = world.schools[0]
    client = await enter(school.head)
    await client.run(school_path(school.urn), "AddOrganisation", **ORGANISATION)
    [line] = lines(caplog)
    assert line.startswith("slow operation AddOrganisation (sha256:")
    assert "INSERT INTO school.organisation" in line
    hidden = {*world.words, "Secretname", str(school.id), str(school.head.id), school.head.name, school.urn}
    assert not [word for word in hidden if word in line]


async def test_the_line_says_which_way_the_answer_came(
    enter: Enter, world: World, caplog: pytest.LogCaptureFixture
) -> None:
    school, trust = world.schools[1], world.trusts[0]
    head, executive = await enter(school.head), await enter(trust.executive)
    await head.run(school_path(school.urn), "Figure", measureId="contact-hours", period=PERIOD)
    await head.send(school_path(school.urn), "AddOrganisation", key="once", **ORGANISATION)
    await head.send(school_path(school.urn), "AddOrganisation", key="once", **ORGANISATION)
    for _ in range(2):
        await executive.run(trust_path(trust.uid), "Comparisons", period=PERIOD)
    ways = [(line.split()[2], line.split(" s, ")[1].split(",")[0]) for line in lines(caplog)]
    assert ways == [
        ("Figure", Way.ORDINARY),
        ("AddOrganisation", Way.COMPILED),
        ("AddOrganisation", Way.KEPT),
        ("Comparisons", Way.COMPILED),
        ("Comparisons", Way.KEPT),
    ]


async def test_a_read_with_an_error_is_logged_as_the_ordinary_paths(
    enter: Enter, world: World, caplog: pytest.LogCaptureFixture
) -> None:
    school = world.schools[0]
    client = await enter(school.head)
    response = await client.send(school_path(school.urn), "SchoolCalendar", period="never")
    assert "errors" in response.json()
    [line] = lines(caplog)
    assert ", ordinary, " in line


async def test_a_document_of_ones_own_is_logged_by_its_hash(
    world_database: Database, world: World, give_token: GiveToken, caplog: pytest.LogCaptureFixture
) -> None:
    school = world.schools[0]
    token = await give_token(school.head, Scope.READ, Scope.ADHOC)
    app = make_app(world_database, ORIGIN, replace(WIDE, slow_seconds=0))
    headers = {"Authorization": token.http.headers["authorization"]}
    query = (
        'query Somebody { partnerships(first: 1, after: null) { nodes { id } } school { urn } node(id: "x") { id } }'
    )
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=ORIGIN, headers=headers) as http:
        response = await Client(http).post(school_path(school.urn), {"query": query})
    assert response.status_code == 200
    [line] = lines(caplog)
    assert line.startswith(f"slow operation ad hoc ({document_id(query)}) of a school: ")
    assert "Somebody" not in line


async def test_an_operation_that_fails_is_told_of_too(
    enter: Enter, world: World, caplog: pytest.LogCaptureFixture
) -> None:
    school = world.schools[0]
    client = await enter(school.head)
    response = await client.send(school_path(school.urn), "AddOrganisation", key="", **ORGANISATION)
    assert response.status_code == 400
    [line] = lines(caplog)
    assert line.startswith("slow operation AddOrganisation ")


async def test_an_operation_within_the_limit_is_not_logged(
    world: World, sign_in: Enter, caplog: pytest.LogCaptureFixture
) -> None:
    school = world.schools[0]
    client = await sign_in(school.head)
    await client.run(school_path(school.urn), "School")
    assert lines(caplog) == []


async def test_whoever_traces_is_told_of_every_operation_once(
    enter: Enter, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As the module says: one place for tracing, whatever the limit is."""
    seen: list[Finished] = []
    monkeypatch.setattr(Watch, "finished", lambda _, one: seen.append(one))
    school, trust = world.schools[0], world.trusts[0]
    head, executive = await enter(school.head), await enter(trust.executive)
    await head.run(school_path(school.urn), "School")
    await head.run(school_path(school.urn), "AddOrganisation", **ORGANISATION)
    await executive.run(trust_path(trust.uid), "Trust")
    told: list[Any] = [(one.side, one.document.name, one.course.way, len(one.course.statements) > 0) for one in seen]
    assert told == [
        (Side.SCHOOL, "School", Way.COMPILED, True),
        (Side.SCHOOL, "AddOrganisation", Way.COMPILED, True),
        (Side.TRUST, "Trust", Way.COMPILED, True),
    ]
    assert all(one.seconds > 0 for one in seen)


def test_the_limit_is_a_setting() -> None:
    assert Settings.from_environment({}).slow_seconds == 1
    assert Settings.from_environment({"FOOTBRIDGE_SLOW_SECONDS": "0.25"}).slow_seconds == 0.25
    with pytest.raises(SettingInvalid, match="FOOTBRIDGE_SLOW_SECONDS is “soon”"):
        Settings.from_environment({"FOOTBRIDGE_SLOW_SECONDS": "soon"})
