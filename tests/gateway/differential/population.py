"""A school and its trust with several rows of every type: nothing, odd texts and borders of numbers and days among them."""

from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from psycopg import sql
from sqlalchemy import insert

from footbridge.delegation.access import Access, record_accesses
from footbridge.measures.observation import NewObservation, record_observations
from footbridge.publication.publisher import complete_release
from footbridge.publication.records import ReleaseState
from footbridge.runtime.database import Database
from footbridge.runtime.ids import new_id
from footbridge.tenancy import tables
from footbridge.tenancy.caller import Caller
from footbridge.tenancy.period import Period
from footbridge.tenancy.permission import PostRole
from footbridge.tenancy.session import RegisterSession, open_register, open_school, open_trust
from tests.foundation.larger_trust import Trust, build_trust
from tests.foundation.people import make_caller
from tests.foundation.server import Copy
from tests.gateway.differential.record import fill_record
from tests.publication.sharing import prepare, record, school_of, share, sign, withdraw

SCHOOLS = 8
YEAR, LAST_YEAR = Period(2025), Period(2024)
AUTUMN = YEAR.terms[0]
NOTES = ('“Shared” "note"', None, "back\\slash \u0001 😀", "", None, "two\nlines", "é́", "plain")

MOMENTS = (
    "2025-11-03 10:00:00+00", "2025-11-03 10:00:00.5+00", "2025-11-03 10:00:00.000001+00", "2025-06-01 01:30:00.12+01",
    "2025-11-03 10:00:00+00", "1999-12-31 23:59:59.999999+00", "2025-11-03 10:00:00.123456+00",
)  # fmt: skip
"""With and without parts of a second, and two alike: rows of one moment are told apart by their id."""

STAMPED = {
    "school.observation": ("recorded_at",),
    "delegation.access_record": ("read_at",),
    "release.release": ("prepared_at", "signed_at"),
    "published.release": ("published_at", "withdrawn_at"),
}


@dataclass(frozen=True)
class Population:
    trust: Trust
    school_id: UUID
    school_callers: dict[str, Caller]
    """The first is the head, who may read everything."""
    trust_callers: dict[str, Caller]
    """The first is the executive."""


async def populate(copy: Copy, database: Database) -> Population:
    trust = await build_trust(database, SCHOOLS, word="differential")
    hub_id = await _fill_register(database, trust)
    head = trust.heads[0]
    async with open_school(database, head, school_id=school_of(head)) as school:
        await fill_record(school)
    await _record_figures(database, head)
    await _share_among_siblings(database, trust)
    await _releases_in_every_state(database, head)
    await _read(database, trust)
    _stamp(copy, trust)
    return _population(trust, hub_id)


def _population(trust: Trust, hub_id: UUID) -> Population:
    school_id, executive = school_of(trust.heads[0]), trust.executive
    governor, administrator = (
        make_caller("differential", role, trust_id=trust.id, school_id=of)
        for role, of in ((PostRole.GOVERNOR, school_id), (PostRole.TRUST_ADMINISTRATOR, None))
    )
    hub_executive = make_caller("hub", PostRole.TRUST_EXECUTIVE, trust_id=trust.id, school_id=None)
    return Population(
        trust, school_id, {"head": trust.heads[0], "governor": governor},
        {"executive": executive, "hub executive": replace(hub_executive, group_id=hub_id),
         "administrator": administrator},
    )  # fmt: skip


async def _fill_register(database: Database, trust: Trust) -> UUID:
    """Answers with the hub of some of the schools."""
    async with open_register(database) as register:
        await _rename(register, trust)
        await _add_facts(register, trust)
        await _add_calendar(register, trust)
        hub_id = await _add_group(register, trust, "Hub “A”\\B", "hub", range(4))
        await _add_group(register, trust, "Région é😀", "region", range(SCHOOLS))
        await _add_group(register, trust, "Nobody yet", "phase", range(0))
    return hub_id


async def _rename(register: RegisterSession, trust: Trust) -> None:
    """Two schools of one name, odd ones, of different phases and types."""
    named = [
        ("Ä \"quoted\" \\ school", "a quoted school", "primary", "Academy converter"), ("Same", "same", "nursery", None),
        ("Same", "same", "secondary", None), ("日本 😀\u0007", "zz", "special", "Free “school”"),
    ]  # fmt: skip
    for head, (name, sort_name, phase, kind) in zip(trust.heads, named, strict=False):
        own = tables.school.c.id == school_of(head)
        change = tables.school.update().where(own).values(name=name, sort_name=sort_name, phase=phase, type=kind)
        await register.transaction.run(change)
    predecessor = {"urn": "970000", "school_id": school_of(trust.heads[0]), "kind": "predecessor"}
    await register.transaction.run(insert(tables.school_urn).values(predecessor))


async def _add_facts(register: RegisterSession, trust: Trust) -> None:
    said = (
        ("fsm", "2023-24", date(2024, 1, 18), 20, 200, "10.00", None), ("fsm", "2024-25", date(2025, 1, 16), 1, 200, "0.50", None),
        ("sen", "2024-25", date(2025, 1, 16), None, None, None, "c"), ("eal", "2024-25", date(2025, 1, 16), None, None, "100.00", "z"),
        ("roll", "2025-26", date(2026, 1, 15), 210, None, None, None), ("score", "2024-25", date(2025, 8, 31), None, None, "-1.25", "low"),
    )  # fmt: skip
    for number, head in enumerate(trust.heads[:5]):
        for indicator, year, day, numerator, denominator, value, symbol in said[number:]:
            fact = {
                "school_id": school_of(head), "indicator": indicator, "academic_year": year, "as_of_on": day,
                "numerator": numerator, "denominator": denominator, "value": value, "symbol": symbol,
                "source": f"Source “{number}” \\ é", "matched_by": ("urn", "predecessor")[number % 2],
            }  # fmt: skip
            await register.transaction.run(insert(tables.public_fact).values(fact))


async def _add_calendar(register: RegisterSession, trust: Trust) -> None:
    own = school_of(trust.heads[0])
    entries = (
        (None, "term", "Autumn", date(2025, 9, 1), date(2025, 12, 19)), (own, "inset", "INSET \"day\"", date(2025, 9, 1), date(2025, 9, 1)),
        (None, "holiday", "Noël 🎄", date(2025, 12, 20), date(2026, 1, 4)), (own, "closure", "Snow\\ice", date(2026, 1, 12), date(2026, 1, 12)),
        (None, "term", "Autumn before", date(2024, 9, 2), date(2024, 12, 20)), (own, "half-term", "Half", date(2024, 10, 28), date(2024, 11, 1)),
        (school_of(trust.heads[1]), "closure", "Another’s", date(2025, 11, 3), date(2025, 11, 3)),
    )  # fmt: skip
    for school_id, kind, name, starts_on, ends_on in entries:
        row = {"kind": kind, "name": name, "starts_on": starts_on, "ends_on": ends_on, "school_id": school_id}
        await register.transaction.run(insert(tables.calendar_entry).values(trust_id=trust.id, id=new_id(), **row))


async def _add_group(register: RegisterSession, trust: Trust, name: str, kind: str, members: range) -> UUID:
    """The last of its members has left it."""
    group_id, run = new_id(), register.transaction.run
    group = {"trust_id": trust.id, "id": group_id, "name": name, "sort_name": name.casefold(), "kind": kind}
    await run(insert(tables.trust_group).values(group))
    for number in members:
        until = date(2025, 1, 1) if number == members.stop - 1 else None
        member = {"trust_id": trust.id, "id": new_id(), "group_id": group_id, "from_on": date(2022, 9, 1)}
        school_id = school_of(trust.heads[number])
        await run(insert(tables.trust_group_membership).values(school_id=school_id, until_on=until, **member))
    return group_id


async def _record_figures(database: Database, head: Caller) -> None:
    """In force and replaced, of nothing and of everything, with pupils and without."""
    rows = [
        NewObservation("persistent-absence", LAST_YEAR.code, 24, 230, "Register \"24\"", derivation="from 10.4 % of 230"),
        NewObservation("persistent-absence", LAST_YEAR.terms[0].code, 0, 0, "None \\ at all"),
        NewObservation("attendance", LAST_YEAR.code, 38_000, 40_000, "Registers é😀", pupils=200),
        NewObservation("attendance", AUTUMN.code, 2_147_483_000, 2_147_483_647, "Large", pupils=2_147_483_647),
        NewObservation("pupil-participation", YEAR.code, 3, 200, "Clubs"),
        NewObservation("pupil-participation", LAST_YEAR.code, 60, 200, "Clubs\nand more", pupils=200),
        NewObservation("parents-meeting-attendance", AUTUMN.code, 150, 200, "Lists", derivation="from 75 % of \"200\"\\\\"),
        NewObservation("parents-meeting-attendance", YEAR.code, 20, 20, "Lists", derivation="of all é😀"),
    ]  # fmt: skip
    async with open_school(database, head, school_id=school_of(head)) as school:
        await record_observations(school, rows)
        await record_observations(school, [replace(rows[0], numerator=25)])


async def _share_among_siblings(database: Database, trust: Trust) -> None:
    """All but one have shared this year's absence: some shown, some symbols; few of them last year's."""
    for number, head in enumerate(trust.heads[:-1]):
        shown = (20 + 5 * number, 200) if number != 3 else (2, 200)
        await share(database, head, *shown, YEAR, NOTES[number])
    for head in trust.heads[1:4]:
        await share(database, head, 30, 300, AUTUMN)
    for head in (trust.heads[0], *trust.heads[3:5]):
        async with open_school(database, head, school_id=school_of(head)) as school:
            row = NewObservation("attendance", YEAR.code, 10_000, 100_000, "Registers", pupils=300, derivation="10 %")
            await record_observations(school, [row])
        release, digest = await prepare(database, head, YEAR, ["attendance", "contact-hours", "youth-led-share"])
        await sign(database, head, release, digest)
        assert await complete_release(database, head, release.id) is ReleaseState.PUBLISHED
    await withdraw(database, trust.heads[6], await share(database, trust.heads[6], 50, 200, AUTUMN, "Taken back"))


async def _releases_in_every_state(database: Database, head: Caller) -> None:
    await withdraw(database, head, await share(database, head, 40, 200, AUTUMN, "Too early"))
    computed = ["attendance", "contact-hours", "fully-specified-partnerships", "youth-led-share", "pupil-participation"]
    release, digest = await prepare(database, head, LAST_YEAR, computed, 'Of "last" year\\')
    await sign(database, head, release, digest)
    assert await complete_release(database, head, release.id) is ReleaseState.PUBLISHED
    await prepare(database, head, AUTUMN, ["parents-meeting-attendance"], "Prepared")
    await prepare(database, head, YEAR, ["pupil-participation", "active-partnerships"])
    signed = await prepare(database, head, Period(2023), ["youth-led-share"])
    await sign(database, head, *signed)
    await record(database, head, 30, 200, LAST_YEAR)
    first, second = [await prepare(database, head, LAST_YEAR, ["persistent-absence"]) for _ in range(2)]
    for twice in (first, second):
        await sign(database, head, *twice)
    assert await complete_release(database, head, first[0].id) is ReleaseState.PUBLISHED
    assert await complete_release(database, head, second[0].id) is ReleaseState.PREPARED


async def _read(database: Database, trust: Trust) -> None:
    for number, measure in enumerate(("persistent-absence", "attendance", "pupil-participation") * 3):
        accesses = [Access(school_of(head), measure, YEAR.code, number) for head in trust.heads[:2]]
        async with open_trust(database, trust.executive, trust_id=trust.id) as session:
            await record_accesses(session, f'Compare "{number}" é\\', accesses)


def _stamp(copy: Copy, trust: Trust) -> None:
    """Moments that no clock of a test strikes."""
    with copy.connect() as connection:
        for table, columns in STAMPED.items():
            relation = sql.Identifier(*table.split("."))
            ids = connection.execute(
                sql.SQL("select id from {} where trust_id = %s order by id").format(relation), (trust.id,)
            ) if table != "school.observation" else connection.execute(
                sql.SQL("select id from {} where school_id = %s order by id").format(relation), (school_of(trust.heads[0]),)
            )  # fmt: skip
            for number, (identifier,) in enumerate(ids.fetchall()):
                for shift, column in enumerate(columns):
                    statement = sql.SQL("update {} set {column} = %s where id = %s and {column} is not null")
                    moment = MOMENTS[(number + shift) % len(MOMENTS)]
                    connection.execute(statement.format(relation, column=sql.Identifier(column)), (moment, identifier))
