"""One house for the tests of faults, with a trust of eight schools whose heads have signed in through its directory."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import pytest

from footbridge.command.browser import Credentials, SignInBrowser
from footbridge.command.demo_directory import DirectoryClient, DirectoryDescription, DirectoryPerson
from footbridge.directory.enrolment import add_directory
from footbridge.directory.records import GroupPost
from footbridge.directory.tokens import create_token
from footbridge.runtime.database import Database
from footbridge.tenancy.permission import PostRole, Scope
from tests.faults.client import Client
from tests.faults.house import House, running_house
from tests.foundation.larger_trust import Trust, build_trust

pytest.register_assert_rewrite("tests.faults.evidence", "tests.faults.stream")

SCHOOLS = 8
DOMAIN = "larch.example"
PASSWORD = "larch and alder"
CLIENT_ID = "footbridge"


@dataclass(frozen=True)
class School:
    """What a client needs to work for it: as a program, or as its head."""

    id: UUID
    origin: str
    urn: str
    token: str
    cookies: dict[str, str]

    def program(self) -> Client:
        return Client(self.origin, self.urn, token=self.token)

    def head(self) -> Client:
        return Client(self.origin, self.urn, cookies=self.cookies)


@dataclass(frozen=True)
class People:
    trust_id: UUID
    schools: tuple[School, ...]


@pytest.fixture(scope="package")
def standing_house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with running_house(tmp_path_factory.mktemp("house")) as house:
        yield house


@pytest.fixture(scope="package")
def people(standing_house: House) -> People:
    house = standing_house
    house.start_directory(_description(house))
    house.start_gateway()
    return asyncio.run(_people(house))


@pytest.fixture
def house(standing_house: House, people: People) -> House:
    """With everything running."""
    standing_house.start_missing()
    return standing_house


def _description(house: House) -> DirectoryDescription:
    client = DirectoryClient(CLIENT_ID, (f"{house.origin}/sign-in/callback",), (f"{house.origin}/",))
    heads = tuple(
        DirectoryPerson(f"head{number}", "Head", str(number), f"head{number}@{DOMAIN}", PASSWORD, (f"heads-{number}",))
        for number in range(SCHOOLS)
    )
    return DirectoryDescription(heads, (client,))


async def _people(house: House) -> People:
    database = Database(house.addresses)
    trust = await build_trust(database, SCHOOLS, word="larch")
    groups = [GroupPost(f"heads-{number}", PostRole.HEAD, _school_id(trust, number)) for number in range(SCHOOLS)]
    await add_directory(
        database, trust_id=trust.id, issuer_url=house.issuer, client_id=CLIENT_ID, domains=[DOMAIN], groups=groups
    )
    schools = [await _school(house, database, trust, number) for number in range(SCHOOLS)]
    await database.close()
    return People(trust.id, tuple(schools))


def _school_id(trust: Trust, number: int) -> UUID:
    school_id = trust.heads[number].school_id
    assert school_id is not None
    return school_id


async def _school(house: House, database: Database, trust: Trust, number: int) -> School:
    school_id = _school_id(trust, number)
    token = await create_token(
        database, trust_id=trust.id, school_id=school_id, name=f"Register of school {number}",
        scopes=(Scope.READ, Scope.WRITE), expires_in=timedelta(hours=6),
    )  # fmt: skip
    async with SignInBrowser(timeout=60) as browser:
        await browser.sign_in_with(house.origin, f"head{number}@{DOMAIN}", Credentials(f"head{number}", PASSWORD))
        cookies = {cookie.name: cookie.value or "" for cookie in browser.client.cookies.jar}
    return School(school_id, house.origin, trust.urns[number], token.secret, cookies)
