"""What both sides see: who at the trust read which school's figures, and when."""

from sqlalchemy import BigInteger, Column, DateTime, Table, UniqueConstraint, Uuid

from footbridge.runtime.schema import (
    created_at,
    identifier,
    metadata,
    of_school,
    of_trust,
    school_key,
    text_column,
    trust_key,
)

access_record = Table(
    "access_record",
    metadata,
    trust_key(primary_key=True),
    identifier(),
    school_key(),
    Column("reader_id", Uuid, nullable=False),
    text_column("reader_name", comment="as it stood that day; a token's own name for a token"),
    text_column("reader_role"),
    text_column("operation"),
    text_column("measure_id"),
    text_column("period"),
    Column("version", BigInteger, nullable=False, comment="of the trust's published figures"),
    Column("hour", DateTime(timezone=True), nullable=False),
    created_at("read_at"),
    UniqueConstraint(
        "trust_id", "school_id", "reader_id", "operation", "measure_id", "period", "version", "hour",
        name="access_record_once_key",
    ),
    of_trust(),
    of_school(),
    schema="delegation",
    comment="wall: delegation",
)  # fmt: skip
