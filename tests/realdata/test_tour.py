"""The main job on real trusts and real figures: imported by the commands, shared by heads, compared by executives."""

import csv
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from footbridge.command.browser import Credentials
from footbridge.command.demo_directory import DirectoryClient, DirectoryDescription, DirectoryPerson
from footbridge.command.main_job import Shared, Sharing, Who, attempts_at, record_session, share, signed_in
from footbridge.command.person import Person
from footbridge.command.tour import comparison_table
from footbridge.runtime.addresses import libpq_address
from footbridge.tenancy.period import Period
from tests.faults.house import House, running_house

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
CENSUS, ABSENCE = DATA / "dfe_performance" / "england_census.csv", DATA / "dfe_performance" / "england_abs.csv"
PERIOD = Period.parse("2018/19")
MEASURE = "persistent-absence"
PASSWORD = "a-long-password-for-the-tour"


@dataclass(frozen=True)
class RealTrust:
    """`name` as its file has it; `figures` is how many schools have a figure of the year in DfE's file."""

    name: str
    file: Path
    domain: str
    schools: int
    figures: int

    @property
    def uid(self) -> str:
        return "x-" + self.name.lower().replace(" ", "-")


TRAFFORD = DATA / "trafford" / "trafford_schools_and_colleges.csv"
HAMPSHIRE = DATA / "gias" / "gias_20220420_hampshire_primary.csv"
BRIGHT_FUTURES = RealTrust("Bright Futures Educational Trust", TRAFFORD, "brightfutures.example", 6, 6)
DEAN = RealTrust("The Dean Trust", TRAFFORD, "dean.example", 4, 4)
WINCHESTER = RealTrust("University of Winchester Academy Trust", HAMPSHIRE, "winchester.example", 5, 3)
TRUSTS = (BRIGHT_FUTURES, DEAN, WINCHESTER)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("realdata")
    with running_house(folder) as house:
        import_all(house)
        schools = {trust: urns_of(house, trust) for trust in TRUSTS}
        house.start_directory(describe(house, schools))
        for trust in TRUSTS:
            register_directory(house, trust, schools[trust], folder)
        house.start_gateway()
        house.start_worker()
        yield house


def run(house: House, *arguments: str, allowed: tuple[int, ...] = (0,)) -> str:
    """The command as an operator runs it."""
    environment = os.environ | {"FOOTBRIDGE_DATABASE_URL": libpq_address(house.administrator)}
    environment["FOOTBRIDGE_STATE"] = str(house.state)
    command = [sys.executable, "-m", "footbridge.command.main", *arguments]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode in allowed, done.stdout + done.stderr
    return done.stdout + done.stderr


def import_all(house: House) -> None:
    """Schools first, then what DfE publishes of them all, then the figures of each trust."""
    for trust in TRUSTS:
        told = run(house, "trust", "import", str(trust.file), "--trust", trust.name)
        assert f"{trust.schools} new" in told
    for file, source in ((CENSUS, "DfE school census"), (ABSENCE, "DfE pupil absence")):
        run(house, "facts", "import", str(file), "--year", "2018/19", "--source", source, allowed=(0, 3))
    for trust in TRUSTS:
        run(
            house, "observations", "import", str(ABSENCE), "--trust", trust.name, "--measure", MEASURE,
            "--period", "2018/19", "--source", "DfE pupil absence 2018/19", allowed=(0, 3),
        )  # fmt: skip


def urns_of(house: House, trust: RealTrust) -> list[str]:
    query = """select s.urn from register.school s join register.membership m on m.school_id = s.id
               join register.trust t on t.id = m.trust_id
               where lower(t.name) = lower(%s) and m.until_on is null order by s.sort_name"""
    with house.connect() as connection:
        urns = [str(urn) for (urn,) in connection.execute(query, (trust.name,)).fetchall()]
    assert len(urns) == trust.schools
    return urns


def describe(house: House, schools: dict[RealTrust, list[str]]) -> DirectoryDescription:
    """Their people, invented: a head for each school and an executive for each trust."""
    people = [person for trust, urns in schools.items() for person in people_of(trust, urns)]
    client = DirectoryClient("footbridge", (f"{house.origin}/sign-in/callback",), (f"{house.origin}/",))
    return DirectoryDescription(people=tuple(people), clients=(client,))


def people_of(trust: RealTrust, urns: list[str]) -> Iterator[DirectoryPerson]:
    word = trust.domain.split(".")[0]
    names = [(f"{word}.executive", f"{word}-executives"), *((f"head.{urn}", f"heads-{urn}") for urn in urns)]
    for user_name, group in names:
        yield DirectoryPerson(
            user_name=user_name, given_name="Head", family_name=user_name, email=f"{user_name}@{trust.domain}",
            password=PASSWORD, groups=(group,),
        )  # fmt: skip


def register_directory(house: House, trust: RealTrust, urns: list[str], folder: Path) -> None:
    file = folder / f"{trust.domain}.csv"
    with file.open("w", newline="", encoding="utf-8") as opened:
        writer = csv.writer(opened)
        writer.writerow(["group", "post", "school", "trust_group"])
        writer.writerow([f"{trust.domain.split('.')[0]}-executives", "trust executive", "", ""])
        writer.writerows([f"heads-{urn}", "head", urn, ""] for urn in urns)
    run(
        house, "directory", "add", "--trust", trust.name, "--issuer", house.issuer, "--client-id", "footbridge",
        "--domain", trust.domain, "--groups", str(file),
    )  # fmt: skip


def who(trust: RealTrust, user_name: str, role: str) -> Who:
    return Who(f"{user_name}@{trust.domain}", Credentials(user_name, PASSWORD), role)


async def shared_by_head(house: House, trust: RealTrust, urn: str) -> Shared:
    async with Person(house.origin) as head:
        await signed_in(head, who(trust, f"head.{urn}", "head"))
        await record_session(head, urn, PERIOD.ends_on)
        return await share(head, Sharing(urn, PERIOD, (MEASURE,), (), f"Shared by the head of {urn}."))


async def uid_of(executive: Person, me: dict[str, Any]) -> str:
    endpoint: str = me["posts"][0]["endpoint"]
    return endpoint.split("/trusts/")[1].removesuffix("/graphql")


@pytest.mark.parametrize("trust", TRUSTS, ids=lambda trust: trust.domain.split(".")[0])
async def test_heads_share_and_the_executive_compares(house: House, trust: RealTrust) -> None:
    urns = urns_of(house, trust)
    for urn in urns:
        shared = await shared_by_head(house, trust, urn)
        assert shared.release["state"] == "PUBLISHED"
    async with Person(house.origin) as executive:
        me = await signed_in(executive, who(trust, f"{trust.domain.split('.')[0]}.executive", "trust executive"))
        uid = await uid_of(executive, me)
        compared = await executive.at_trust(uid, "Comparison", measureId=MEASURE, period=PERIOD.code)
        Console(width=160).print(comparison_table(compared))
        await attempts_at(executive, urns[0], uid)
    check(trust, compared)
    standings = [await standing_of(house, trust, urn) for urn in urns]
    if trust is BRIGHT_FUTURES and compared["shown"] == trust.schools:
        assert all(standing["standing"] != "too few" for standing in standings)
    else:
        assert {standing["standing"] for standing in standings} <= {"too few", "not shown"}
    if trust is DEAN:
        assert {standing["standing"] for standing in standings} == {"too few"}


def check(trust: RealTrust, compared: dict[str, Any]) -> None:
    """Every school is there with its note and context; DfE's percentages come back from the pairs."""
    assert compared["coverage"].startswith(f"{trust.schools} of {trust.schools} published")
    with_figures = [cell for cell in compared["cells"] if cell["state"] != "x"]
    assert len(with_figures) == trust.figures
    published = percentages()
    for cell in with_figures:
        assert cell["contextNote"] == f"Shared by the head of {cell['urn']}."
        assert cell["context"]["roll"], "the census is context for everybody"
        if cell["state"] == "shown":
            nearest = min(abs(float(cell["rate"]) - percent) for percent in published)
            assert nearest <= 0.5, "derived from DfE's percentage and the roll"
            assert float(cell["intervalLow"]) < float(cell["rate"]) < float(cell["intervalHigh"])
    assert compared["shown"] >= 3
    assert compared["total"]["rate"] is not None


def percentages() -> list[float]:
    with ABSENCE.open(encoding="utf-8-sig", newline="") as opened:
        return [
            float(row["PPERSABS10"]) for row in csv.DictReader(opened) if row["PPERSABS10"].replace(".", "").isdecimal()
        ]


async def standing_of(house: House, trust: RealTrust, urn: str) -> dict[str, Any]:
    async with Person(house.origin) as head:
        await signed_in(head, who(trust, f"head.{urn}", "head"))
        found: dict[str, Any] = await head.at_school(urn, "SiblingStanding", measureId=MEASURE, period=PERIOD.code)
        return found
