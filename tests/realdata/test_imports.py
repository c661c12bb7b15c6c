"""The two Trafford trusts and the Hampshire one load from the field's own files, figures and all."""

from decimal import Decimal
from pathlib import Path

import pytest

from footbridge.exchange.fact_import import FactImport, import_facts
from footbridge.exchange.observation_import import ObservationImport
from footbridge.exchange.published_share_import import import_published_shares
from footbridge.exchange.trust_import import TrustImport, import_trust
from footbridge.measures.observation import ObservationRepository
from footbridge.runtime.clock import today
from footbridge.runtime.database import Database
from footbridge.tenancy.operator import operator_of_school
from footbridge.tenancy.public_record import Tally
from footbridge.tenancy.register import Register
from footbridge.tenancy.session import open_register, open_school

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="the real files are not beside this checkout")

TRAFFORD = DATA / "trafford" / "trafford_schools_and_colleges.csv"
HAMPSHIRE = DATA / "gias" / "gias_20220420_hampshire_primary.csv"
CENSUS = DATA / "dfe_performance" / "england_census.csv"
ABSENCE = DATA / "dfe_performance" / "england_abs.csv"
BRIGHT_FUTURES = "Bright Futures Educational Trust"
DEAN = "The Dean Trust"
WINCHESTER = "University of Winchester Academy Trust"
FILES = {BRIGHT_FUTURES: TRAFFORD, DEAN: TRAFFORD, WINCHESTER: HAMPSHIRE}


async def load_trust(database: Database, name: str) -> TrustImport:
    async with open_register(database) as register:
        return await import_trust(register, FILES[name], trust_name=name)


async def load_facts(database: Database, path: Path) -> FactImport:
    async with open_register(database) as register:
        return await import_facts(register, path, year="2018/19", source="DfE, school performance 2018/19")


async def load_absence(database: Database, trust: str) -> ObservationImport:
    return await import_published_shares(
        database, ABSENCE, measure="persistent-absence", period="2018/19", trust=trust, source="DfE, pupil absence"
    )


@pytest.fixture(scope="module")
async def database(shared_database: Database) -> Database:
    for name in FILES:
        await load_trust(shared_database, name)
    for path in (CENSUS, ABSENCE):
        await load_facts(shared_database, path)
    return shared_database


@pytest.mark.parametrize(("name", "schools"), [(BRIGHT_FUTURES, 6), (DEAN, 4), (WINCHESTER, 5)])
async def test_a_trust_has_its_schools_and_a_second_import_changes_nothing(
    database: Database, name: str, schools: int
) -> None:
    again = await load_trust(database, name)
    assert (again.schools, again.trust_change, again.problems) == (Tally(unchanged=schools), "unchanged", ())
    assert again.trust.name == name
    async with open_register(database) as register:
        members = await Register(register.transaction).list_schools(again.trust.id, on=today())
    assert len(members) == schools


async def test_facts_are_of_thirteen_schools_three_by_predecessor(database: Database) -> None:
    for path, figures in ((CENSUS, 78), (ABSENCE, 26)):
        again = await load_facts(database, path)
        assert (again.schools_matched, again.by_predecessor, again.problems) == (13, 3, ())
        assert again.facts == Tally(unchanged=figures)


async def test_a_school_has_its_roll_fsm_and_eal_as_published(database: Database) -> None:
    async with open_register(database) as register:
        known = Register(register.transaction)
        elmridge = await known.find_school(urn="138654")
        assert elmridge is not None
        latest = await known.latest_facts([elmridge.id], ("roll", "fsm", "eal"), until=today())
    facts = {fact.indicator: fact for fact in latest}
    assert (facts["roll"].numerator, facts["fsm"].numerator, facts["fsm"].denominator) == (238, 14, 238)
    assert (facts["fsm"].value, facts["eal"].value) == (Decimal("5.90"), Decimal("25.20"))


@pytest.mark.parametrize(
    ("name", "with_figures", "without"), [(BRIGHT_FUTURES, 6, 0), (DEAN, 4, 0), (WINCHESTER, 3, 2)]
)
async def test_persistent_absence_is_recorded_with_its_derivation(
    database: Database, name: str, with_figures: int, without: int
) -> None:
    first, again = await load_absence(database, name), await load_absence(database, name)
    assert (len(first.schools), len(first.without_figures), first.problems) == (with_figures, without, ())
    assert all(each.recorded.unchanged == 1 for each in again.schools)
    trust = (await load_trust(database, name)).trust
    for each in first.schools:
        caller = operator_of_school(trust.id, each.school.id, ())
        async with open_school(database, caller, school_id=each.school.id) as session:
            (figure,) = await ObservationRepository(session).list_of_period(["persistent-absence"], "2018-19")
        assert figure.derivation is not None
        assert "percentage as published; roll of 17 January 2019" in figure.derivation
        assert ("before its URN changed" in figure.derivation) == (name == WINCHESTER)
