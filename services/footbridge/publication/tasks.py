"""Jobs of publication."""

from uuid import UUID

from footbridge.publication.publisher import complete_release
from footbridge.publication.service import COMPLETE_RELEASE
from footbridge.tenancy.job import Job, job_actor


@job_actor(COMPLETE_RELEASE)
async def complete_signed_release(job: Job, release_id: str) -> None:
    """Safe to run twice: what is published or withdrawn is keyed by the release."""
    await complete_release(job.database, job.caller, UUID(release_id))
