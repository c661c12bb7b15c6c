"""Work that goes on after the answer: whose it is stands in the job's row, never in its arguments."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any
from uuid import UUID

import dramatiq
from dramatiq.middleware import CurrentMessage

from footbridge.runtime.broker import QuietBroker
from footbridge.runtime.database import Database
from footbridge.tenancy.caller import Caller, CallerKind


@dataclass(frozen=True)
class Job:
    """The database, and a caller of kind *job* for the tenant that enqueued it."""

    database: Database
    caller: Caller


def job_actor(name: str) -> Callable[[Callable[..., Awaitable[None]]], Any]:
    """Declares the actor, tried until it succeeds: what was acknowledged is owed. Import it once there is a broker."""

    def declare(work: Callable[..., Awaitable[None]]) -> Any:
        @wraps(work)
        async def run(*arguments: str) -> None:
            await work(_current_job(), *arguments)

        return dramatiq.actor(actor_name=name, max_retries=None)(run)

    return declare


def _current_job() -> Job:
    message, broker = CurrentMessage.get_current_message(), dramatiq.get_broker()
    if message is None or not isinstance(broker, QuietBroker):
        raise RuntimeError("a job runs in the worker only")
    tenant = broker.tenant(message.message_id)
    return Job(broker.database, job_caller(UUID(message.message_id), tenant.trust_id, tenant.school_id))


def job_caller(job_id: UUID, trust_id: UUID, school_id: UUID | None) -> Caller:
    """It completes what was allowed when it was enqueued, and has no permission of its own."""
    return Caller(CallerKind.JOB, job_id, "job", "job", trust_id, school_id, frozenset())
