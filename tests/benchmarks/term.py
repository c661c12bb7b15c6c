"""The term that one school publishes again and again: what stood there is set aside for it, and put back after it."""

from dataclasses import replace
from typing import TYPE_CHECKING

from footbridge.tenancy.permission import PostRole, permissions_of_role

from . import catalogue
from .data_set import PERIODS
from .tenants import all_schools, id_of, person_of

if TYPE_CHECKING:
    from psycopg import Connection

SCHOOL = all_schools()[7]
"""One of the forty: all of its siblings have published this term, and have their standing written anew."""
PERIOD = PERIODS[0]
ASIDE = f"{PERIOD}, set aside"
HEAD = replace(
    person_of(SCHOOL.trust, SCHOOL), role=PostRole.HEAD.value, permissions=permissions_of_role(PostRole.HEAD)
)  # fmt: skip

_OF_SCHOOL, _OF_TRUST = f"school_id = '{SCHOOL.id}'", f"trust_id = '{SCHOOL.trust.id}'"
_OF_TERM = (
    ("published.ledger", _OF_SCHOOL),
    ("published.value", _OF_SCHOOL),
    ("published.release", _OF_SCHOOL),
    ("published.sibling_view", _OF_TRUST),
    ("published.total", _OF_TRUST),
)
"""Children before parents."""
_OF_RECORD = ("release.release_cell", "release.release", "school.observation")


def set_aside(connection: "Connection[tuple[object, ...]]") -> None:
    """The term is as before it was first shared, and each measure that is not counted from the record has a figure."""
    with connection.transaction():
        for table, whose in _OF_TERM:
            connection.execute(f"update {table} set period = '{ASIDE}' where {whose} and period = '{PERIOD}'")
        recorded = [measure for measure in catalogue.compared() if measure.may_be_recorded]
        with connection.cursor() as cursor:
            cursor.executemany(
                "insert into school.observation (school_id, id, measure_id, period, numerator, denominator, pupils, source)"
                " values (%s, %s, %s, %s, %s, 400, 400, 'Benchmark')",
                [(SCHOOL.id, id_of(97, n), each.id, PERIOD, 300 + n) for n, each in enumerate(recorded)],
            )


def count_published(connection: "Connection[tuple[object, ...]]") -> int:
    found = connection.execute(f"select 1 from published.value where {_OF_SCHOOL} and period = '{PERIOD}'")
    return len(found.fetchall())


def put_back(connection: "Connection[tuple[object, ...]]") -> None:
    """Also what a killed run has left set aside; safe to run any number of times."""
    with connection.transaction():
        if connection.execute(f"select 1 from published.total where {_OF_TRUST} and period = '{ASIDE}'").fetchone():
            for table, whose in _OF_TERM:
                connection.execute(f"delete from {table} where {whose} and period = '{PERIOD}'")
            for table, whose in reversed(_OF_TERM):
                connection.execute(f"update {table} set period = '{PERIOD}' where {whose} and period = '{ASIDE}'")
        for table in _OF_RECORD:
            connection.execute(f"delete from {table} where {_OF_SCHOOL}")
