"""A list of schools becomes a trust: usable rows in one transaction, the others told, twice the same as once."""

from datetime import date
from pathlib import Path

import pytest

from footbridge.exchange.columns import ColumnsMissing
from footbridge.exchange.trust_import import TrustImport, import_trust
from footbridge.exchange.trusts import TrustNotListed
from footbridge.runtime.clock import today
from footbridge.runtime.database import Database
from footbridge.tenancy.enrolment import Change
from footbridge.tenancy.public_record import Tally
from footbridge.tenancy.register import Register, School
from footbridge.tenancy.register_repository import RegisterRepository
from footbridge.tenancy.session import open_register
from tests.exchange import lookalikes
from tests.exchange.lookalikes import COUNCIL_SCHOOL, GIAS_SCHOOL, LINK, row

NAME = "Wend Valley Trust"
BIRCHFIELD = row(GIAS_SCHOOL, URN="900002", EstablishmentNumber="2002", EstablishmentName="Birchfield School")


async def load(database: Database, path: Path, name: str = NAME, uid: str | None = None) -> TrustImport:
    async with open_register(database) as register:
        return await import_trust(register, path, trust_name=name, uid=uid)


async def schools_of(database: Database, done: TrustImport) -> list[School]:
    async with open_register(database) as register:
        return list(await Register(register.transaction).list_schools(done.trust.id, on=today()))


async def test_importing_twice_changes_nothing(fresh_database: Database, tmp_path: Path) -> None:
    path = lookalikes.gias_extract(tmp_path, GIAS_SCHOOL, BIRCHFIELD)
    first, second = await load(fresh_database, path), await load(fresh_database, path)
    assert (first.trust_change, first.schools) == (Change.CREATED, Tally(created=2))
    assert (second.trust_change, second.schools, second.trust) == (Change.UNCHANGED, Tally(unchanged=2), first.trust)
    assert (first.trust.name, first.trust.uid) == (NAME, "90001")
    schools = await schools_of(fresh_database, first)
    assert [(school.urn, school.phase, school.low_age) for school in schools] == [
        ("900001", "primary", 4),
        ("900002", "primary", 4),
    ]


async def test_usable_rows_load_and_each_other_is_told(fresh_database: Database, tmp_path: Path) -> None:
    path = lookalikes.gias_extract(tmp_path, GIAS_SCHOOL, row(BIRCHFIELD, OpenDate="soon"))
    done = await load(fresh_database, path)
    assert done.schools == Tally(created=1)
    assert [(problem.line, problem.column) for problem in done.problems] == [(3, "OpenDate")]


async def test_a_file_without_the_needed_headings_loads_nothing(fresh_database: Database, tmp_path: Path) -> None:
    path = lookalikes.write_text(tmp_path, "school,town\nAshwell,Wend\n")
    with pytest.raises(ColumnsMissing):
        await load(fresh_database, path)
    async with open_register(fresh_database) as register:
        assert await RegisterRepository(register).list_trusts_named("wend valley trust") == []


async def test_a_trust_that_no_row_names_is_not_made(fresh_database: Database, tmp_path: Path) -> None:
    with pytest.raises(TrustNotListed, match="WEND VALLEY TRUST"):
        await load(fresh_database, lookalikes.gias_extract(tmp_path, GIAS_SCHOOL), name="Wend Vale Trust")
    async with open_register(fresh_database) as register:
        assert await RegisterRepository(register).list_trusts_named("wend vale trust") == []


async def test_a_uid_that_a_later_file_brings_replaces_the_local_key(fresh_database: Database, tmp_path: Path) -> None:
    council = await load(fresh_database, lookalikes.council_list(tmp_path, COUNCIL_SCHOOL))
    assert council.trust.uid == "x-wend-valley-trust"
    links = await load(fresh_database, lookalikes.group_links(tmp_path, LINK))
    assert (links.trust.id, links.trust.uid, links.trust.companies_house_number) == (
        council.trust.id, "90001", "01234567",
    )  # fmt: skip
    assert (links.trust.name, links.schools) == (NAME, Tally(updated=1))


async def test_a_school_of_another_trust_is_a_problem_that_names_it(fresh_database: Database, tmp_path: Path) -> None:
    await load(fresh_database, lookalikes.gias_extract(tmp_path, GIAS_SCHOOL))
    taken = row(COUNCIL_SCHOOL, sponsoring_trust="Other Trust")
    done = await load(fresh_database, lookalikes.council_list(tmp_path, taken), name="Other Trust")
    assert (done.schools, [problem.line for problem in done.problems]) == (Tally(), [2])
    assert "belongs to “Wend Valley Trust” (90001)" in done.problems[0].reason
    assert not await schools_of(fresh_database, done)


async def test_a_closed_school_is_entered_and_is_no_member(fresh_database: Database, tmp_path: Path) -> None:
    closed = row(BIRCHFIELD, CloseDate="31-08-2018", **{"EstablishmentStatus (name)": "Closed"})
    undated = row(GIAS_SCHOOL, URN="900003", EstablishmentNumber="2003", **{"EstablishmentStatus (name)": "Closed"})
    path = lookalikes.gias_extract(tmp_path, GIAS_SCHOOL, closed, undated)
    done, again = await load(fresh_database, path), await load(fresh_database, path)
    assert (done.schools, again.schools) == (Tally(created=3), Tally(unchanged=3))
    assert not done.problems
    assert [school.urn for school in await schools_of(fresh_database, done)] == ["900001"]
    async with open_register(fresh_database) as register:
        school = await Register(register.transaction).find_school(urn="900002")
    assert school is not None
    assert school.closed_on == date(2018, 8, 31)


async def test_a_predecessor_and_a_school_to_come_are_left_out_with_a_note(
    fresh_database: Database, tmp_path: Path
) -> None:
    before = row(GIAS_SCHOOL, URN="900000", OpenDate="", CloseDate="31-08-2014") | {
        "EstablishmentStatus (name)": "Closed"
    }
    to_come = row(BIRCHFIELD, **{"EstablishmentStatus (name)": "Proposed to open"})
    done = await load(fresh_database, lookalikes.gias_extract(tmp_path, GIAS_SCHOOL, before, to_come))
    assert (done.schools, done.left_out, done.problems) == (Tally(created=1), 2, ())
    assert [note.line for note in done.notes if note.column == "URN"] == [3, 4]
    async with open_register(fresh_database) as register:
        school = await Register(register.transaction).find_school(urn="900000")
    assert school is not None
    assert school.urn == "900001"
