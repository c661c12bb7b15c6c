"""A school records its partnerships: what works, what is refused, and that refused means unchanged."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from footbridge.partnerships import tables
from footbridge.partnerships.records import (
    Elements,
    NewOutcome,
    Partnership,
    PartnershipAlreadyEnded,
    Side,
    Status,
    StatusNotReachable,
    Venue,
    YouthVoiceRecord,
)
from footbridge.partnerships.repository import PartnershipRepository
from footbridge.partnerships.service import add_elements, add_organisation, add_partnership, change_status
from footbridge.runtime.database import Database
from footbridge.runtime.errors import FootbridgeError, InvalidInput, NotFound, NotPermitted
from footbridge.runtime.ids import new_id
from footbridge.tenancy.caller import Caller
from footbridge.tenancy.permission import PostRole, permissions_of_role
from footbridge.tenancy.session import SchoolSession, open_school
from tests.foundation.larger_trust import build_trust

SINCE = date(2024, 9, 9)
SAID = Elements(
    outcomes=(NewOutcome("More readers", "loans", date(2025, 7, 1)),),
    roles=((Side.SCHOOL, "Brings pupils"), (Side.PARTNER, "Lends books")),
    benefits=((Side.SCHOOL, "Books"), (Side.PARTNER, "Readers")),
    venue=Venue("Reading room", "theirs", "quiet"),
    youth_voice=YouthVoiceRecord("a room", "cards", "the head", "shelves"),
)

TABLES = (
    tables.organisation, tables.partnership, tables.status_change, tables.agreed_outcome, tables.role_declaration,
    tables.mutual_benefit,
)  # fmt: skip


@asynccontextmanager
async def at(database: Database, caller: Caller) -> AsyncIterator[SchoolSession]:
    assert caller.school_id is not None
    async with open_school(database, caller, school_id=caller.school_id) as school:
        yield school


@pytest.fixture(scope="module")
async def all_heads(shared_database: Database) -> Iterator[Caller]:
    return iter((await build_trust(shared_database, 200)).heads)


@pytest.fixture
def heads(all_heads: Iterator[Caller]) -> tuple[Caller, Caller]:
    """Of two siblings that no other test has touched."""
    return next(all_heads), next(all_heads)


async def agree(
    database: Database, caller: Caller, status: Status = Status.ACTIVE, elements: Elements | None = None
) -> Partnership:
    async with at(database, caller) as school:
        organisation = await add_organisation(school, name="Library", kind="charity")
        return await add_partnership(
            school, organisation_id=organisation.id, title=" Reading ", need_school="Readers", status=status,
            starts_on=SINCE, ended_on=date(2025, 2, 3) if status is Status.ENDED else None, elements=elements,
        )  # fmt: skip


async def record_of(database: Database, caller: Caller) -> list[Any]:
    """Everything the school has about its partnerships: all that row-level security shows it."""
    async with at(database, caller) as school:
        return [row for table in TABLES for row in await school.transaction.all(select(table).order_by(table.c.id))]


async def said_of(database: Database, caller: Caller, partnership: Partnership, *columns: Any) -> list[Any]:
    """What the school has written down of one of the partnership's elements, sorted."""
    async with at(database, caller) as school:
        query = select(*columns).where(columns[0].table.c.partnership_id == partnership.id)
        return sorted(map(tuple, await school.transaction.all(query)))


def venue_of(partnership: Partnership) -> Venue:
    assert partnership.venue_name
    assert partnership.venue_space
    return Venue(partnership.venue_name, partnership.venue_space, partnership.venue_reason)


def voice_of(partnership: Partnership) -> YouthVoiceRecord:
    parts = vars(partnership)
    return YouthVoiceRecord(*(parts[f"voice_{name}"] for name in ("space", "voice", "audience", "influence")))


async def test_a_partnership_is_recorded_with_what_was_said(
    shared_database: Database, heads: tuple[Caller, Caller]
) -> None:
    added = await agree(shared_database, heads[0], elements=SAID)
    assert (added.title, added.sort_name, added.status, added.starts_on) == ("Reading", "reading", "active", SINCE)
    assert (venue_of(added), voice_of(added)) == (SAID.venue, SAID.youth_voice)
    async with at(shared_database, heads[0]) as school:
        assert await PartnershipRepository(school).get(added.id) == added
    outcome, role, benefit = tables.agreed_outcome.c, tables.role_declaration.c, tables.mutual_benefit.c
    assert await said_of(shared_database, heads[0], added, outcome.description, outcome.indicator, outcome.due_on) == [
        ("More readers", "loans", date(2025, 7, 1))
    ]
    assert await said_of(shared_database, heads[0], added, role.side, role.responsibility) == [
        ("partner", "Lends books"), ("school", "Brings pupils"),
    ]  # fmt: skip
    assert await said_of(shared_database, heads[0], added, benefit.side, benefit.benefit) == [
        ("partner", "Readers"), ("school", "Books"),
    ]  # fmt: skip


async def test_an_organisation_of_the_same_name_is_there_once(
    shared_database: Database, heads: tuple[Caller, Caller]
) -> None:
    async def add(name: str) -> UUID:
        async with at(shared_database, heads[0]) as school:
            return (await add_organisation(school, name=name, kind="charity")).id

    found = await asyncio.gather(*(add(name) for name in ("Library", " LIBRARY ", "library", "Library")))
    assert len(set(found)) == 1
    async with at(shared_database, heads[1]) as sibling:
        assert (await add_organisation(sibling, name="Library", kind="company")).id not in found


async def test_an_identifier_is_added_to_an_organisation_without_one_and_never_replaced(
    shared_database: Database, heads: tuple[Caller, Caller]
) -> None:
    async def add(identifier: str | None) -> tuple[UUID, str | None]:
        async with at(shared_database, heads[0]) as school:
            added = await add_organisation(school, name="Library", kind="charity", identifier=identifier)
            return added.id, (await PartnershipRepository(school).get_organisation(added.id)).identifier

    identifier, none = await add(None)
    assert none is None
    assert await add("GB-CHC-1") == (identifier, "GB-CHC-1")
    assert await add(None) == await add("GB-CHC-1") == (identifier, "GB-CHC-1")
    with pytest.raises(InvalidInput, match="“Library” is known here as GB-CHC-1"):
        await add("GB-CHC-2")


async def test_what_is_said_later_is_added_and_nothing_said_before_is_lost(
    shared_database: Database, heads: tuple[Caller, Caller]
) -> None:
    added = await agree(shared_database, heads[0], elements=SAID)
    more = Elements(
        roles=((Side.PARTNER, " Repairs books "),), youth_voice=YouthVoiceRecord("", " ", "the governors", "")
    )
    async with at(shared_database, heads[0]) as school:
        changed = await add_elements(school, added.id, more)
    roles = await said_of(shared_database, heads[0], added, tables.role_declaration.c.responsibility)
    assert voice_of(changed) == YouthVoiceRecord("a room", "cards", "the governors", "shelves")
    assert venue_of(changed) == SAID.venue
    assert roles == [("Brings pupils",), ("Lends books",), ("Repairs books",)]


@pytest.mark.parametrize(
    "empty",
    [
        Elements(outcomes=(NewOutcome(" ", "loans", date(2025, 7, 1)),)),
        Elements(outcomes=(NewOutcome("More readers", "", date(2025, 7, 1)),)),
        Elements(roles=((Side.PARTNER, "\t"),)),
        Elements(benefits=((Side.SCHOOL, "Books"), (Side.PARTNER, ""))),
        Elements(venue=Venue(" ", "ours", None)),
    ],
)
async def test_an_element_that_says_nothing_is_refused(
    shared_database: Database, heads: tuple[Caller, Caller], empty: Elements
) -> None:
    added = await agree(shared_database, heads[0])
    before = await record_of(shared_database, heads[0])
    with pytest.raises(InvalidInput, match="is empty"):
        async with at(shared_database, heads[0]) as school:
            await add_elements(school, added.id, empty)
    with pytest.raises(InvalidInput, match="is empty"):
        await agree(shared_database, heads[0], elements=empty)
    assert await record_of(shared_database, heads[0]) == before


REACHED = {
    Status.PROPOSED: {Status.AGREED, Status.ACTIVE, Status.ENDED},
    Status.AGREED: {Status.ACTIVE, Status.ENDED},
    Status.ACTIVE: {Status.PAUSED, Status.ENDED},
    Status.PAUSED: {Status.ACTIVE, Status.ENDED},
    Status.ENDED: set[Status](),
}


@pytest.mark.parametrize("wanted", Status)
@pytest.mark.parametrize("status", Status)
async def test_a_partnership_goes_from_proposed_to_ended_and_never_back(
    shared_database: Database, heads: tuple[Caller, Caller], status: Status, wanted: Status
) -> None:
    added = await agree(shared_database, heads[0], status)
    before, on = await record_of(shared_database, heads[0]), date(2025, 3, 3)
    if wanted in REACHED[status]:
        async with at(shared_database, heads[0]) as school:
            changed = await change_status(school, added.id, wanted, on=on)
        assert (changed.status, changed.ended_on) == (wanted.value, on if wanted is Status.ENDED else None)
        async with at(shared_database, heads[0]) as school:
            assert await PartnershipRepository(school).get(added.id) == changed
        assert await record_of(shared_database, heads[0]) != before
        return
    with pytest.raises(PartnershipAlreadyEnded if status is Status.ENDED else StatusNotReachable):
        async with at(shared_database, heads[0]) as school:
            await change_status(school, added.id, wanted, on=on)
    assert await record_of(shared_database, heads[0]) == before


async def test_one_that_never_began_can_be_given_up_before_the_day_it_was_planned_for(
    shared_database: Database, heads: tuple[Caller, Caller]
) -> None:
    planned, given_up = await agree(shared_database, heads[0], Status.AGREED), date(2024, 7, 1)
    async with at(shared_database, heads[0]) as school:
        changed = await change_status(school, planned.id, Status.ENDED, on=given_up)
    assert (changed.starts_on, changed.ended_on) == (given_up, given_up)


async def test_one_that_has_ended_says_when(shared_database: Database, heads: tuple[Caller, Caller]) -> None:
    added = await agree(shared_database, heads[0], Status.ENDED)
    with pytest.raises(PartnershipAlreadyEnded, match="The partnership ended on 03 February 2025"):
        async with at(shared_database, heads[0]) as school:
            await change_status(school, added.id, Status.ACTIVE, on=date(2025, 3, 3))


async def test_a_change_is_not_dated_before_the_one_that_is_known(
    shared_database: Database, heads: tuple[Caller, Caller]
) -> None:
    added = await agree(shared_database, heads[0])
    async with at(shared_database, heads[0]) as school:
        await change_status(school, added.id, Status.PAUSED, on=date(2025, 3, 3))
    before = await record_of(shared_database, heads[0])
    for status, on in ((Status.ENDED, date(2024, 9, 1)), (Status.ACTIVE, date(2025, 3, 2)), (Status.ENDED, SINCE)):
        with pytest.raises(InvalidInput):
            async with at(shared_database, heads[0]) as school:
                await change_status(school, added.id, status, on=on)
    assert await record_of(shared_database, heads[0]) == before


@pytest.mark.parametrize(
    ("status", "starts_on", "ended_on"),
    [
        (Status.ENDED, SINCE, None),
        (Status.ACTIVE, SINCE, date(2025, 1, 1)),
        (Status.ENDED, None, date(2025, 1, 1)),
        (Status.ENDED, date(2025, 1, 2), date(2025, 1, 1)),
    ],
)
async def test_days_that_contradict_the_status_are_refused(
    shared_database: Database,
    heads: tuple[Caller, Caller],
    status: Status,
    starts_on: date | None,
    ended_on: date | None,
) -> None:
    async with at(shared_database, heads[0]) as school:
        organisation = await add_organisation(school, name="Library", kind="charity")
    before = await record_of(shared_database, heads[0])
    async with at(shared_database, heads[0]) as school:
        with pytest.raises(InvalidInput):
            await add_partnership(
                school, organisation_id=organisation.id, title="Reading", need_school="Readers", status=status,
                starts_on=starts_on, ended_on=ended_on,
            )  # fmt: skip
    assert await record_of(shared_database, heads[0]) == before


async def acts_on(school: SchoolSession, partnership: Partnership) -> list[type[FootbridgeError] | None]:
    """How each act on that partnership is answered."""
    acts: tuple[Callable[[], Awaitable[Partnership]], ...] = (
        lambda: add_elements(school, partnership.id, SAID),
        lambda: change_status(school, partnership.id, Status.PAUSED, on=date(2025, 3, 3)),
        lambda: add_partnership(
            school, organisation_id=partnership.organisation_id, title="Mine", need_school="Readers"
        ),
    )
    answers: list[type[FootbridgeError] | None] = []
    for act in acts:
        try:
            await act()
            answers.append(None)
        except FootbridgeError as refused:
            answers.append(type(refused))
    return answers


async def test_another_school_finds_nothing_and_changes_nothing(
    shared_database: Database, heads: tuple[Caller, Caller]
) -> None:
    own = await agree(shared_database, heads[0], elements=SAID)
    missing = replace(own, id=new_id(), organisation_id=new_id())
    before = await record_of(shared_database, heads[0])
    async with at(shared_database, heads[1]) as sibling:
        assert await acts_on(sibling, own) == await acts_on(sibling, missing) == [NotFound] * 3
        rows = PartnershipRepository(sibling)
        with pytest.raises(NotFound, match="partnership"):
            await rows.get(own.id)
        with pytest.raises(NotFound, match="organisation"):
            await rows.get_organisation(own.organisation_id)
        assert await rows.count_elements(own.id) == (0, 0, 0)
        assert await rows.find_last_day_told(own.id) is None
    assert await record_of(shared_database, heads[1]) == []
    assert await record_of(shared_database, heads[0]) == before


async def test_a_governor_changes_nothing(shared_database: Database, heads: tuple[Caller, Caller]) -> None:
    own = await agree(shared_database, heads[0])
    before, role = await record_of(shared_database, heads[0]), PostRole.GOVERNOR
    governor = replace(heads[0], role=role.value, permissions=permissions_of_role(role))
    async with at(shared_database, governor) as school:
        assert await acts_on(school, own) == [NotPermitted] * 3
        with pytest.raises(NotPermitted):
            await add_organisation(school, name="Museum", kind="charity")
    assert await record_of(shared_database, heads[0]) == before
