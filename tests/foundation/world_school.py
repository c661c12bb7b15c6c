"""One school's year: partnerships, sessions, figures, and what its head has shared with the trust."""

from datetime import date
from decimal import Decimal
from uuid import UUID

from footbridge.delegation.access import Access, record_accesses
from footbridge.engagement.records import NewCount, NewVoice, NewYearGroup
from footbridge.engagement.service import add_activity, record_session
from footbridge.measures.observation import NewObservation, record_observations
from footbridge.partnerships.records import (
    Elements,
    NewOutcome,
    Partnership,
    Side,
    Status,
    Venue,
    YouthVoiceRecord,
)
from footbridge.partnerships.service import add_organisation, add_partnership
from footbridge.publication.publisher import complete_release
from footbridge.publication.records import Chosen, ReleaseState
from footbridge.publication.service import prepare_release, sign_release
from footbridge.runtime.database import Database
from footbridge.tenancy.idempotency import Claim, keep
from footbridge.tenancy.period import Period
from footbridge.tenancy.session import SchoolSession, open_school, open_trust
from tests.foundation.people import WorldSchool, WorldTrust

YEAR = Period(2024)
SHARED = ("persistent-absence", "youth-led-share", "parents-meeting-attendance")


async def fill_school(database: Database, school: WorldSchool) -> None:
    """A row in every private table, and one published release."""
    async with open_school(database, school.head, school_id=school.id) as session:
        partnership = await _agree(session, school.word)
        await _meet(session, school.word, partnership.id)
        await record_observations(session, [_absence(school.word, 24)])
        await record_observations(session, [_absence(school.word, 25)])
        await _remember_answer(session, school.word)
        release = await prepare_release(session, YEAR, [Chosen(measure, f"Note {school.word}") for measure in SHARED])
        await sign_release(session, release.id, preview_hash=release.preview_hash)
    published = await complete_release(database, school.head, release.id)
    assert published is ReleaseState.PUBLISHED, f"the release of {school.word} is {published}"


async def read_as_trust(database: Database, trust: WorldTrust) -> None:
    """The executive has looked at every school's figure."""
    accesses = [Access(school.id, "persistent-absence", YEAR.code, 1) for school in trust.schools]
    async with open_trust(database, trust.executive, trust_id=trust.id) as session:
        await record_accesses(session, f"Compare {trust.word}", accesses)


async def _agree(session: SchoolSession, word: str) -> Partnership:
    organisation = await add_organisation(session, name=f"Library {word}", kind="charity", identifier=f"GB-CHC-{word}")
    return await add_partnership(
        session, organisation_id=organisation.id, title=f"Reading {word}", need_school=f"Readers {word}",
        need_partner=f"Visitors {word}", status=Status.ACTIVE, starts_on=date(2023, 9, 4), elements=_elements(word),
    )  # fmt: skip


def _elements(word: str) -> Elements:
    return Elements(
        outcomes=(NewOutcome(f"More readers {word}", f"Loans {word}", date(2025, 7, 1), Decimal(10), Decimal(20)),),
        roles=((Side.SCHOOL, f"Brings pupils {word}"), (Side.PARTNER, f"Lends books {word}")),
        benefits=((Side.SCHOOL, f"Books {word}"), (Side.PARTNER, f"Readers {word}")),
        venue=Venue(f"Reading room {word}", "theirs", f"Quiet {word}"),
        youth_voice=YouthVoiceRecord(*(f"{part} {word}" for part in ("space", "voice", "audience", "influence"))),
    )


async def _meet(session: SchoolSession, word: str, partnership_id: UUID) -> None:
    reading = await add_activity(
        session, title=f"Reading afternoon {word}", category="arts and culture", partnership_id=partnership_id
    )
    voice = NewVoice(*(f"{part} {word}" for part in ("space", "voice", "audience", "influence")))
    await record_session(
        session, reading.id, held_on=date(2024, 10, 9), kind="workshop", hours=Decimal("1.5"), led_by="pupils",
        designed_by="jointly", space="theirs", counts=[NewCount("pupils", 26, 30, 30)], voice=voice,
    )  # fmt: skip
    parents = await add_activity(session, title=f"Parents’ evening {word}", category="parents and carers")
    await record_session(
        session, parents.id, held_on=date(2024, 11, 13), kind="parents' meeting", hours=Decimal(2), led_by="school",
        designed_by="school", space="ours", year_groups=[NewYearGroup(3, 30, 20, 3, 2), NewYearGroup(4, 30, 22)],
    )  # fmt: skip


def _absence(word: str, absent: int) -> NewObservation:
    return NewObservation(
        "persistent-absence", YEAR.code, absent, 230, f"Register {word}", derivation=f"Counted {word}"
    )


async def _remember_answer(session: SchoolSession, word: str) -> None:
    """As the gateway does for every mutation."""
    claim = Claim("addOrganisation", f"key-{word}", f"fingerprint {word}")
    await keep(session, claim, f'{{"organisation": "{word}"}}', None)
