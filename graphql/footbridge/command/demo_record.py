"""Writes the record of one demo school through the product's own use cases, from a fixed seed."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from uuid import UUID

from footbridge.command.demo_partners import Partner, partners_of
from footbridge.command.demo_schools import YEARS, DemoSchool, all_terms, half_term, school_days
from footbridge.engagement.records import Category, Leader, NewCount, NewVoice, NewYearGroup, SessionKind, Space
from footbridge.engagement.service import add_activity, record_session
from footbridge.measures.observation import NewObservation, check_observation, record_observations
from footbridge.partnerships.records import Elements, NewOutcome, Side, Status, Venue, YouthVoiceRecord
from footbridge.partnerships.service import add_organisation, add_partnership, change_status
from footbridge.tenancy.period import Period, Term
from footbridge.tenancy.session import SchoolSession

HALF_DAYS = {Term.AUTUMN: 142, Term.SPRING: 112, Term.SUMMER: 126}
SESSIONS_A_TERM = 2
_ENDED_ON = date(2025, 7, 11)
_PAUSED_ON = date(2026, 2, 23)


@dataclass(frozen=True)
class _Programme:
    """An activity with the days between which its sessions are held."""

    activity_id: UUID
    kind: SessionKind
    from_on: date
    until_on: date
    led_by: Leader
    space: Space


async def write_record(session: SchoolSession, school: DemoSchool) -> None:
    """Three years of it; the same figures each time for the same school."""
    random = Random(f"Lantern Vale {school.urn}")
    programmes = [await _own_club(session, school)]
    for place, partner in enumerate(partners_of(school)):
        programmes.extend(await _agree(session, school, partner, place, random))
    for programme in programmes:
        await _hold_sessions(session, school, programme, random)
    if school.year_groups:
        await _meet_parents(session, school, random)
    await record_observations(session, [check_observation(figure) for figure in _figures(school, random)])


async def _own_club(session: SchoolSession, school: DemoSchool) -> _Programme:
    club = await add_activity(session, title="Pupils’ council in the neighbourhood", category=Category.CIVIC_ENGAGEMENT)
    led_by = Leader.SCHOOL if school.phase in {"nursery", "special"} else Leader.PUPILS
    return _Programme(club.id, SessionKind.EVENT, date(2023, 9, 1), date(2026, 8, 31), led_by, Space.OURS)


async def _agree(
    session: SchoolSession, school: DemoSchool, partner: Partner, place: int, random: Random
) -> list[_Programme]:
    """The first two are active all along; the last has ended, is paused, or is proposed and has held nothing yet."""
    last = place == len(partners_of(school)) - 1
    fate = (Status.ENDED, Status.PAUSED, Status.PROPOSED)[int(school.urn) % 3] if last else Status.ACTIVE
    from_on = date(2022 + place % 2, 9, 12) + timedelta(days=random.randrange(60))
    ended_on = _ENDED_ON if fate is Status.ENDED else None
    organisation = await add_organisation(session, name=partner.name, kind=partner.kind, identifier=partner.identifier)
    partnership = await add_partnership(
        session,
        organisation_id=organisation.id,
        title=partner.title,
        need_school=partner.need,
        need_partner=partner.partners_need,
        status=Status.ACTIVE if fate is Status.PAUSED else fate,
        starts_on=None if fate is Status.PROPOSED else from_on,
        ended_on=ended_on,
        elements=_elements(partner, complete=place == 0 or random.random() < 0.4),
    )
    if fate is Status.PROPOSED:
        return []
    if fate is Status.PAUSED:
        await change_status(session, partnership.id, Status.PAUSED, on=_PAUSED_ON)
    activity = await add_activity(
        session, title=partner.title, category=partner.category, partnership_id=partnership.id
    )
    until_on = {Status.ENDED: _ENDED_ON, Status.PAUSED: _PAUSED_ON}.get(fate, date(2026, 8, 31))
    space = Space.THEIRS if partner.session_kind is SessionKind.VISIT else Space.SHARED
    return [_Programme(activity.id, partner.session_kind, from_on, until_on, Leader.JOINTLY, space)]


def _elements(partner: Partner, *, complete: bool) -> Elements:
    """All five elements of a good partnership, or all but the young people's say."""
    outcome = NewOutcome(
        f"Pupils keep coming to “{partner.title}”", "pupils at six sessions or more", date(2026, 7, 10),
        Decimal(20), Decimal(45),
    )  # fmt: skip
    voice = YouthVoiceRecord(
        space="A session of their own each half-term, without staff of the partner",
        voice="Cards with pictures for those who prefer not to speak",
        audience="The head and the partner’s lead, together",
        influence="Two of the last term’s sessions were their idea",
    )
    return Elements(
        outcomes=(outcome,),
        roles=((Side.SCHOOL, "Brings the pupils and stays with them"), (Side.PARTNER, "Plans and leads the session")),
        benefits=((Side.SCHOOL, "What we could not teach alone"), (Side.PARTNER, partner.partners_need)),
        venue=Venue(partner.name, Space.THEIRS, "Where it happens anyway, and ten minutes’ walk"),
        youth_voice=voice if complete else None,
    )


async def _hold_sessions(session: SchoolSession, school: DemoSchool, programme: _Programme, random: Random) -> None:
    for term in all_terms():
        for held_on in _days(term, SESSIONS_A_TERM, random):
            if not programme.from_on <= held_on < programme.until_on:
                continue
            attended = _around(min(60, school.roll_in(term.academic_year) // 6), random)
            voiced = random.random() < 0.55
            await record_session(
                session,
                programme.activity_id,
                held_on=held_on,
                kind=programme.kind,
                hours=random.choice((Decimal("1"), Decimal("1.5"), Decimal("2"), Decimal("3"))),
                led_by=programme.led_by,
                designed_by=Leader.PUPILS if random.random() < 0.35 else programme.led_by,
                space=programme.space,
                counts=_counts(attended, random),
                voice=_VOICE if voiced else None,
            )


_VOICE = NewVoice(
    space="Ten minutes at the end, in small groups",
    voice="Spoken, drawn or written",
    audience="Those who plan the next session",
    influence="The next session began with what they chose",
)


def _counts(attended: int, random: Random) -> list[NewCount]:
    counts = [NewCount("pupils", attended, invited=attended + random.randrange(12))]
    if random.random() < 0.3:
        counts.append(NewCount("parents and carers", 4 + random.randrange(20), basis="estimated"))
    return counts


async def _meet_parents(session: SchoolSession, school: DemoSchool, random: Random) -> None:
    """Each year group once in autumn and in spring; the eldest twice in autumn, of which the first counts."""
    activity = await add_activity(session, title="Parents’ meetings", category=Category.PARENTS_AND_CARERS)
    for term in all_terms():
        if term.term is Term.SUMMER:
            continue
        first, second = _days(term, 2, random)
        await _meeting(session, activity.id, school, first, list(school.year_groups), random)
        if term.term is Term.AUTUMN:
            await _meeting(session, activity.id, school, second, [school.year_groups[-1]], random)


async def _meeting(
    session: SchoolSession, activity_id: UUID, school: DemoSchool, held_on: date, groups: list[int], random: Random
) -> None:
    a_group = school.roll_in(Period.year_of(held_on)) // len(school.year_groups)
    least = a_group - a_group // 10
    await record_session(
        session,
        activity_id,
        held_on=held_on,
        kind=SessionKind.PARENTS_MEETING,
        hours=Decimal("3"),
        led_by=Leader.SCHOOL,
        designed_by=Leader.SCHOOL,
        space=Space.OURS,
        year_groups=[_year_group(group, random.randint(least, a_group), school.meetings, random) for group in groups],
    )


def _year_group(group: int, pupils: int, percent: float, random: Random) -> NewYearGroup:
    represented = _share_of(pupils, percent, random)
    by_phone, online = represented // 9, represented // 7
    return NewYearGroup(group, pupils, represented - by_phone - online, by_phone, online)


def _figures(school: DemoSchool, random: Random) -> Iterator[NewObservation]:
    """What the school records itself. A nursery has no attendance to record; now and then a term was not counted."""
    for year in YEARS:
        yield from _participation(school, year, random)
        if school.phase != "nursery":
            yield from _attendance(school, year, random)


def _participation(school: DemoSchool, year: Period, random: Random) -> Iterator[NewObservation]:
    roll, most = school.roll_in(year), 0
    for term in year.terms:
        if random.random() < 0.12:
            continue
        took_part = _share_of(roll, school.participation * 0.8, random)
        most = max(most, took_part)
        yield NewObservation("pupil-participation", term.code, took_part, roll, "Counted from the clubs’ registers")
    took_part = max(most, _share_of(roll, school.participation, random))
    yield NewObservation("pupil-participation", year.code, took_part, roll, "Counted from the clubs’ registers")


def _attendance(school: DemoSchool, year: Period, random: Random) -> Iterator[NewObservation]:
    """The year's half-days are the terms' together; persistent absence is of each period by itself."""
    roll, attended, possible = school.roll_in(year), 0, 0
    source = "The school’s attendance register"
    for term in (*year.terms, year):
        if term.term is not None:
            half_days = roll * HALF_DAYS[term.term]
            here = round(half_days * (school.attendance + random.uniform(-0.9, 0.9)) / 100)
            attended, possible = attended + here, possible + half_days
        else:
            here, half_days = attended, possible
        yield NewObservation("attendance", term.code, here, half_days, source, pupils=roll)
        absent = _share_of(roll, school.persistent_absence, random)
        yield NewObservation("persistent-absence", term.code, absent, roll, source)


def _share_of(whole: int, percent: float, random: Random) -> int:
    """About so many of them, and never more than there are."""
    return max(0, min(whole, round(whole * (percent + random.uniform(-2.5, 2.5)) / 100)))


def _around(number: int, random: Random) -> int:
    return max(3, round(number * random.uniform(0.7, 1.2)))


def _days(term: Period, number: int, random: Random) -> list[date]:
    """Different school days of the term, in their order."""
    first, last = school_days(term)
    away_from, away_until = half_term(term)
    taught = [
        day
        for day in (first + timedelta(days=step) for step in range((last - first).days))
        if day.weekday() < 5 and not away_from <= day <= away_until
    ]
    return sorted(random.sample(taught, number))
