"""A calendar loads once, and a day that is told anew moves the entry."""

from datetime import date
from pathlib import Path

import pytest

from footbridge.exchange.calendar_import import CalendarImport, import_calendar
from footbridge.exchange.columns import ColumnsMissing
from footbridge.exchange.trust_import import import_trust
from footbridge.runtime.database import Database
from footbridge.tenancy.public_record import Tally
from footbridge.tenancy.register_repository import RegisterRepository
from footbridge.tenancy.session import open_register
from tests.exchange import lookalikes
from tests.exchange.lookalikes import GIAS_SCHOOL

TRUST = "Wend Valley Trust"
LINES = (
    "term,Autumn term,01/09/2025,19/12/2025,",
    "Half term,Autumn half-term,27/10/2025,31/10/2025,",
    "INSET day,Staff day,01/09/2025,,900001",
)


@pytest.fixture
async def database(fresh_database: Database, tmp_path: Path) -> Database:
    async with open_register(fresh_database) as register:
        await import_trust(register, lookalikes.gias_extract(tmp_path, GIAS_SCHOOL), trust_name=TRUST)
    return fresh_database


async def load(database: Database, folder: Path, *lines: str) -> CalendarImport:
    path = lookalikes.write_text(folder, "\n".join(["kind,name,from,until,urn", *lines]), name="calendar.csv")
    async with open_register(database) as register:
        return await import_calendar(register, path, trust=TRUST)


async def calendar(database: Database, done: CalendarImport) -> list[tuple[str, date, date]]:
    async with open_register(database) as register:
        entries = await RegisterRepository(register).list_calendar(done.trust.id)
    return [(entry.kind, entry.starts_on, entry.ends_on) for entry in entries]


async def test_importing_twice_changes_nothing(database: Database, tmp_path: Path) -> None:
    assert (await load(database, tmp_path, *LINES)).entries == Tally(created=3)
    again = await load(database, tmp_path, *LINES, LINES[0])
    assert (again.entries, again.problems) == (Tally(unchanged=3), ())
    assert sorted(await calendar(database, again)) == [
        ("half-term", date(2025, 10, 27), date(2025, 10, 31)),
        ("inset", date(2025, 9, 1), date(2025, 9, 1)),
        ("term", date(2025, 9, 1), date(2025, 12, 19)),
    ]


async def test_changed_days_move_the_entry(database: Database, tmp_path: Path) -> None:
    await load(database, tmp_path, *LINES)
    done = await load(database, tmp_path, "half-term,Autumn half-term,20/10/2025,24/10/2025,")
    assert done.entries == Tally(updated=1)
    assert ("half-term", date(2025, 10, 20), date(2025, 10, 24)) in await calendar(database, done)
    assert len(await calendar(database, done)) == 3


async def test_usable_entries_load_and_the_others_are_told(database: Database, tmp_path: Path) -> None:
    done = await load(
        database,
        tmp_path,
        LINES[0],
        "party,Fair,01/07/2026,,",
        "closure,Snow,tomorrow,,",
        "closure,Snow,02/02/2026,01/02/2026,",
        "closure,Snow,02/02/2026,,900009",
        "closure,,02/02/2026,,",
    )
    assert done.entries == Tally(created=1)
    assert [(problem.line, problem.column) for problem in done.problems] == [
        (3, "kind"), (4, "from"), (5, "until"), (6, "urn"), (7, "name"),
    ]  # fmt: skip


async def test_a_file_without_the_needed_headings_loads_nothing(database: Database, tmp_path: Path) -> None:
    path = lookalikes.write_text(tmp_path, "kind,name\nterm,Autumn term\n", name="calendar.csv")
    with pytest.raises(ColumnsMissing, match="from"):
        async with open_register(database) as register:
            await import_calendar(register, path, trust=TRUST)
