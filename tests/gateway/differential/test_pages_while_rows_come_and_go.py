"""Walks through a list that changes between two pages: nothing is skipped, and nothing comes twice."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from footbridge.engagement.service import add_activity, record_session, remove_session
from footbridge.gateway.fields.scalars import Prefix
from footbridge.runtime.database import Database
from footbridge.runtime.pages import LARGEST_PAGE
from footbridge.tenancy.caller import Caller
from footbridge.tenancy.session import open_school
from tests.gateway.differential.conftest import Stage
from tests.gateway.differential.connections import Connection, Reader
from tests.gateway.differential.relay_algorithm import Asked
from tests.publication.sharing import school_of

FEW = settings(
    max_examples=20, derandomize=True, database=None, deadline=None, suppress_health_check=list(HealthCheck)
)  # fmt: skip
FIRST_DAY = date(2025, 1, 6)
days = st.integers(0, 2)
changes = st.lists(st.tuples(st.booleans(), st.integers(0, 20)), max_size=8)
"""One comes, on one of the days; or one of those that are there goes."""


@dataclass
class Programme:
    """Sessions of one activity; several are of one day, and stand beside each other by their id only."""

    database: Database
    head: Caller
    activity_id: UUID
    there: list[str] = field(default_factory=list)
    gone: set[str] = field(default_factory=set)

    @classmethod
    async def begin(cls, database: Database, head: Caller, held: Sequence[int]) -> "Programme":
        async with open_school(database, head, school_id=school_of(head)) as school:
            activity = await add_activity(school, title="Walked through", category="arts and culture")
        programme = cls(database, head, activity.id)
        for day in held:
            await programme.hold(day)
        return programme

    @property
    def sessions(self) -> Connection:
        return Connection((f'activity(id: "{Prefix.ACTIVITY.id_of(self.activity_id)}")',), "sessions")

    async def change(self, comes: bool, number: int) -> None:
        if comes or not self.there:
            await self.hold(number % 3)
        else:
            await self.take_back(number % len(self.there))

    async def hold(self, day: int) -> None:
        async with open_school(self.database, self.head, school_id=school_of(self.head)) as school:
            held = await record_session(
                school, self.activity_id, held_on=FIRST_DAY + timedelta(days=day), kind="workshop", hours=Decimal(1),
                led_by="school", designed_by="school", space="ours",
            )  # fmt: skip
        self.there.append(Prefix.SESSION.id_of(held.id))

    async def take_back(self, place: int) -> None:
        """Also the very one that the reader's cursor is of."""
        identifier = self.there.pop(place)
        self.gone.add(identifier)
        async with open_school(self.database, self.head, school_id=school_of(self.head)) as school:
            await remove_session(school, Prefix.SESSION.parse(identifier))


@pytest.mark.parametrize("compiled", [True, False], ids=["compiled", "ordinary"])
@pytest.mark.parametrize("backward", [False, True], ids=["forward", "backward"])
def test_a_walk_skips_and_repeats_nothing(stage: Stage, backward: bool, compiled: bool) -> None:
    head = stage.population.trust.heads[-1]
    reader = stage.reader_of_school(head, compiled=compiled)

    @FEW
    @given(held=st.lists(days, min_size=1, max_size=9), size=st.integers(1, 4), coming=changes)
    def nothing_is_lost(held: list[int], size: int, coming: list[tuple[bool, int]]) -> None:
        stage.runner.run(check_walk(stage.database, reader, held, size, list(coming), backward))

    nothing_is_lost()


async def check_walk(
    database: Database, reader: Reader, held: Sequence[int], size: int, coming: list[tuple[bool, int]], backward: bool
) -> None:
    programme = await Programme.begin(database, reader.caller, held)
    from_the_beginning = list(programme.there)
    seen = await walk(programme, reader, size, coming, backward)
    assert len(set(seen)) == len(seen)
    assert set(from_the_beginning) - programme.gone <= set(seen)
    whole = await reader.page(programme.sessions, Asked(first=LARGEST_PAGE))
    still_there = [node["id"] for node in whole.nodes]
    assert set(still_there) == set(programme.there)
    assert [each for each in seen if each in still_there] == [each for each in still_there if each in seen]


async def walk(
    programme: Programme, reader: Reader, size: int, coming: list[tuple[bool, int]], backward: bool
) -> list[str]:
    """The ids in the order of the list; after each page something changes."""
    seen: list[str] = []
    asked = Asked(last=size) if backward else Asked(first=size)
    while True:
        page = await reader.page(programme.sessions, asked)
        found = [node["id"] for node in page.nodes]
        seen = [*found, *seen] if backward else [*seen, *found]
        if not page.page_info["hasPreviousPage" if backward else "hasNextPage"]:
            return seen
        start, end = page.page_info["startCursor"], page.page_info["endCursor"]
        asked = Asked(last=size, before=start) if backward else Asked(first=size, after=end)
        if coming:
            await programme.change(*coming.pop())
