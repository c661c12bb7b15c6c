"""A trust compares on what its heads have shared: whose rows there are, what they show, and what they never tell."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import insert, select, update

from footbridge.engagement.records import NewCount
from footbridge.engagement.service import add_activity, record_session
from footbridge.measures.observation import NewObservation, record_observations
from footbridge.partnerships.records import Status
from footbridge.partnerships.service import add_organisation, add_partnership
from footbridge.publication.publisher import complete_release
from footbridge.publication.records import ReleaseState
from footbridge.publication.tables import published_release
from footbridge.runtime.clock import today
from footbridge.runtime.database import Database
from footbridge.runtime.ids import new_id
from footbridge.tenancy import tables
from footbridge.tenancy.caller import Caller
from footbridge.tenancy.period import Period
from footbridge.tenancy.permission import PostRole, permissions_of_role
from footbridge.tenancy.session import open_register, open_school, open_trust
from tests.foundation.larger_trust import Trust, build_trust
from tests.foundation.told import refused, told
from tests.publication.sharing import (
    MEASURE,
    comparison,
    prepare,
    record,
    school_of,
    share,
    sign,
    standing,
    version_of,
    withdraw,
)

YEAR = Period(2024)
NEXT = Period(2099)
NO_TOTAL = {"numerator": None, "denominator": None, "rate": None}


async def shared(database: Database, trust: Trust, figures: Sequence[tuple[int, int]]) -> None:
    for head, (numerator, denominator) in zip(trust.heads, figures, strict=False):
        await share(database, head, numerator, denominator, YEAR)


async def leave(database: Database, trust: Trust, head: Caller) -> None:
    link = tables.membership
    async with open_register(database) as register:
        ended = update(link).where(link.c.trust_id == trust.id, link.c.school_id == school_of(head))
        await register.transaction.run(ended.values(until_on=today()))


async def join(database: Database, trust: Trust, school_id: UUID, from_on: date) -> None:
    member = {"trust_id": trust.id, "id": new_id(), "school_id": school_id, "from_on": from_on}
    async with open_register(database) as register:
        await register.transaction.run(insert(tables.membership).values(member))


async def add_school(database: Database, urn: str) -> UUID:
    school_id = new_id()
    row = {"id": school_id, "urn": urn, "name": f"School {urn}", "sort_name": f"school {urn}", "phase": "primary"}
    async with open_register(database) as register:
        await register.transaction.run(insert(tables.school).values(row))
    return school_id


def states(seen: Any) -> list[str]:
    return [cell["state"] for cell in seen["cells"]]


async def test_a_school_that_has_left_keeps_the_row_it_shared(fresh_database: Database) -> None:
    trust = await build_trust(fresh_database, 5)
    await shared(fresh_database, trust, [(20, 100), (30, 100), (40, 100)])
    before = await comparison(fresh_database, trust.executive, YEAR)
    for head in (trust.heads[0], trust.heads[4]):
        await leave(fresh_database, trust, head)
    after = await comparison(fresh_database, trust.executive, YEAR)
    assert after["cells"] == before["cells"][:4], "one that had shared stays, one that had not goes"
    assert (before["coverage"], after["coverage"]) == ("3 of 5 published, 3 shown", "3 of 4 published, 3 shown")
    assert after["total"] == before["total"]
    earlier = await comparison(fresh_database, trust.executive, Period(2023))
    assert [cell["urn"] for cell in earlier["cells"]] == list(trust.urns[1:4])


async def test_a_school_that_joined_later_appears_from_that_day(fresh_database: Database) -> None:
    trust = await build_trust(fresh_database, 1)
    joined, still_to_come = [await add_school(fresh_database, urn) for urn in ("990001", "990002")]
    await join(fresh_database, trust, joined, today())
    await join(fresh_database, trust, still_to_come, today() + timedelta(days=2))
    seen = await comparison(fresh_database, trust.executive, YEAR)
    assert [cell["urn"] for cell in seen["cells"]] == [trust.urns[0], "990001"]


async def test_a_group_has_its_own_rows_coverage_and_total(fresh_database: Database) -> None:
    trust = await build_trust(fresh_database, 5)
    await shared(fresh_database, trust, [(20, 100), (30, 100), (40, 100), (50, 100)])
    hub = {"id": new_id(), "trust_id": trust.id}
    async with open_register(fresh_database) as register:
        run = register.transaction.run
        await run(insert(tables.trust_group).values(name="North", sort_name="north", kind="hub", **hub))
        for head, until_on in zip(trust.heads[:4], (None, None, None, today()), strict=True):
            link = {"trust_id": trust.id, "id": new_id(), "group_id": hub["id"], "school_id": school_of(head)}
            added = insert(tables.trust_group_membership).values(from_on=date(2022, 9, 1), until_on=until_on, **link)
            await run(added)
    whole = await comparison(fresh_database, trust.executive, YEAR)
    north = await comparison(fresh_database, trust.executive, YEAR, group_id=hub["id"])
    nobody = await comparison(fresh_database, trust.executive, YEAR, group_id=new_id())
    assert north["cells"] == whole["cells"][:3]
    assert north["coverage"] == "3 of 3 published, 3 shown"
    assert north["total"] == {"numerator": "90", "denominator": "300", "rate": "30.0"}
    assert (whole["coverage"], whole["total"]["numerator"]) == ("4 of 5 published, 4 shown", "140")
    assert (nobody["cells"], nobody["coverage"], nobody["total"]["rate"]) == ([], "0 of 0 published, 0 shown", None)


async def test_symbols_stand_without_a_number_and_count_as_published(fresh_database: Database) -> None:
    trust = await build_trust(fresh_database, 6)
    async with open_register(fresh_database) as register:
        nursery = update(tables.school).where(tables.school.c.id == trust.heads[0].school_id)
        await register.transaction.run(nursery.values(phase="nursery"))
    await shared(fresh_database, trust, [(20, 100), (3, 100), (98, 100), (2, 9), (40, 100)])
    release, digest = await prepare(fresh_database, trust.heads[5], YEAR, note="No register yet")
    await sign(fresh_database, trust.heads[5], release, digest)
    assert await complete_release(fresh_database, trust.heads[5], release.id) is ReleaseState.PUBLISHED
    seen = await comparison(fresh_database, trust.executive, YEAR)
    assert states(seen) == ["z", "c", "c", "c", "shown", "x"]
    for cell in seen["cells"]:
        numbers = {cell[name] for name in ("numerator", "denominator", "rate", "intervalLow", "intervalHigh")}
        assert (numbers == {None}) == (cell["state"] != "shown")
    assert seen["cells"][5]["contextNote"] == "No register yet"
    assert seen["coverage"] == "6 of 6 published, 1 shown"
    assert seen["total"] == NO_TOTAL


@pytest.mark.parametrize("shown", [2, 3])
async def test_a_total_needs_three_shown_cells(fresh_database: Database, shown: int) -> None:
    trust = await build_trust(fresh_database, 4)
    await shared(fresh_database, trust, [(30, 100)] * shown + [(2, 100)])
    seen = await comparison(fresh_database, trust.executive, YEAR)
    wanted = {"numerator": "90", "denominator": "300", "rate": "30.0"} if shown == 3 else NO_TOTAL
    assert seen["total"] == wanted


async def test_what_is_not_there_says_why_in_words(fresh_database: Database) -> None:
    trust = await build_trust(fresh_database, 2)
    release = await share(fresh_database, trust.heads[0], 30, 100, YEAR)
    assert states(await comparison(fresh_database, trust.executive, YEAR)) == ["shown", "not shared yet"]
    await withdraw(fresh_database, trust.heads[0], release)
    assert states(await comparison(fresh_database, trust.executive, YEAR)) == ["withdrawn", "not shared yet"]
    assert states(await comparison(fresh_database, trust.executive, NEXT)) == ["not due yet"] * 2
    running = Period.year_of(today())
    assert states(await comparison(fresh_database, trust.executive, running)) == ["not due yet"] * 2


async def test_partnerships_are_for_each_hundred_pupils_without_an_interval(fresh_database: Database) -> None:
    trust = await build_trust(fresh_database, 3, roll=160)
    for count, head in enumerate(trust.heads, start=1):
        async with open_school(fresh_database, head, school_id=school_of(head)) as school:
            organisation = await add_organisation(school, name="Library", kind="charity")
            for number in range(count):
                await add_partnership(
                    school, organisation_id=organisation.id, title=f"Reading {number}", need_school="Readers",
                    status=Status.ACTIVE, starts_on=date(2024, 9, 9),
                )  # fmt: skip
        release, digest = await prepare(fresh_database, head, YEAR, measures=["active-partnerships"])
        await sign(fresh_database, head, release, digest)
        await complete_release(fresh_database, head, release.id)
    seen = await comparison(fresh_database, trust.executive, YEAR, "active-partnerships")
    assert [cell["rate"] for cell in seen["cells"]] == ["0.6", "1.3", "1.9"]
    assert [(cell["intervalLow"], cell["intervalHigh"]) for cell in seen["cells"]] == [(None, None)] * 3
    assert seen["total"] == {"numerator": "6", "denominator": "480", "rate": "1.3"}
    asked = {"measureId": "active-partnerships", "period": YEAR.terms[0].code}
    code, message = await refused(fresh_database, trust.executive, "Comparison", **asked)
    assert (code, "compare 2024-25" in message) == ("INVALID_INPUT", True)


async def all_told(database: Database, trust: Trust) -> str:
    """All that the trust and every other school are told, to the last character."""
    answers: list[object] = [await version_of(database, trust.executive)]
    for measure_id in (MEASURE, "contact-hours", "active-partnerships"):
        answers.append(await comparison(database, trust.executive, YEAR, measure_id))
    for urn in trust.urns:
        answers.append(await told(database, trust.executive, "SchoolReleases", urn=urn))
    for head in trust.heads[:-1]:
        answers.append(await standing(database, head, YEAR))
    return repr(answers)


async def test_nothing_of_an_unpublished_school_can_be_told_from_any_answer(fresh_database: Database) -> None:
    trust = await build_trust(fresh_database, 7)
    await shared(fresh_database, trust, [(20 + number, 100) for number in range(6)])
    quiet, before = trust.heads[6], await all_told(fresh_database, trust)
    await record(fresh_database, quiet, 90, 100, YEAR)
    assert await all_told(fresh_database, trust) == before
    async with open_school(fresh_database, quiet, school_id=school_of(quiet)) as school:
        club = await add_activity(school, title="Club", category="arts and culture")
        await record_session(
            school, club.id, held_on=date(2024, 10, 1), kind="workshop", hours=Decimal(2), led_by="pupils",
            designed_by="pupils", space="ours", counts=[NewCount("pupils", 40)],
        )  # fmt: skip
        organisation = await add_organisation(school, name="Library", kind="charity")
        await add_partnership(
            school, organisation_id=organisation.id, title="Reading", need_school="Readers", status=Status.ACTIVE,
            starts_on=date(2024, 9, 9),
        )  # fmt: skip
        await record_observations(school, [NewObservation(MEASURE, YEAR.code, 1, 200, "register")])
    assert await all_told(fresh_database, trust) == before
    release, digest = await prepare(fresh_database, quiet, YEAR)
    assert await all_told(fresh_database, trust) == before
    await sign(fresh_database, quiet, release, digest)
    assert await all_told(fresh_database, trust) == before, "signed is not yet out"
    await complete_release(fresh_database, quiet, release.id)
    assert await all_told(fresh_database, trust) != before


async def test_what_stands_behind_a_symbol_cannot_be_told_from_any_answer(fresh_database: Database) -> None:
    """The only thing that differs between the two shares is the time of sharing."""
    trust = await build_trust(fresh_database, 7)
    await shared(fresh_database, trust, [(20 + number, 100) for number in range(6)])
    seen = []
    for numerator in (1, 4):
        release = await share(fresh_database, trust.heads[6], numerator, 100, YEAR)
        found = await comparison(fresh_database, trust.executive, YEAR)
        found["cells"] = [cell | {"sharedAt": None} for cell in found["cells"]]
        seen.append((found, [await standing(fresh_database, head, YEAR) for head in trust.heads]))
        await withdraw(fresh_database, trust.heads[6], release)
    assert repr(seen[0]) == repr(seen[1])


async def test_another_trust_sees_its_own_schools_only(fresh_database: Database) -> None:
    trust = await build_trust(fresh_database, 3)
    await shared(fresh_database, trust, [(20, 100), (30, 100), (40, 100)])
    other_id = new_id()
    async with open_register(fresh_database) as register:
        row = {"id": other_id, "uid": "x-other", "name": "Other", "sort_name": "other"}
        await register.transaction.run(insert(tables.trust).values(row))
    stranger = replace(trust.executive, trust_id=other_id)
    seen = await comparison(fresh_database, stranger, YEAR)
    assert (seen["cells"], await version_of(fresh_database, stranger), seen["total"]) == ([], None, NO_TOTAL)
    assert [await told(fresh_database, stranger, "SchoolReleases", urn=urn) for urn in trust.urns] == [None] * 3
    async with open_trust(fresh_database, stranger, trust_id=other_id) as session:
        assert await session.transaction.all(select(published_release.c.id)) == []
    with pytest.raises(PermissionError):
        async with open_trust(fresh_database, stranger, trust_id=trust.id):
            raise AssertionError("it opened")


async def test_an_administrator_does_not_compare(fresh_database: Database) -> None:
    trust, role = await build_trust(fresh_database, 1), PostRole.TRUST_ADMINISTRATOR
    administrator = replace(trust.executive, role=role.value, permissions=permissions_of_role(role))
    code, _ = await refused(fresh_database, administrator, "Comparison", measureId=MEASURE, period=YEAR.code)
    assert code == "NOT_PERMITTED"
