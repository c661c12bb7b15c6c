"""Recorded figures load into each school's own record, and into no other."""

from pathlib import Path

import pytest

from footbridge.exchange.columns import ColumnsMissing
from footbridge.exchange.fact_import import import_facts
from footbridge.exchange.observation_import import (
    ObservationImport,
    import_observations_of_school,
    import_observations_of_trust,
)
from footbridge.exchange.published_share_import import import_published_shares
from footbridge.exchange.trust_import import import_trust
from footbridge.measures.observation import Observation, ObservationRepository, Recorded
from footbridge.runtime.database import Database
from footbridge.runtime.errors import InvalidInput, NotFound
from footbridge.tenancy.operator import operator_of_school
from footbridge.tenancy.register import Register
from footbridge.tenancy.session import open_register, open_school
from tests.exchange import lookalikes
from tests.exchange.lookalikes import ABSENCE_SCHOOL, CENSUS_SCHOOL, GIAS_SCHOOL, row

TRUST = "Wend Valley Trust"
BIRCHFIELD = row(GIAS_SCHOOL, URN="900002", EstablishmentNumber="2002", EstablishmentName="Birchfield School")
HEADINGS = "urn,measure,period,numerator,denominator,pupils,source"


@pytest.fixture
async def database(fresh_database: Database, tmp_path: Path) -> Database:
    """With Ashwell (900001) and Birchfield (900002) in one trust, and Elm (900003) in another."""
    elm = row(GIAS_SCHOOL, URN="900003", EstablishmentNumber="2003") | {
        "Trusts (name)": "Elm",
        "Trusts (code)": "90003",
    }
    path = lookalikes.gias_extract(tmp_path, GIAS_SCHOOL, BIRCHFIELD, elm)
    async with open_register(fresh_database) as register:
        await import_trust(register, path, trust_name=TRUST)
        await import_trust(register, path, trust_name="Elm")
    return fresh_database


def figures(folder: Path, *lines: str, headings: str = HEADINGS) -> Path:
    return lookalikes.write_text(folder, "\n".join([headings, *lines]), name="figures.csv")


async def recorded(database: Database, urn: str) -> list[Observation]:
    async with open_register(database) as register:
        known = Register(register.transaction)
        school = await known.find_school(urn=urn)
        trust = await known.find_trust(uid="90003" if urn == "900003" else "90001")
    assert school is not None
    assert trust is not None
    async with open_school(database, operator_of_school(trust.id, school.id, ()), school_id=school.id) as session:
        return await ObservationRepository(session).list_current()


def tallies(done: ObservationImport) -> dict[str, Recorded]:
    return {each.school.urn: each.recorded for each in done.schools}


async def test_a_schools_file_loads_once_and_a_second_time_changes_nothing(database: Database, tmp_path: Path) -> None:
    path = figures(tmp_path, ",3,2018/19,25,200,,Register", ",attendance,2018-19-autumn,9500,10000,200,Register")
    first = await import_observations_of_school(database, path, urn="900001")
    again = await import_observations_of_school(database, path, urn="900001")
    assert tallies(first) == {"900001": Recorded(added=2, replaced=0, unchanged=0)}
    assert tallies(again) == {"900001": Recorded(added=0, replaced=0, unchanged=2)}
    assert {
        (o.measure_id, o.period, o.numerator, o.denominator, o.pupils) for o in await recorded(database, "900001")
    } == {
        ("persistent-absence", "2018-19", 25, 200, None),
        ("attendance", "2018-19-autumn", 9500, 10000, 200),
    }
    assert not await recorded(database, "900002")


async def test_usable_rows_load_and_the_others_are_told(database: Database, tmp_path: Path) -> None:
    path = figures(
        tmp_path,
        ",3,2018/19,25,200,,Register",
        ",3,some day,25,200,,Register",
        ",youth-led-share,2018/19,1,2,,Register",
        ",attendance,2018/19,95,100,,Register",
        "900002,3,2017/18,25,200,,Register",
    )
    done = await import_observations_of_school(database, path, urn="900001")
    assert tallies(done) == {"900001": Recorded(added=1, replaced=0, unchanged=0)}
    assert [(problem.line, problem.column) for problem in done.problems] == [
        (3, "period"), (4, "measure"), (5, "pupils"), (6, "urn"),
    ]  # fmt: skip
    assert not await recorded(database, "900002")


async def test_one_figure_named_twice_in_two_ways_is_one_or_a_problem(database: Database, tmp_path: Path) -> None:
    same = (",3,2018/19,25,200,,Register", ",Persistent Absence,2018-19,25,200,,Register")
    done = await import_observations_of_school(database, figures(tmp_path, *same), urn="900001")
    assert tallies(done) == {"900001": Recorded(added=1, replaced=0, unchanged=0)}
    assert not done.problems
    other = (",3,2017/18,25,200,,Register", ",persistent-absence,2017-18,26,200,,Register")
    done = await import_observations_of_school(database, figures(tmp_path, *other), urn="900001")
    assert (done.schools, [problem.line for problem in done.problems]) == ((), [2, 3])


async def test_a_trusts_file_gives_each_school_its_own(database: Database, tmp_path: Path) -> None:
    path = figures(
        tmp_path,
        "900001,3,2018/19,25,200",
        "900002,3,2018/19,30,210",
        "900003,3,2018/19,99,300",
        ",3,2018/19,1,20",
        headings="urn,measure,period,numerator,denominator",
    )
    done = await import_observations_of_trust(database, path, trust=TRUST, source="Registers")
    assert set(tallies(done)) == {"900001", "900002"}
    assert [(problem.line, problem.column) for problem in done.problems] == [(4, "urn"), (5, "urn")]
    assert [(o.numerator, o.source) for o in await recorded(database, "900002")] == [(30, "Registers")]
    assert not await recorded(database, "900003")


async def test_a_file_without_the_needed_headings_loads_nothing(database: Database, tmp_path: Path) -> None:
    path = figures(tmp_path, "3,25,200", headings="measure,numerator,denominator")
    with pytest.raises(ColumnsMissing, match="period"):
        await import_observations_of_school(database, path, urn="900001")
    path = figures(tmp_path, ",3,2018/19,25,200,,Register")
    with pytest.raises(NotFound, match="900009"):
        await import_observations_of_school(database, path, urn="900009")
    assert not await recorded(database, "900001")


async def load_census(database: Database, folder: Path) -> None:
    path = lookalikes.census(folder, CENSUS_SCHOOL, row(CENSUS_SCHOOL, URN="900002", ESTAB="2002"))
    async with open_register(database) as register:
        await import_facts(register, path, year="2018/19", source="DfE census")


async def shares(database: Database, path: Path, measure: str = "persistent-absence") -> ObservationImport:
    return await import_published_shares(
        database, path, measure=measure, period="2018/19", trust=TRUST, source="DfE absence 2018/19"
    )


async def test_a_published_share_is_recorded_over_the_census_roll(database: Database, tmp_path: Path) -> None:
    await load_census(database, tmp_path)
    path = lookalikes.absence(tmp_path, ABSENCE_SCHOOL)
    first, again = await shares(database, path), await shares(database, path)
    assert tallies(first) == {"900001": Recorded(added=1, replaced=0, unchanged=0)}
    assert tallies(again) == {"900001": Recorded(added=0, replaced=0, unchanged=1)}
    assert [school.urn for school in first.without_figures] == ["900002"]
    (figure,) = await recorded(database, "900001")
    assert (figure.numerator, figure.denominator, figure.period) == (22, 200, "2018-19")
    assert figure.source == "DfE absence 2018/19"
    assert figure.derivation == (
        "22 = 11 % of 200, rounded; percentage as published; roll of 17 January 2019 (DfE census)"
    )


async def test_a_suppressed_share_is_the_schools_own_to_record(database: Database, tmp_path: Path) -> None:
    await load_census(database, tmp_path)
    done = await shares(database, lookalikes.absence(tmp_path, row(ABSENCE_SCHOOL, PPERSABS10="SUPP")))
    assert (done.schools, [problem.column for problem in done.problems]) == ((), ["PPERSABS10"])
    assert "record the school's own figure" in done.problems[0].reason
    assert not await recorded(database, "900001")


async def test_a_share_without_a_census_roll_waits_for_it(database: Database, tmp_path: Path) -> None:
    done = await shares(database, lookalikes.absence(tmp_path, ABSENCE_SCHOOL))
    assert not done.schools
    assert "no census roll of 2018/19" in done.problems[0].reason


async def test_a_share_of_a_predecessor_says_so(database: Database, tmp_path: Path) -> None:
    await load_census(database, tmp_path)
    await shares(database, lookalikes.absence(tmp_path, row(ABSENCE_SCHOOL, URN="900000")))
    (figure,) = await recorded(database, "900001")
    assert figure.derivation is not None
    assert figure.derivation.endswith("of the school before its URN changed")


async def test_a_measure_that_dfe_does_not_publish_is_refused(database: Database, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="persistent-absence"):
        await shares(database, lookalikes.absence(tmp_path, ABSENCE_SCHOOL), measure="pupil-participation")
    with pytest.raises(InvalidInput, match="PPERSABS10"):
        await shares(database, lookalikes.census(tmp_path, CENSUS_SCHOOL))
