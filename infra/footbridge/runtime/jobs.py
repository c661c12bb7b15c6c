"""The job queue: rows inserted in the caller's own transaction, for the broker of `broker.py` to work off.

The tables are those of `dramatiq-postgres`. We insert the row ourselves, because its own statement needs more than
INSERT, and because who enqueues a job needs no worker's libraries.
"""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    DateTime,
    Identity,
    Index,
    Insert,
    Table,
    Uuid,
    insert,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from footbridge.runtime.ids import new_id
from footbridge.runtime.schema import metadata, text_column

SCHEMA = "jobs"
QUEUE = "default"

queue = Table(
    "queue",
    metadata,
    Column("message_id", Uuid, primary_key=True),
    text_column("queue_name", server_default=text("'default'")),
    text_column("state"),
    Column("mtime", DateTime(timezone=True), server_default=text("now()")),
    Column("message", JSONB, nullable=False),
    Column("position", BigInteger, Identity(always=False)),
    Column("available_at", DateTime(timezone=True), nullable=False, server_default=text("now()")),
    Column("worker_id", Uuid),
    Column("consumed_at", DateTime(timezone=True)),
    Column(
        "trust_id",
        Uuid,
        server_default=text("nullif(current_setting('footbridge.trust_id', true), '')::uuid"),
        comment="filled from the enqueuer's setting, never an argument",
    ),
    Column(
        "school_id",
        Uuid,
        server_default=text("nullif(current_setting('footbridge.school_id', true), '')::uuid"),
    ),
    CheckConstraint("state in ('queued', 'consumed', 'rejected')", name="state"),
    schema=SCHEMA,
    comment="wall: jobs",
)
Index(
    "queue_claim_idx",
    *(queue.c.queue_name, queue.c.available_at, queue.c.position),
    postgresql_where=text("state = 'queued'"),
)
Index("queue_state_mtime_idx", queue.c.state, queue.c.mtime)

worker = Table(
    "worker",
    metadata,
    Column("worker_id", Uuid, primary_key=True),
    Column("heartbeat_at", DateTime(timezone=True), nullable=False),
    schema=SCHEMA,
    comment="wall: worker",
)

result = Table(
    "result",
    metadata,
    Column("message_id", Uuid, primary_key=True),
    Column("result", JSONB),
    Column("expires_at", DateTime(timezone=True)),
    schema=SCHEMA,
    comment="wall: worker",
)


def job_row(actor_name: str, *arguments: str, delay_seconds: int = 0) -> Insert:
    """The insert that enqueues a job; run it in the transaction whose effect the job completes.

    Arguments are ids. The tenant is the transaction's own, taken by the table from its setting.
    """
    message_id = new_id()
    message = {
        "queue_name": QUEUE,
        "actor_name": actor_name,
        "args": list(arguments),
        "kwargs": {},
        "options": {},
        "message_id": str(message_id),
        "message_timestamp": message_id.int >> 80,
    }
    return insert(queue).values(
        message_id=message_id,
        queue_name=QUEUE,
        state="queued",
        message=message,
        available_at=text(f"now() + interval '{int(delay_seconds)} seconds'"),
    )
