"""Enters trusts, schools, memberships and groups in the public register; doing it again changes nothing.

A school keeps our id when its URN changes. It is known by any of its URNs, else by its authority and establishment
number, which a school mostly keeps when it converts: then the file must tell which of the two came later.
"""

from dataclasses import dataclass, fields, replace
from datetime import date
from enum import StrEnum
from uuid import UUID

from footbridge.audit.event import event_row
from footbridge.runtime.clock import today
from footbridge.runtime.errors import FootbridgeError, NotFound
from footbridge.runtime.ids import new_id
from footbridge.tenancy.names import slug, sort_key
from footbridge.tenancy.operator import RegisterOperator
from footbridge.tenancy.register import Register, School, Trust, TrustGroup
from footbridge.tenancy.register_repository import Membership, RegisterRepository
from footbridge.tenancy.session import RegisterSession

UNKNOWN_PHASE = "not applicable"


class Change(StrEnum):
    """What entering something did to the register."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"


class TrustUnclear(FootbridgeError):
    code = "TRUST_UNCLEAR"


class SchoolNotEnrolled(FootbridgeError):
    """A school that cannot be entered as it is told; `column` is where to look."""

    code = "SCHOOL_NOT_ENROLLED"

    def __init__(self, column: str, reason: str) -> None:
        super().__init__(reason)
        self.column = column


@dataclass(frozen=True)
class SchoolEntry:
    """A school as it is told now; None is "not told" and never takes away what is known.

    `closed`: it has closed, perhaps on a day that is not told. `left_on` is the first day on which it no longer
    belongs to the trust.
    """

    urn: str
    name: str
    la_code: str | None = None
    establishment_number: str | None = None
    phase: str | None = None
    type: str | None = None
    postcode: str | None = None
    low_age: int | None = None
    high_age: int | None = None
    opened_on: date | None = None
    closed_on: date | None = None
    closed: bool = False
    joined_on: date | None = None
    left_on: date | None = None

    @property
    def has_left(self) -> bool:
        """A school that has closed on a day that is not told leaves its trust on the day it is entered."""
        return self.closed or self.left_on is not None


@dataclass(frozen=True)
class EnrolledTrust:
    trust: Trust
    change: Change


@dataclass(frozen=True)
class EnrolledSchool:
    """`predecessor`: the entry was an earlier URN of this school, and nothing but that URN was taken."""

    school: School
    change: Change
    predecessor: bool = False


async def enrol_trust(
    register: RegisterSession, *, name: str, uid: str | None = None, companies_house_number: str | None = None
) -> EnrolledTrust:
    """By its UID, else by its name. Without a UID it gets the local key `x-<slug>`, which a UID replaces once it is
    told; the local key is not kept, since the name finds the trust as before. Raises TrustUnclear."""
    known = await _known_trust(register, name, uid)
    if known is None:
        trust = Trust(new_id(), uid or slug(name), " ".join(name.split()), sort_key(name), companies_house_number)
        await _refuse_taken(register, trust)
        await RegisterRepository(register).add_trust(trust)
        return EnrolledTrust(trust, await _told(register, "tenancy.enrol_trust", trust.id, Change.CREATED))
    told = replace(
        known,
        uid=uid or known.uid,
        name=known.name if known.sort_name == sort_key(name) else " ".join(name.split()),
        sort_name=sort_key(name),
        companies_house_number=companies_house_number or known.companies_house_number,
    )
    if told == known:
        return EnrolledTrust(known, Change.UNCHANGED)
    await RegisterRepository(register).save_trust(told)
    return EnrolledTrust(told, await _told(register, "tenancy.change_trust", told.id, Change.UPDATED))


async def find_trust_called(register: RegisterSession, words: str) -> Trust:
    """By its UID, its local key or its name. Raises NotFound, or TrustUnclear where several have the name."""
    found = await Register(register.transaction).find_trust(uid=words.strip()) or await _trust_named(register, words)
    if found is None:
        raise NotFound(f"trust as “{' '.join(words.split())}”")
    return found


async def _known_trust(register: RegisterSession, name: str, uid: str | None) -> Trust | None:
    known = await Register(register.transaction).find_trust(uid=uid) if uid else None
    if known is not None:
        return known
    if uid is not None:
        named = await RegisterRepository(register).list_trusts_named(sort_key(name))
        return next((trust for trust in named if trust.uid.startswith("x-")), None)
    return await _trust_named(register, name)


async def _trust_named(register: RegisterSession, name: str) -> Trust | None:
    named = await RegisterRepository(register).list_trusts_named(sort_key(name))
    if len(named) > 1:
        uids = ", ".join(trust.uid for trust in named)
        raise TrustUnclear(f"Several trusts are called “{name}”, with the UIDs {uids}. Say which is meant by its UID.")
    return named[0] if named else None


async def _refuse_taken(register: RegisterSession, trust: Trust) -> None:
    """Names such as “A & B” and “A B” have one slug."""
    other = await Register(register.transaction).find_trust(uid=trust.uid)
    if other is not None:
        raise TrustUnclear(f"The local key {trust.uid} belongs to “{other.name}”. Say the UID of “{trust.name}”.")


async def enrol_school(register: RegisterSession, trust: Trust, entry: SchoolEntry) -> EnrolledSchool:
    """The school with its membership of the trust. Raises SchoolNotEnrolled, and then nothing has been written."""
    known = await _known_school(register, entry)
    if known is not None and known.urn != entry.urn and not await _succeeds(register, known, entry):
        return EnrolledSchool(known, await _add_predecessor(register, known, entry.urn), predecessor=True)
    await _refuse_misplaced(register, trust, known, entry)
    if known is None:
        return await _enter(register, trust, entry)
    changes = {await _update(register, known, entry), await _place(register, trust, known, entry)}
    school = await Register(register.transaction).get_school(known.id)
    if changes == {Change.UNCHANGED}:
        return EnrolledSchool(school, Change.UNCHANGED)
    return EnrolledSchool(school, await _told(register, "tenancy.change_school", school.id, Change.UPDATED))


async def _known_school(register: RegisterSession, entry: SchoolEntry) -> School | None:
    known = await Register(register.transaction).find_school(urn=entry.urn)
    if known is not None or entry.la_code is None or entry.establishment_number is None:
        return known
    numbered = await RegisterRepository(register).list_schools_numbered(entry.la_code, entry.establishment_number)
    return numbered[0] if len(numbered) == 1 else None


async def _succeeds(register: RegisterSession, known: School, entry: SchoolEntry) -> bool:
    """Whether the entry's URN came after the school's own: the one closed is the earlier, else the one opened first."""
    if await Register(register.transaction).find_school(urn=entry.urn) is not None:
        return False
    closed = entry.closed or entry.closed_on is not None
    if closed != (known.closed_on is not None):
        return not closed
    if known.opened_on and entry.opened_on and known.opened_on != entry.opened_on:
        return entry.opened_on > known.opened_on
    raise SchoolNotEnrolled(
        "urn",
        f"“{known.name}” ({known.urn}) has the same authority and establishment number, and it is not told which of "
        "the two opened later or has closed; import a list that has their dates",
    )


async def _add_predecessor(register: RegisterSession, school: School, urn: str) -> Change:
    if await Register(register.transaction).find_school(urn=urn) is not None:
        return Change.UNCHANGED
    await RegisterRepository(register).add_urn(school.id, urn, "predecessor")
    return await _told(register, "tenancy.add_predecessor", school.id, Change.UPDATED)


async def _enter(register: RegisterSession, trust: Trust, entry: SchoolEntry) -> EnrolledSchool:
    school = School(
        new_id(), entry.urn, entry.name, sort_key(entry.name), entry.la_code, entry.establishment_number,
        entry.phase or UNKNOWN_PHASE, entry.type, entry.low_age, entry.high_age, entry.opened_on, entry.closed_on,
    )  # fmt: skip
    await RegisterRepository(register).add_school(school, entry.postcode)
    await _place(register, trust, school, entry)
    return EnrolledSchool(school, await _told(register, "tenancy.enrol_school", school.id, Change.CREATED))


async def _update(register: RegisterSession, known: School, entry: SchoolEntry) -> Change:
    rows = RegisterRepository(register)
    told = {field.name: getattr(entry, field.name, None) for field in fields(School)}
    changed = replace(known, **{name: value for name, value in told.items() if value is not None})
    if sort_key(entry.name) == known.sort_name:
        changed = replace(changed, name=known.name)
    changed = replace(changed, sort_name=sort_key(changed.name))
    if changed.urn != known.urn:
        changed = replace(changed, opened_on=entry.opened_on, closed_on=entry.closed_on)
        await rows.retire_urns(known.id)
        await rows.add_urn(known.id, changed.urn, "current")
    postcode = await rows.find_postcode(known.id)
    if changed == known and entry.postcode in {None, postcode}:
        return Change.UNCHANGED
    await rows.save_school(changed, entry.postcode or postcode)
    return Change.UPDATED


async def _refuse_misplaced(register: RegisterSession, trust: Trust, school: School | None, entry: SchoolEntry) -> None:
    """A school changes its trust on a told day that is later than the day it joined the other: it is never taken."""
    if entry.joined_on and entry.left_on and entry.left_on < entry.joined_on:
        raise SchoolNotEnrolled("joined_on", f"it joined on {entry.joined_on} after it had left on {entry.left_on}")
    elsewhere = await _open_membership(register, school)
    if elsewhere is None or elsewhere.trust_id == trust.id or entry.has_left:
        return
    if entry.joined_on is not None and entry.joined_on > elsewhere.from_on:
        return
    other = await Register(register.transaction).get_trust(elsewhere.trust_id)
    told = f"joined on {entry.joined_on:%d %B %Y}" if entry.joined_on else "without the day it joined"
    raise SchoolNotEnrolled(
        "joined_on",
        f"it belongs to “{other.name}” ({other.uid}) since {elsewhere.from_on:%d %B %Y} and is told here {told}; "
        "a school changes its trust with a day joined that is later",
    )


async def _open_membership(register: RegisterSession, school: School | None) -> Membership | None:
    known = await RegisterRepository(register).list_memberships(school.id) if school else []
    return next((membership for membership in known if membership.until_on is None), None)


async def _place(register: RegisterSession, trust: Trust, school: School, entry: SchoolEntry) -> Change:
    """The school's membership as the entry tells it; where no day of joining is told, from the day it is entered."""
    rows = RegisterRepository(register)
    open_one = await _open_membership(register, school)
    if open_one is not None and open_one.trust_id == trust.id:
        return await _amend(rows, open_one, entry)
    if entry.has_left and entry.left_on is None:
        return Change.UNCHANGED
    if entry.left_on is None:
        if open_one is not None:
            await rows.save_membership(replace(open_one, until_on=entry.joined_on))
        from_on = entry.joined_on or today()
    else:
        past = await rows.list_memberships(school.id)
        if any(membership.trust_id == trust.id and membership.until_on == entry.left_on for membership in past):
            return Change.UNCHANGED
        from_on = entry.joined_on or min(entry.opened_on or entry.left_on, entry.left_on)
    await rows.add_membership(Membership(trust.id, new_id(), school.id, from_on, entry.left_on))
    return Change.UPDATED


async def _amend(rows: RegisterRepository, known: Membership, entry: SchoolEntry) -> Change:
    from_on = entry.joined_on or known.from_on
    until_on = entry.left_on or (today() if entry.has_left else None)
    if until_on is not None:
        from_on = min(from_on, until_on)  # a day of joining that was only assumed
    told = replace(known, from_on=from_on, until_on=until_on)
    if told == known:
        return Change.UNCHANGED
    await rows.save_membership(told)
    return Change.UPDATED


async def enrol_group(register: RegisterSession, trust: Trust, *, name: str, kind: str) -> TrustGroup:
    """A hub, region or phase team, by its name; the one that is there already."""
    known = await RegisterRepository(register).find_group(trust.id, sort_key(name))
    if known is not None:
        return known
    group = TrustGroup(new_id(), trust.id, " ".join(name.split()), sort_key(name), kind)
    await RegisterRepository(register).add_group(group)
    await _told(register, "tenancy.enrol_group", group.id, Change.CREATED)
    return group


async def join_group(register: RegisterSession, group: TrustGroup, school_id: UUID, *, from_on: date) -> Change:
    """Nothing where the school is in the group already."""
    rows = RegisterRepository(register)
    if await rows.find_open_link(group, school_id) is not None:
        return Change.UNCHANGED
    await rows.add_link(group, school_id, from_on)
    return Change.CREATED


async def _told(register: RegisterSession, action: str, subject_id: UUID, change: Change) -> Change:
    event = event_row(RegisterOperator(), action, trust_id=None, subject_id=subject_id)
    await register.transaction.run(event)
    return change
