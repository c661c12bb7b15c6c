"""What a school does with its activities and sessions."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from uuid import UUID

from footbridge.audit.event import event_row
from footbridge.engagement.records import (
    Activity,
    NewCount,
    NewVoice,
    NewYearGroup,
    Session,
    SessionKind,
)
from footbridge.engagement.repository import EngagementRepository
from footbridge.runtime.clock import now, today
from footbridge.runtime.errors import InvalidInput
from footbridge.runtime.ids import new_id
from footbridge.runtime.statement import Question
from footbridge.tenancy.names import name_of, sort_key
from footbridge.tenancy.permission import Permission
from footbridge.tenancy.session import SchoolSession

LARGEST_COUNT = 100_000


async def add_activity(
    school: SchoolSession, *, title: str, category: str, partnership_id: UUID | None = None
) -> Activity:
    school.caller.require(Permission.MANAGE_ACTIVITIES)
    title = name_of(title, "title")
    activity = Activity(new_id(), partnership_id, title, sort_key(title), category, now())
    await EngagementRepository(school).add_activity(activity)
    await _tell(school, "engagement.add_activity", activity.id)
    return activity


async def record_session(
    school: SchoolSession,
    activity_id: UUID,
    *,
    held_on: date,
    kind: str,
    hours: Decimal,
    led_by: str,
    designed_by: str,
    space: str,
    counts: Sequence[NewCount] = (),
    year_groups: Sequence[NewYearGroup] = (),
    voice: NewVoice | None = None,
) -> Session:
    """Records one dated activity with who came; `hours` is its length, more than 0 and at most 24."""
    school.caller.require(Permission.MANAGE_ACTIVITIES)
    hours = hours.quantize(Decimal("0.01"))
    _check(held_on, kind, hours, counts, year_groups)
    _check_voice(voice)
    said = vars(voice) if voice else dict.fromkeys(("space", "voice", "audience", "influence"))
    session = Session(
        id=new_id(), activity_id=activity_id, held_on=held_on, kind=kind, hours=hours,
        led_by=led_by, designed_by=designed_by, space=space, created_at=now(),
        **{f"voice_{part}": words for part, words in said.items()},
    )  # fmt: skip
    event = _event(school, "engagement.record_session", session.id)
    await EngagementRepository(school).add_session(session, counts, year_groups, event)
    return session


async def remove_session(school: SchoolSession, session_id: UUID) -> Session:
    """Takes back a session recorded by mistake; the audit log keeps that it was there."""
    school.caller.require(Permission.MANAGE_ACTIVITIES)
    engagement = EngagementRepository(school)
    session = await engagement.get_session(session_id)
    await engagement.remove_session(session_id)
    await _tell(school, "engagement.remove_session", session_id)
    return session


def _check(
    held_on: date, kind: str, hours: Decimal, counts: Sequence[NewCount], year_groups: Sequence[NewYearGroup]
) -> None:
    if held_on > today():
        raise InvalidInput(f"{held_on:%d %B %Y} is still to come: a session is recorded when it has been held.")
    if not Decimal(0) < hours <= Decimal(24):
        raise InvalidInput("A session lasts more than 0 and at most 24 hours.")
    if (kind == SessionKind.PARENTS_MEETING) != bool(year_groups):
        raise InvalidInput("A parents’ meeting names its year groups, and only a parents’ meeting does.")
    for count in counts:
        if min(count.attended, count.invited or 0, count.eligible or 0) < 0:
            raise InvalidInput(f"A count of {count.audience} is below zero.")
        if count.attended > LARGEST_COUNT:
            raise InvalidInput(f"{count.attended:,} of {count.audience} at one session: at most {LARGEST_COUNT:,} fit.")
    for group in year_groups:
        _check_year_group(group)
    _check_once("audience", [count.audience for count in counts])
    _check_once("year group", [str(group.year_group) for group in year_groups])


def _check_year_group(group: NewYearGroup) -> None:
    name = "Reception" if group.year_group == 0 else f"Year {group.year_group}"
    if not 0 <= group.year_group <= 11:
        raise InvalidInput("Year groups go from 0 (Reception) to 11.")
    if min(group.in_person, group.by_phone, group.online) < 0:
        raise InvalidInput(f"A count of {name} is below zero.")
    represented = group.in_person + group.by_phone + group.online
    if represented > group.pupils:
        raise InvalidInput(
            f"{name}: {represented} pupils represented of {group.pupils}. Count each pupil once: "
            "in person, else by phone, else online."
        )


def _check_voice(voice: NewVoice | None) -> None:
    missing = [part for part, words in vars(voice).items() if not words.strip()] if voice else []
    if missing:
        raise InvalidInput(f"The {missing[0]} of the youth-voice record is empty: say all four, or leave it out.")


def _check_once(what: str, values: Sequence[str]) -> None:
    twice = {value for value in values if values.count(value) > 1}
    if twice:
        raise InvalidInput(f"The {what} {sorted(twice)[0]} stands twice: add the two up.")


async def _tell(school: SchoolSession, action: str, subject_id: UUID) -> None:
    await school.transaction.run(_event(school, action, subject_id))


def _event(school: SchoolSession, action: str, subject_id: UUID) -> Question:
    return event_row(school.caller, action, trust_id=school.trust_id, school_id=school.school_id, subject_id=subject_id)
