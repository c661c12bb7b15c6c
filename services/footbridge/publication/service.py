"""A head shares: prepare, sign, withdraw, each in the school's own transaction.

What is signed here leaves the school in a second transaction (`publisher`); a job row written in the first one
completes it should the process die in between.
"""

from collections.abc import Sequence
from uuid import UUID

from footbridge.audit.event import event_row
from footbridge.publication.preview import Preview, make_preview
from footbridge.publication.records import (
    AlreadyShared,
    Chosen,
    NothingToShare,
    Release,
    ReleaseNotPrepared,
    ReleaseNotShared,
    ReleaseState,
)
from footbridge.publication.repository import ReleaseRepository
from footbridge.runtime.errors import FootbridgeError, InvalidInput
from footbridge.runtime.ids import new_id
from footbridge.runtime.jobs import job_row
from footbridge.runtime.statement import Question, question
from footbridge.tenancy.period import Period
from footbridge.tenancy.permission import Permission
from footbridge.tenancy.session import SchoolSession

COMPLETE_RELEASE = "publication.complete_release"
LONGEST_NOTE = 1_000
JOB_DELAY_SECONDS = 5  # the request itself completes it first; the job is for the case that it could not


class PreviewChanged(FootbridgeError):
    """Carries the new preview, so that the head sees what would leave now."""

    code = "PREVIEW_CHANGED"

    def __init__(self, preview: Preview) -> None:
        super().__init__("What the trust would see has changed since you looked. Look at it again, then sign.")
        self.preview = preview


async def prepare_release(school: SchoolSession, period: Period, chosen: Sequence[Chosen]) -> Release:
    school.caller.require(Permission.PREPARE_RELEASE)
    if not chosen:
        raise NothingToShare
    preview = await make_preview(school, period, _trimmed(chosen))
    _refuse_shared(preview)
    release_id = new_id()
    releases, event = ReleaseRepository(school), _event(school, "publication.prepare", release_id)
    await releases.prepare(release_id, period.code, preview.entries, preview.digest, event)
    return await releases.get(release_id)


async def preview_release(school: SchoolSession, release: Release) -> Preview:
    """What the trust would see of a prepared release if it were signed now."""
    chosen = await ReleaseRepository(school).list_chosen(release.id)
    return await make_preview(school, Period.parse(release.period), chosen)


async def sign_release(school: SchoolSession, release_id: UUID, *, preview_hash: str) -> Release:
    """Bound to the preview: refused, with the new one, only if something the trust would see has changed."""
    school.caller.require(Permission.SIGN_RELEASE)
    releases = ReleaseRepository(school)
    release = await releases.lock(release_id)
    if release.state is not ReleaseState.PREPARED:
        raise ReleaseNotPrepared(release.state)
    preview = await preview_release(school, release)
    if preview.digest != preview_hash:
        raise PreviewChanged(preview)
    _refuse_shared(preview)
    event = _event(school, "publication.sign", release_id)
    await releases.sign(release_id, preview.entries, preview.digest, _job(release_id), event)
    return await releases.get(release_id)


async def withdraw_release(school: SchoolSession, release_id: UUID) -> Release:
    """Takes the figures back; that something was shared, and when, stays known."""
    school.caller.require(Permission.SIGN_RELEASE)
    releases = ReleaseRepository(school)
    release = await releases.lock(release_id)
    if release.state not in {ReleaseState.SIGNED, ReleaseState.PUBLISHED}:
        raise ReleaseNotShared(release.state)
    await releases.sign_withdrawal(release_id)
    await school.transaction.run_together(_job(release_id), _event(school, "publication.withdraw", release_id))
    return await releases.get(release_id)


def _refuse_shared(preview: Preview) -> None:
    shared = [entry.measure.name for entry in preview.entries if entry.already_shared]
    if shared:
        raise AlreadyShared(shared, preview.period.name)


def _trimmed(chosen: Sequence[Chosen]) -> list[Chosen]:
    if any(len(choice.context_note or "") > LONGEST_NOTE for choice in chosen):
        raise InvalidInput(f"A context note has at most {LONGEST_NOTE} characters.")
    return [Chosen(choice.measure_id, (choice.context_note or "").strip() or None) for choice in chosen]


def _job(release_id: UUID) -> Question:
    return question(job_row(COMPLETE_RELEASE, str(release_id), delay_seconds=JOB_DELAY_SECONDS))


def _event(school: SchoolSession, action: str, release_id: UUID) -> Question:
    return event_row(school.caller, action, trust_id=school.trust_id, school_id=school.school_id, subject_id=release_id)
