"""The second transaction: what a head has signed leaves the school, or is taken back, once.

Runs as `footbridge_release`, which has no grant on the school's record. Under a lock of the whole trust, because
two heads at once would each pass an audit that does not see the other.
"""

from dataclasses import dataclass
from uuid import UUID

from footbridge.audit.event import event_row
from footbridge.measures.definition import Figure, Unavailable
from footbridge.measures.find import find_measure
from footbridge.publication.cell import Cell, entry_of, preview_hash
from footbridge.publication.published import PublishedRepository, SignedRelease
from footbridge.publication.records import ReleaseState, SignedCell
from footbridge.publication.repository import ReleaseRepository
from footbridge.publication.summary import SummaryRepository, refresh
from footbridge.runtime.database import Database
from footbridge.runtime.statement import Question
from footbridge.tenancy.caller import Caller
from footbridge.tenancy.register import Register
from footbridge.tenancy.release_session import ReleaseSession, open_release
from footbridge.tenancy.session import SchoolSession, open_school


@dataclass(frozen=True)
class Returned:
    """Nothing was published: what the head saw no longer holds."""

    reason: str


async def complete_release(database: Database, caller: Caller, release_id: UUID) -> ReleaseState:
    """Publishes a signed release, or withdraws one whose withdrawal is signed; safe to run any number of times."""
    assert caller.school_id is not None
    async with open_release(database, caller, school_id=caller.school_id) as session:
        outcome = await _complete(session, release_id)
    if isinstance(outcome, Returned):
        return await _give_back(database, caller, release_id, outcome.reason)
    return outcome


async def _complete(session: ReleaseSession, release_id: UUID) -> ReleaseState | Returned:
    published = PublishedRepository(session)
    await published.lock_trust()
    signed = await published.get_signed(release_id)
    if signed.withdrawal_signed:
        return await _withdraw(session, published, signed)
    if signed.state != ReleaseState.SIGNED:
        return ReleaseState(signed.state)
    if signed.is_published:
        return ReleaseState.PUBLISHED
    return await _publish(session, published, signed)


async def _publish(
    session: ReleaseSession, published: PublishedRepository, signed: SignedRelease
) -> ReleaseState | Returned:
    school = await Register(session.transaction).get_school(session.school_id)
    cells = [_cell_of(kept, school.phase) for kept in await published.list_signed_cells(signed.id)]
    if preview_hash(session.school_id, signed.period, cells) != signed.preview_hash:
        return Returned("What the trust would see is no longer what you saw: a definition or a rule has changed since.")
    shared = await published.list_shared_measures(signed.period)
    for cell in cells:
        if cell.measure_id in shared:
            return Returned(f"{find_measure(cell.measure_id).name} was shared by another release in the meantime.")
    event = _event(session, "publication.published", signed.id)
    await published.publish(signed, school, cells, await published.next_version(), event)
    await refresh(session, [cell.measure_id for cell in cells], signed.period)
    return ReleaseState.PUBLISHED


async def _withdraw(session: ReleaseSession, published: PublishedRepository, signed: SignedRelease) -> ReleaseState:
    """Deletes the values; header and mark stay. One never published is withdrawn by its mark alone."""
    if signed.is_published and not signed.is_withdrawn:
        measure_ids = await published.remove_values(signed)
        event = _event(session, "publication.withdrawn", signed.id)
        await published.mark_withdrawn(signed, measure_ids, await published.next_version(), event)
        await SummaryRepository(session, signed.period).remove_own_views(measure_ids)
        await refresh(session, measure_ids, signed.period)
    return ReleaseState.WITHDRAWN


def _cell_of(kept: SignedCell, phase: str) -> Cell:
    """Judged again from the exact figure, by the rules as they are now."""
    measure = find_measure(kept.measure_id)
    if kept.numerator is None or kept.denominator is None:
        figure: Figure | Unavailable = Unavailable("")
    else:
        figure = Figure(kept.numerator, kept.denominator, kept.pupils, "")
    return entry_of(measure, phase, figure, note=kept.context_note).cell


async def _give_back(database: Database, caller: Caller, release_id: UUID, reason: str) -> ReleaseState:
    async with open_school(database, caller, school_id=caller.school_id) as school:  # type: ignore[arg-type]
        releases = ReleaseRepository(school)
        release = await releases.lock(release_id)
        if release.state is not ReleaseState.SIGNED:
            return release.state
        await releases.give_back(release_id, reason)
        await school.transaction.run(_event(school, "publication.returned", release_id))
    return ReleaseState.PREPARED


def _event(session: ReleaseSession | SchoolSession, action: str, release_id: UUID) -> Question:
    return event_row(
        session.caller, action, trust_id=session.trust_id, school_id=session.school_id, subject_id=release_id
    )
