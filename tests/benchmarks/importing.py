"""How long the import of a hundred thousand published figures takes, beside a superuser's COPY of the same rows."""

import asyncio
import random
import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from footbridge.exchange.fact_import import import_facts
from footbridge.exchange.indicators import INDICATORS
from footbridge.runtime.database import Database
from footbridge.runtime.memory import made_to_stay
from footbridge.tenancy.session import open_register

from .data_set import SEED
from .database import Built
from .load import AnsweredWrong
from .screen import say
from .tenants import all_schools

if TYPE_CHECKING:
    from psycopg import Connection

YEARS = tuple(f"{year}-{(year + 1) % 100}" for year in range(2010, 2017))
"""Of which the data set has nothing: a file of each."""
OWN = f"from register.public_fact where academic_year between '{YEARS[0]}' and '{YEARS[-1]}'"
HEADINGS = (
    "URN", "NOR", "NUMFSM", "PNUMFSMEVER", "NUMFSMEVER", "PNUMEAL", "NUMEAL", "PSENELSE", "TSENELSE", "PSENELK",
    "TSENELK", "PERCTOT", "PPERSABS10", "PTRWM_EXP", "ATT8SCR", "P8MEA", "PTL2BASICS_95", "PTEBACC_E_PTQ_EE", "EBACCAPS",
)  # fmt: skip
SMALL = {"P8MEA": 20, "EBACCAPS": 80}
"""Tenths that a figure may have, where it is not a percentage."""
SUPPRESSED = 0.03


def import_beside_copy(built: Built, *, rounds: int) -> float:
    """The time of the COPY as a share of the import's, the median of the rounds: 1 is as fast.

    Raises AnsweredWrong unless each figure of the files has become a fact.
    """
    say(f"Importing {len(YEARS) * len(all_schools()) * len(INDICATORS):,} figures …")
    with tempfile.TemporaryDirectory() as folder, built.connect() as connection:
        files = {year: _written(Path(folder) / f"{year}.csv", year) for year in YEARS}
        try:
            return statistics.median([_round(built, connection, files) for _ in range(rounds)])
        finally:
            _clear(connection)


def _round(built: Built, connection: "Connection[tuple[object, ...]]", files: dict[str, Path]) -> float:
    _clear(connection)
    begun = time.perf_counter()
    with made_to_stay():  # as a command does
        asyncio.run(_imported(built, files))
    imported = time.perf_counter() - begun
    with connection.cursor().copy(f"copy (select * {OWN}) to stdout") as out:
        rows = b"".join(map(bytes, out))
    _clear(connection)
    begun = time.perf_counter()
    with connection.cursor().copy("copy register.public_fact from stdin") as copy:
        copy.write(rows)
    return (time.perf_counter() - begun) / imported


async def _imported(built: Built, files: dict[str, Path]) -> None:
    database = Database(built.addresses)
    for year, file in files.items():
        async with open_register(database) as register:
            done = await import_facts(register, file, year=year, source="Benchmark")
        if done.problems or done.facts.created != len(all_schools()) * len(INDICATORS):
            raise AnsweredWrong(f"of {file.name} was taken: {done.facts}, and not: {done.problems[:3]}")
    await database.close()


def _clear(connection: "Connection[tuple[object, ...]]") -> None:
    connection.execute(f"delete {OWN}")
    connection.execute("vacuum (analyze) register.public_fact")


def _written(file: Path, year: str) -> Path:
    drawn = random.Random(f"{SEED} {year}")
    rows = (",".join([school.urn, *_cells(drawn)]) for school in all_schools())
    file.write_text("\n".join([",".join(HEADINGS), *rows]) + "\n", encoding="utf-8")
    return file


def _cells(drawn: random.Random) -> Iterator[str]:
    """The roll, counts of pupils among it, percentages and scores; some are suppressed."""
    roll = drawn.randint(180, 1_200)
    yield str(roll)
    for heading in HEADINGS[2:]:
        if heading.startswith(("NUM", "TSEN")):
            yield str(drawn.randint(0, roll))
        elif drawn.random() < SUPPRESSED:
            yield "SUPP"
        else:
            yield str(drawn.randint(0, SMALL.get(heading, 600)) / 10)
