"""What a school does with its partnerships."""

from dataclasses import replace
from datetime import date
from uuid import UUID

from footbridge.audit.event import event_row
from footbridge.partnerships.records import MOST_OF_AN_ELEMENT, Elements, Organisation, Partnership, Status
from footbridge.partnerships.repository import PartnershipRepository
from footbridge.runtime.clock import now, today
from footbridge.runtime.errors import InvalidInput
from footbridge.runtime.ids import new_id
from footbridge.tenancy.names import name_of, sort_key
from footbridge.tenancy.permission import Permission
from footbridge.tenancy.session import SchoolSession


async def add_organisation(
    school: SchoolSession, *, name: str, kind: str, identifier: str | None = None
) -> Organisation:
    """The school's row for an organisation; the one that is there already when the name is the same. It is given the
    identifier that it has not had yet; raises InvalidInput where it is known with another.
    """
    school.caller.require(Permission.MANAGE_PARTNERSHIPS)
    organisation = Organisation(new_id(), name_of(name, "name"), sort_key(name), kind, identifier)
    partnerships = PartnershipRepository(school)
    known = await partnerships.add_organisation(organisation)
    if known.id == organisation.id:
        await _tell(school, "partnerships.add_organisation", known.id)
    elif identifier and known.identifier is None:
        known = replace(known, identifier=identifier)
        await partnerships.save_organisation(known)
        await _tell(school, "partnerships.identify_organisation", known.id)
    elif identifier and known.identifier != identifier:
        raise InvalidInput(
            f"“{known.name}” is known here as {known.identifier}. For another organisation, give another name."
        )
    return known


async def add_partnership(
    school: SchoolSession,
    *,
    organisation_id: UUID,
    title: str,
    need_school: str,
    need_partner: str | None = None,
    status: Status = Status.PROPOSED,
    starts_on: date | None = None,
    ended_on: date | None = None,
    elements: Elements | None = None,
) -> Partnership:
    """Records a partnership as it stands, also one that began long ago."""
    school.caller.require(Permission.MANAGE_PARTNERSHIPS)
    partnerships = PartnershipRepository(school)
    await partnerships.get_organisation(organisation_id)
    starts_on = _started_on(status, starts_on, ended_on)
    partnership = Partnership(
        id=new_id(), organisation_id=organisation_id, title=name_of(title, "title"), sort_name=sort_key(title),
        status=status.value, need_school=_said(need_school, "shared need"), need_partner=need_partner,
        starts_on=starts_on, ended_on=ended_on, venue_name=None, venue_space=None, venue_reason=None,
        voice_space=None, voice_voice=None, voice_audience=None, voice_influence=None, created_at=now(),
    )  # fmt: skip
    said = _checked(elements or Elements())
    _check_room(said, (0, 0, 0))
    partnership = _with_elements(partnership, said)
    await partnerships.add(partnership)
    for reached, on in _history(status, starts_on, ended_on):
        await partnerships.add_status_change(partnership.id, reached.value, on)
    await partnerships.add_elements(partnership.id, said)
    await _tell(school, "partnerships.add", partnership.id)
    return partnership


async def add_elements(school: SchoolSession, partnership_id: UUID, elements: Elements) -> Partnership:
    """Says more about outcomes, roles, benefits, venue or youth voice; nothing said before is lost."""
    school.caller.require(Permission.MANAGE_PARTNERSHIPS)
    partnerships = PartnershipRepository(school)
    said = _checked(elements)
    partnership = await partnerships.get(partnership_id, for_change=True)
    _check_room(said, await partnerships.count_elements(partnership_id))
    await partnerships.add_elements(partnership_id, said)
    await _tell(school, "partnerships.add_elements", partnership_id)
    return await partnerships.save(_with_elements(partnership, said))


async def change_status(school: SchoolSession, partnership_id: UUID, status: Status, *, on: date) -> Partnership:
    """Never on a day before it was last active or paused: what measures count stays as it was told."""
    school.caller.require(Permission.MANAGE_PARTNERSHIPS)
    partnerships = PartnershipRepository(school)
    partnership = await partnerships.get(partnership_id, for_change=True)
    moved = partnership.moved_to(status, on)
    if moved.starts_on and moved.ended_on and moved.ended_on < moved.starts_on:
        raise InvalidInput(f"The partnership began on {moved.starts_on:%d %B %Y}: it cannot end before that.")
    known = await partnerships.find_last_day_told(partnership_id)
    if known is not None and on < known:
        raise InvalidInput(f"It is known how the partnership stood on {known:%d %B %Y}: say a day from then on.")
    await partnerships.add_status_change(partnership_id, status.value, on)
    await _tell(school, "partnerships.change_status", partnership_id)
    return await partnerships.save(moved)


def _history(status: Status, starts_on: date | None, ended_on: date | None) -> list[tuple[Status, date]]:
    """One that is ended was active in between: it counts for the periods it touched."""
    if status is Status.ENDED and starts_on is not None and ended_on is not None:
        return [(Status.ACTIVE, starts_on), (Status.ENDED, ended_on)]
    return [(status, starts_on or today())]


def _started_on(status: Status, starts_on: date | None, ended_on: date | None) -> date | None:
    if (status is Status.ENDED) != (ended_on is not None):
        raise InvalidInput("A partnership has an end date when it has ended, and only then.")
    if status is Status.ENDED and starts_on is None:
        raise InvalidInput("Say when the partnership began: it counts for the periods in which it was active.")
    if starts_on and ended_on and ended_on < starts_on:
        raise InvalidInput("A partnership cannot end before it began.")
    return starts_on or (today() if status in {Status.ACTIVE, Status.PAUSED} else None)


def _checked(elements: Elements) -> Elements:
    """Without the space around it; an element that says nothing is none. Raises InvalidInput."""
    return Elements(
        outcomes=tuple(
            replace(
                outcome,
                description=_said(outcome.description, "outcome"),
                indicator=_said(outcome.indicator, "outcome’s indicator"),
            )
            for outcome in elements.outcomes
        ),
        roles=tuple((side, _said(role, "responsibility")) for side, role in elements.roles),
        benefits=tuple((side, _said(benefit, "benefit")) for side, benefit in elements.benefits),
        venue=elements.venue and replace(elements.venue, name=_said(elements.venue.name, "venue")),
        youth_voice=elements.youth_voice,
    )


def _check_room(said: Elements, known: tuple[int, int, int]) -> None:
    """`known` are the outcomes, roles and benefits that are there already."""
    added = (len(said.outcomes), len(said.roles), len(said.benefits))
    for what, more, there in zip(("outcomes", "roles", "benefits"), added, known, strict=True):
        if more and more + there > MOST_OF_AN_ELEMENT:
            raise InvalidInput(f"A partnership has at most {MOST_OF_AN_ELEMENT} {what}; there are {there} already.")


def _with_elements(partnership: Partnership, elements: Elements) -> Partnership:
    if elements.venue is not None:
        venue = elements.venue
        partnership = replace(partnership, venue_name=venue.name, venue_space=venue.space, venue_reason=venue.reason)
    if elements.youth_voice is not None:
        voice = elements.youth_voice
        partnership = replace(
            partnership,
            voice_space=voice.space.strip() or partnership.voice_space,
            voice_voice=voice.voice.strip() or partnership.voice_voice,
            voice_audience=voice.audience.strip() or partnership.voice_audience,
            voice_influence=voice.influence.strip() or partnership.voice_influence,
        )
    return partnership


def _said(text: str, what: str) -> str:
    if not text.strip():
        raise InvalidInput(f"The {what} is empty.")
    return text.strip()


async def _tell(school: SchoolSession, action: str, subject_id: UUID) -> None:
    event = event_row(
        school.caller, action, trust_id=school.trust_id, school_id=school.school_id, subject_id=subject_id
    )
    await school.transaction.run(event)
