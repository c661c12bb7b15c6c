"""Trusts, schools and memberships enter the register once, and a school is never taken from another trust unsaid."""

from dataclasses import replace
from datetime import date

import pytest

from footbridge.runtime.clock import today
from footbridge.runtime.database import Database
from footbridge.runtime.errors import NotFound
from footbridge.tenancy.enrolment import (
    Change,
    SchoolEntry,
    SchoolNotEnrolled,
    TrustUnclear,
    enrol_group,
    enrol_school,
    enrol_trust,
    find_trust_called,
    join_group,
)
from footbridge.tenancy.register import Register, Trust
from footbridge.tenancy.register_repository import RegisterRepository
from footbridge.tenancy.session import RegisterSession, open_register

ASHWELL = SchoolEntry(
    "900001", "Ashwell Primary School", "999", "2001", "primary", "Academy converter", "ZZ1 1AA", 4, 11,
    opened_on=date(2014, 9, 1),
)  # fmt: skip


async def memberships(register: RegisterSession, urn: str) -> list[tuple[date, date | None]]:
    school = await Register(register.transaction).find_school(urn=urn)
    assert school is not None
    return [(each.from_on, each.until_on) for each in await RegisterRepository(register).list_memberships(school.id)]


async def wend(register: RegisterSession) -> Trust:
    return (await enrol_trust(register, name="Wend Valley Trust", uid="90001")).trust


async def test_a_trust_without_a_uid_has_a_local_key_until_one_is_told(fresh_database: Database) -> None:
    async with open_register(fresh_database) as register:
        first = await enrol_trust(register, name="Wend Valley Trust")
        again = await enrol_trust(register, name="WEND  valley trust")
        told = await enrol_trust(register, name="Wend Valley Trust", uid="90001", companies_house_number="01234567")
        assert (first.trust.uid, first.change) == ("x-wend-valley-trust", Change.CREATED)
        assert (again.trust, again.change) == (first.trust, Change.UNCHANGED)
        assert told.trust == replace(first.trust, uid="90001", companies_house_number="01234567")
        assert await find_trust_called(register, "wend valley TRUST") == told.trust
        assert await find_trust_called(register, "90001") == told.trust
        with pytest.raises(NotFound, match="Nobody"):
            await find_trust_called(register, "Nobody")


async def test_two_trusts_of_one_name_are_told_apart_by_their_uids(fresh_database: Database) -> None:
    async with open_register(fresh_database) as register:
        one = await enrol_trust(register, name="Wend Valley Trust", uid="90001")
        other = await enrol_trust(register, name="Wend Valley Trust", uid="90002")
        assert one.trust.id != other.trust.id
        with pytest.raises(TrustUnclear, match="90001, 90002"):
            await enrol_trust(register, name="Wend Valley Trust")


async def test_names_with_one_slug_do_not_share_a_trust(fresh_database: Database) -> None:
    async with open_register(fresh_database) as register:
        await enrol_trust(register, name="Wend Valley")
        with pytest.raises(TrustUnclear, match="x-wend-valley"):
            await enrol_trust(register, name="Wend & Valley")


async def test_entering_a_school_twice_changes_nothing(fresh_database: Database) -> None:
    async with open_register(fresh_database) as register:
        trust = await wend(register)
        assert (await enrol_school(register, trust, ASHWELL)).change is Change.CREATED
        assert (await enrol_school(register, trust, ASHWELL)).change is Change.UNCHANGED
        shouted = replace(ASHWELL, name="ASHWELL PRIMARY SCHOOL", postcode=None, low_age=None)
        assert (await enrol_school(register, trust, shouted)).change is Change.UNCHANGED
        assert await memberships(register, "900001") == [(today(), None)]


async def test_what_is_told_anew_is_changed_and_what_is_not_told_stays(fresh_database: Database) -> None:
    async with open_register(fresh_database) as register:
        trust = await wend(register)
        await enrol_school(register, trust, ASHWELL)
        told = SchoolEntry("900001", "Ashwell Academy", phase="all-through", joined_on=date(2015, 9, 1))
        enrolled = await enrol_school(register, trust, told)
        assert (enrolled.change, enrolled.school.name, enrolled.school.phase) == (
            Change.UPDATED, "Ashwell Academy", "all-through",
        )  # fmt: skip
        assert (enrolled.school.la_code, enrolled.school.opened_on) == ("999", date(2014, 9, 1))
        assert await memberships(register, "900001") == [(date(2015, 9, 1), None)]


async def test_a_school_of_another_trust_is_not_taken_without_a_later_day(fresh_database: Database) -> None:
    async with open_register(fresh_database) as register:
        await enrol_school(register, await wend(register), replace(ASHWELL, joined_on=date(2018, 9, 1)))
        other = (await enrol_trust(register, name="Other Trust", uid="90002")).trust
        for joined_on in (None, date(2018, 9, 1), date(2017, 1, 1)):
            with pytest.raises(SchoolNotEnrolled, match="Wend Valley Trust") as refused:
                await enrol_school(register, other, replace(ASHWELL, name="Taken", joined_on=joined_on))
            assert refused.value.column == "joined_on"
        school = await Register(register.transaction).find_school(urn="900001")
        assert school is not None
        assert school.name == "Ashwell Primary School"
        assert await memberships(register, "900001") == [(date(2018, 9, 1), None)]


async def test_a_school_changes_its_trust_on_the_day_it_joined(fresh_database: Database) -> None:
    async with open_register(fresh_database) as register:
        await enrol_school(register, await wend(register), replace(ASHWELL, joined_on=date(2018, 9, 1)))
        other = (await enrol_trust(register, name="Other Trust", uid="90002")).trust
        moved = replace(ASHWELL, joined_on=date(2021, 1, 1))
        assert (await enrol_school(register, other, moved)).change is Change.UPDATED
        assert (await enrol_school(register, other, moved)).change is Change.UNCHANGED
        assert await memberships(register, "900001") == [
            (date(2018, 9, 1), date(2021, 1, 1)),
            (date(2021, 1, 1), None),
        ]


async def test_a_closed_school_has_left(fresh_database: Database) -> None:
    async with open_register(fresh_database) as register:
        trust = await wend(register)
        await enrol_school(register, trust, replace(ASHWELL, joined_on=date(2018, 9, 1)))
        closed = replace(ASHWELL, closed_on=date(2022, 8, 31), closed=True, left_on=date(2022, 8, 31))
        assert (await enrol_school(register, trust, closed)).change is Change.UPDATED
        assert (await enrol_school(register, trust, closed)).change is Change.UNCHANGED
        assert await memberships(register, "900001") == [(date(2018, 9, 1), date(2022, 8, 31))]


async def test_a_school_closed_on_an_unknown_day_leaves_its_trust_when_that_is_told(fresh_database: Database) -> None:
    async with open_register(fresh_database) as register:
        trust = await wend(register)
        await enrol_school(register, trust, replace(ASHWELL, joined_on=date(2018, 9, 1)))
        assert (await enrol_school(register, trust, replace(ASHWELL, closed=True))).change is Change.UPDATED
        assert (await enrol_school(register, trust, replace(ASHWELL, closed=True))).change is Change.UNCHANGED
        assert await memberships(register, "900001") == [(date(2018, 9, 1), today())]
        unknown = replace(ASHWELL, urn="900002", establishment_number="2002", closed=True)
        assert (await enrol_school(register, trust, unknown)).change is Change.CREATED
        assert await memberships(register, "900002") == []


async def test_a_converted_school_keeps_its_id_and_its_earlier_urn(fresh_database: Database) -> None:
    async with open_register(fresh_database) as register:
        trust = await wend(register)
        before = await enrol_school(register, trust, replace(ASHWELL, joined_on=date(2015, 1, 1)))
        converted = replace(ASHWELL, urn="900101", name="Ashwell Academy", opened_on=date(2020, 4, 1))
        after = await enrol_school(register, trust, converted)
        assert (after.school.id, after.school.urn, after.change) == (before.school.id, "900101", Change.UPDATED)
        assert await Register(register.transaction).find_school(urn="900001") == after.school
        stale = await enrol_school(register, trust, ASHWELL)
        assert (stale.predecessor, stale.change, stale.school) == (True, Change.UNCHANGED, after.school)


async def test_a_closed_predecessor_that_is_told_later_becomes_an_earlier_urn(fresh_database: Database) -> None:
    async with open_register(fresh_database) as register:
        trust = await wend(register)
        current = await enrol_school(register, trust, ASHWELL)
        closed = replace(ASHWELL, urn="900000", name="Ashwell County School", opened_on=None, closed=True)
        told = await enrol_school(register, trust, closed)
        assert (told.predecessor, told.change, told.school) == (True, Change.UPDATED, current.school)
        found = await Register(register.transaction).find_school(urn="900000")
        assert found == current.school


async def test_two_open_schools_of_one_number_are_a_problem(fresh_database: Database) -> None:
    async with open_register(fresh_database) as register:
        trust = await wend(register)
        await enrol_school(register, trust, ASHWELL)
        with pytest.raises(SchoolNotEnrolled, match=r"“Ashwell Primary School” \(900001\)"):
            await enrol_school(register, trust, replace(ASHWELL, urn="900101", opened_on=None))
        assert await Register(register.transaction).find_school(urn="900101") is None


async def test_a_school_is_in_a_hub_once(fresh_database: Database) -> None:
    async with open_register(fresh_database) as register:
        trust = await wend(register)
        school = (await enrol_school(register, trust, ASHWELL)).school
        hub = await enrol_group(register, trust, name="North hub", kind="hub")
        assert await enrol_group(register, trust, name="north  HUB", kind="hub") == hub
        assert await join_group(register, hub, school.id, from_on=date(2020, 9, 1)) is Change.CREATED
        assert await join_group(register, hub, school.id, from_on=date(2024, 9, 1)) is Change.UNCHANGED
        pairs = await Register(register.transaction).groups_of_schools(trust.id, on=date(2021, 1, 1))
        assert pairs == [(hub.id, school.id)]
