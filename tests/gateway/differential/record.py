"""One school's record, entered through the product's use cases: full, half full and hardly begun, in odd words."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from footbridge.engagement.records import (
    Audience,
    Category,
    Leader,
    NewCount,
    NewVoice,
    NewYearGroup,
    SessionKind,
    Space,
)
from footbridge.engagement.service import add_activity, record_session
from footbridge.partnerships.records import (
    Elements,
    NewOutcome,
    OrganisationKind,
    Side,
    Status,
    Venue,
    YouthVoiceRecord,
)
from footbridge.partnerships.service import add_organisation, add_partnership
from footbridge.tenancy.session import SchoolSession

ODD = (
    "Plain", "“Curly” \"straight\" 'single'", "back\\slash \\n \\u0041", "tab\tnew\nline\r\u0001\u001f", "Ünïcödé ﬁ ß İ",
    "😀🏽 👨‍👩‍👧", "日本語 \u2028\u2029", "{\"json\": [1]}", "%s $1 :name ||", "plain", "<b>&amp;</b>", "é", "e\u0301", "\u007f\ufeff!",
)  # fmt: skip
DECIMALS = (None, "100.00", "0.50", "1E+2", "0", "1234567890.12", "0.05", "-7.10", "20", "1E+9")
HOURS = ("1.5", "2", "0.25", "24", "10.00", "0.01", "20.1")
BEGAN = date(2024, 9, 2)


async def fill_record(school: SchoolSession) -> None:
    organisations = [await _organisation(school, number) for number in range(8)]
    partnerships = [await _partnership(school, organisations, number) for number in range(14)]
    activities = [await _activity(school, partnerships, number) for number in range(16)]
    for number in range(36):
        await _session(school, activities, number)


def odd(number: int) -> str:
    return ODD[number % len(ODD)]


async def _organisation(school: SchoolSession, number: int) -> UUID:
    kind = list(OrganisationKind)[number % len(OrganisationKind)]
    identifier = f'GB-CHC-"{number}"\\' if number % 2 else None
    added = await add_organisation(school, name=f"{odd(number)} {number}", kind=kind, identifier=identifier)
    return added.id


async def _partnership(school: SchoolSession, organisations: Sequence[UUID], number: int) -> UUID:
    """Of every status, with and without days; some of one title."""
    status = list(Status)[number % len(Status)]
    ended = status is Status.ENDED
    added = await add_partnership(
        school, organisation_id=organisations[number % 5], title=odd(number), need_school=odd(number + 3),
        need_partner=odd(number + 5) if number % 3 else None, status=status,
        starts_on=BEGAN + timedelta(days=40 * number) if ended or number % 2 else None,
        ended_on=date(2026, 7, 1) if ended else None, elements=_elements(number),
    )  # fmt: skip
    return added.id


def _elements(number: int) -> Elements | None:
    """None, a part of them, or all: as many as the number has room for."""
    if number % 4 == 3:
        return None
    many = number % 4
    return Elements(
        outcomes=tuple(_outcome(number, each) for each in range(many * 2)),
        roles=tuple((list(Side)[each % 2], odd(number + each)) for each in range(many)),
        benefits=tuple((list(Side)[each % 2], odd(number - each)) for each in range(2 - many)),
        venue=Venue(odd(number), list(Space)[number % 3], odd(number + 1) if number % 8 else None) if many else None,
        youth_voice=_voice(number) if number % 2 else None,
    )


def _outcome(number: int, each: int) -> NewOutcome:
    baseline, target = (DECIMALS[(number + each + shift) % len(DECIMALS)] for shift in (0, 3))
    return NewOutcome(
        odd(number + each), odd(each), date(2026, 7, 1) + timedelta(days=each),
        Decimal(baseline) if baseline else None, Decimal(target) if target else None,
    )  # fmt: skip


def _voice(number: int) -> YouthVoiceRecord:
    """Now and then only a part of it is said."""
    parts = [odd(number + shift) if number % 3 or shift == 1 else "" for shift in range(4)]
    return YouthVoiceRecord(*parts)


async def _activity(school: SchoolSession, partnerships: Sequence[UUID], number: int) -> UUID:
    """Most of the first partnerships, some of none."""
    partnership = partnerships[number % 4] if number % 3 else None
    category = list(Category)[number % len(Category)]
    added = await add_activity(school, title=odd(number // 2), category=category, partnership_id=partnership)
    return added.id


async def _session(school: SchoolSession, activities: Sequence[UUID], number: int) -> None:
    """Several on one day; a third are parents’ meetings."""
    kind = SessionKind.PARENTS_MEETING if number % 3 == 0 else list(SessionKind)[number % len(SessionKind)]
    if kind is SessionKind.PARENTS_MEETING:
        groups = [NewYearGroup(each, 30 + each, each * 2, each % 3, number % 2) for each in range(1 + number % 5)]
    else:
        groups = []
    counts = [_count(number, audience) for audience in list(Audience)[: number % (len(Audience) + 1)]]
    voice = NewVoice(*(odd(number + shift) for shift in range(4))) if number % 4 == 1 else None
    leaders = list(Leader)
    await record_session(
        school, activities[number % 5], held_on=date(2025, 10, 1) + timedelta(days=number // 3), kind=kind,
        hours=Decimal(HOURS[number % len(HOURS)]), led_by=leaders[number % len(leaders)],
        designed_by=leaders[number // 2 % len(leaders)], space=list(Space)[number % 3], counts=counts,
        year_groups=groups, voice=voice,
    )  # fmt: skip


def _count(number: int, audience: Audience) -> NewCount:
    basis = "estimated" if number % 2 else "counted"
    return NewCount(audience, number * 3, number * 4 if number % 3 else None, None if number % 2 else 500, basis)
