"""Loads the demo trust, clearly fictional, through the product's own use cases; what is there already is left alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from rich.progress import Progress

from footbridge.command.demo_people import head_of
from footbridge.command.demo_record import write_record
from footbridge.command.demo_releases import planned_releases, share
from footbridge.command.demo_schools import (
    CENSUS_YEARS,
    LOWER_VALE,
    SCHOOLS,
    TRUST_NAME,
    TRUST_UID,
    UPPER_VALE,
    YEARS,
    DemoSchool,
    all_terms,
    half_term,
    school_days,
)
from footbridge.engagement.repository import EngagementRepository
from footbridge.exchange.academic_years import census_date
from footbridge.runtime.database import Database
from footbridge.runtime.pages import PageRequest
from footbridge.tenancy.enrolment import enrol_group, enrol_school, enrol_trust, join_group
from footbridge.tenancy.public_record import NewCalendarEntry, enter_calendar, enter_facts
from footbridge.tenancy.register import PublicFact, School, Trust
from footbridge.tenancy.register_repository import RegisterRepository
from footbridge.tenancy.session import RegisterSession, open_register, open_school

CENSUS = "School census (fictional)"
JOINED_HUBS_ON = date(2022, 9, 1)


@dataclass(frozen=True)
class DemoTrust:
    """The trust as it is in the register, with its schools in the order of SCHOOLS."""

    trust: Trust
    schools: tuple[School, ...]

    def of(self, school: DemoSchool) -> School:
        return self.schools[SCHOOLS.index(school)]


async def load_demo_trust(database: Database, progress: Progress) -> DemoTrust:
    """Safe to run again, after an interruption too: it goes on where it stopped.

    The calendar is entered last: once it is there, the trust belongs to those who try it out, and nothing they have
    changed is put back.
    """
    demo = await enrol_demo_trust(database)
    if await _is_complete(database, demo):
        return demo
    task = progress.add_task("Writing the schools’ records", total=len(SCHOOLS))
    for school in SCHOOLS:
        await _write(database, demo, school)
        progress.advance(task)
    await _share_all(database, demo, progress)
    async with open_register(database) as register:
        await enter_calendar(register, demo.trust.id, _calendar(demo))
    return demo


async def enrol_demo_trust(database: Database) -> DemoTrust:
    """The trust with its schools, hubs and public facts; changes nothing where they are there."""
    async with open_register(database) as register:
        trust = (await enrol_trust(register, name=TRUST_NAME, uid=TRUST_UID)).trust
        schools = [
            (await enrol_school(register, trust, school.entry(number))).school
            for number, school in enumerate(SCHOOLS, start=1)
        ]
        demo = DemoTrust(trust, tuple(schools))
        for hub in (UPPER_VALE, LOWER_VALE):
            await _enrol_hub(register, demo, hub)
        await enter_facts(register, [fact for school in SCHOOLS for fact in _facts(school, demo.of(school))])
    return demo


async def _enrol_hub(register: RegisterSession, demo: DemoTrust, hub: str) -> None:
    group = await enrol_group(register, demo.trust, name=hub, kind="hub")
    for school in SCHOOLS:
        if school.hub == hub:
            await join_group(register, group, demo.of(school).id, from_on=JOINED_HUBS_ON)


def _facts(school: DemoSchool, enrolled: School) -> list[PublicFact]:
    """Roll and free school meals of each January."""
    facts = []
    for year in CENSUS_YEARS:
        roll = school.roll_in(year)
        eligible = round(roll * school.fsm / 100)
        percent = (Decimal(100 * eligible) / roll).quantize(Decimal("0.1"), ROUND_HALF_UP)
        on = census_date(year.name)
        facts += [
            PublicFact(enrolled.id, "roll", year.code, on, roll, None, Decimal(roll), None, CENSUS, "urn"),
            PublicFact(enrolled.id, "fsm", year.code, on, eligible, roll, percent, None, CENSUS, "urn"),
        ]
    return facts


async def _is_complete(database: Database, demo: DemoTrust) -> bool:
    async with open_register(database) as register:
        return bool(await RegisterRepository(register).list_calendar(demo.trust.id))


async def _write(database: Database, demo: DemoTrust, school: DemoSchool) -> None:
    """One transaction, so that a school has its whole record or none."""
    enrolled = demo.of(school)
    head = head_of(school, enrolled, demo.trust.id)
    async with open_school(database, head, school_id=enrolled.id) as session:
        known = await EngagementRepository(session).page_of_activities(PageRequest(size=1))
        if not known.items:
            await write_record(session, school)


async def _share_all(database: Database, demo: DemoTrust, progress: Progress) -> None:
    planned = list(planned_releases())
    task = progress.add_task("Sharing figures with the trust", total=len(planned))
    for release in planned:
        await share(database, release, demo.of(release.school), demo.trust.id)
        progress.advance(task)


def _calendar(demo: DemoTrust) -> Sequence[NewCalendarEntry]:
    entries = []
    for term in all_terms():
        entries.append(NewCalendarEntry(None, "term", term.name, *school_days(term)))
        entries.append(
            NewCalendarEntry(None, "half-term", f"{str(term.term).capitalize()} half-term", *half_term(term))
        )
    for year in YEARS:
        inset = date(year.year, 9, 4)
        entries.append(NewCalendarEntry(None, "inset", "INSET day", inset, inset))
    flooded = demo.schools[4].id
    entries.append(NewCalendarEntry(flooded, "closure", "Closed by flooding", date(2026, 1, 14), date(2026, 1, 15)))
    return entries
