"""The broker that works off the job queue; the worker's alone.

It acknowledges quietly, because the notifications of `dramatiq-postgres` carry the message and know no row-level
security.
"""

import logging
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import dramatiq
from dramatiq.errors import DecodeError
from dramatiq.middleware import AsyncIO, CurrentMessage, Middleware, Retries, ShutdownNotifications, TimeLimit
from dramatiq_postgres import PostgresBroker
from dramatiq_postgres.broker import PostgresConsumer
from dramatiq_postgres.utils import transaction
from psycopg.types.json import Json

from footbridge.runtime.database import Database
from footbridge.runtime.ids import new_id
from footbridge.runtime.jobs import SCHEMA

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class JobTenant:
    """Whose job it is, as its row says."""

    trust_id: UUID
    school_id: UUID | None


ACKNOWLEDGE = "DELETE FROM jobs.queue WHERE message_id = %s AND queue_name = %s AND state = 'consumed'"
REJECT = (
    "UPDATE jobs.queue SET state = 'rejected', message = %s, worker_id = NULL, mtime = now() "
    "WHERE message_id = %s AND queue_name = %s AND state <> 'rejected'"
)
CLAIM = """
WITH next AS (
    SELECT message_id FROM jobs.queue
    WHERE queue_name = %s AND state = 'queued' AND available_at <= now()
    ORDER BY available_at, position LIMIT %s FOR UPDATE SKIP LOCKED
)
UPDATE jobs.queue AS q SET state = 'consumed', worker_id = %s, consumed_at = now(), mtime = now()
FROM next WHERE q.message_id = next.message_id
RETURNING q.message_id::text, q.message::text
"""
SET_ASIDE = "UPDATE jobs.queue SET state = 'rejected', worker_id = NULL, mtime = now() WHERE message_id = %s"
TENANT = "SELECT trust_id, school_id FROM jobs.queue WHERE message_id = %s"


class QuietConsumer(PostgresConsumer):
    """Acknowledges without a notification: nothing a listener of another tenant could read.

    A row whose message is none, or names another row's id, is set aside: it would stop the others, or run as the
    job of another tenant.
    """

    def claim(self, limit: int) -> None:
        with transaction(self.get_consume_conn()) as cursor:
            cursor.execute(CLAIM, (self.queue_name, limit, self.broker.worker_id))
            for message_id, content in cursor.fetchall():
                message = _message_of(message_id, content)
                if message is None:
                    log.error("job %s is not a message of its own and was set aside", message_id)
                    cursor.execute(SET_ASIDE, (message_id,))
                else:
                    self.buffer.append(message)

    def ack(self, message: Any) -> None:
        self._finish(message, ACKNOWLEDGE, (message.message_id, message.queue_name))

    def nack(self, message: Any) -> None:
        content = Json(message.asdict())
        self._finish(message, REJECT, (content, message.message_id, message.queue_name))

    def _finish(self, message: Any, statement: str, parameters: tuple[Any, ...]) -> None:
        with transaction(self.pool) as cursor:
            cursor.execute(statement, parameters)
        self.in_processing.discard(message.message_id)
        self.wakeup.set()


def _message_of(message_id: str, content: str) -> dramatiq.Message[Any] | None:
    try:
        message: dramatiq.Message[Any] = dramatiq.Message.decode(content.encode())
    except (DecodeError, TypeError, KeyError):
        return None
    return message if message.message_id == message_id else None


class QuietBroker(PostgresBroker):
    """Polls the queue as `footbridge_worker`; retries wait in the queue, not in memory."""

    def __init__(self, url: str, database: Database, middleware: list[Middleware]) -> None:
        self.database = database
        super().__init__(
            url=url, schema=SCHEMA, results=False, listen=False, notify=False, poll_interval=0.5,
            heartbeat_interval=5.0, heartbeat_ttl=20.0, maintenance_interval=5.0, middleware=middleware,
        )  # fmt: skip

    def consume(self, queue_name: str, prefetch: int = 1, timeout: int = 30_000) -> QuietConsumer:
        """Under a new name, also when a lost connection is made anew.

        What was claimed just before it was lost may never have arrived here; under the old name, which gives no
        more signs of life, it counts as a dead worker's and is done again.
        """
        self.worker_id = str(new_id())
        self._heartbeat_at = 0.0
        return QuietConsumer(broker=self, queue_name=queue_name, prefetch=prefetch, timeout=timeout)

    def tenant(self, message_id: str) -> JobTenant:
        with transaction(self.pool) as cursor:
            cursor.execute(TENANT, (message_id,))
            trust_id, school_id = cursor.fetchone()
        return JobTenant(trust_id, school_id)


def make_broker(url: str, database: Database) -> QuietBroker:
    """`url` is the queue's, for `footbridge_worker`; the work itself goes through the database's other roles."""
    middleware: list[Middleware] = [
        ShutdownNotifications(),
        TimeLimit(time_limit=60_000),
        CurrentMessage(),
        Retries(min_backoff=500, max_backoff=60_000),
        AsyncIO(),
    ]
    broker = QuietBroker(url, database, middleware)
    dramatiq.set_broker(broker)
    return broker
