"""What happened, by whom: rows that every role may add and none may change, and the chain that seals them."""

from sqlalchemy import BigInteger, Column, DateTime, Identity, Index, LargeBinary, Table, Uuid, text
from sqlalchemy.dialects.postgresql import JSONB

from footbridge.runtime.schema import identifier, metadata, text_column

event = Table(
    "event",
    metadata,
    identifier(),
    Column("trust_id", Uuid),
    Column("school_id", Uuid),
    Column("occurred_at", DateTime(timezone=True), nullable=False, server_default=text("clock_timestamp()")),
    text_column("actor_kind"),
    Column("actor_id", Uuid),
    text_column("action"),
    Column("subject_id", Uuid),
    Column("details", JSONB, nullable=False, server_default=text("'{}'::jsonb")),
    schema="audit",
    comment="wall: audit",
)
Index("event_school_id_occurred_at_idx", event.c.school_id, event.c.occurred_at)

seal = Table(
    "seal",
    metadata,
    Column("position", BigInteger, Identity(always=True), primary_key=True),
    Column("event_id", Uuid, nullable=False, unique=True),
    Column("hash", LargeBinary, nullable=False, comment="SHA-256 over the previous hash and the event"),
    schema="audit",
    comment="wall: seal",
)
