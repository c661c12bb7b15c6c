"""What a head has signed, exact, on its way out (`release`), and what left the school (`published`)."""

from sqlalchemy import (
    ARRAY,
    BigInteger,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKeyConstraint,
    Index,
    Integer,
    Numeric,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)

from footbridge.runtime.schema import (
    created_at,
    identifier,
    metadata,
    of_school,
    of_trust,
    plain,
    plain_column,
    school_key,
    school_table,
    sort_name,
    text_column,
    trust_key,
)

CELL_STATES = "('shown', 'z', 'x', 'c')"

release = school_table(
    "release",
    trust_key(),
    text_column("period"),
    text_column("state", comment="prepared or signed; what became of it stands in published.release"),
    text_column("preview_hash"),
    Column("prepared_by", Uuid, nullable=False),
    text_column("prepared_by_name"),
    created_at("prepared_at"),
    Column("signed_by", Uuid),
    text_column("signed_by_name", nullable=True),
    Column("signed_at", DateTime(timezone=True)),
    Column("withdrawal_signed_by", Uuid),
    Column("withdrawal_signed_at", DateTime(timezone=True)),
    text_column("returned_because", nullable=True),
    CheckConstraint("state in ('prepared', 'signed')", name="state"),
    CheckConstraint("(state = 'signed') = (signed_at is not null)", name="signed"),
    of_trust(),
    schema="release",
    wall="release",
)
Index("release_school_id_prepared_at_idx", release.c.school_id, release.c.prepared_at, release.c.id)

release_cell = Table(
    "release_cell",
    metadata,
    school_key(primary_key=True),
    trust_key(),
    Column("release_id", Uuid, primary_key=True),
    text_column("measure_id", primary_key=True),
    Column("measure_version", SmallInteger, nullable=False),
    Column("numerator", Numeric(14, 2), comment="exact; empty when not applicable or not available"),
    Column("denominator", Numeric(14, 2)),
    Column("pupils", Integer),
    text_column("state", comment="as the school saw it when it signed"),
    text_column("context_note", nullable=True),
    CheckConstraint(f"state in {CELL_STATES}", name="state"),
    ForeignKeyConstraint(["school_id", "release_id"], ["release.release.school_id", "release.release.id"]),
    of_trust(),
    schema="release",
    comment="wall: release",
)

published_release = Table(
    "release",
    metadata,
    trust_key(primary_key=True),
    identifier(),
    school_key(),
    text_column("period"),
    text_column("school_name"),
    sort_name(),
    text_column("phase"),
    Column("measure_ids", ARRAY(Text), nullable=False, comment="what it shared; kept when the values are withdrawn"),
    text_column("signed_by_name"),
    Column("signed_at", DateTime(timezone=True), nullable=False),
    created_at("published_at"),
    Column("version", BigInteger, nullable=False),
    Column("withdrawn_at", DateTime(timezone=True)),
    UniqueConstraint("trust_id", "school_id", "id"),
    of_trust(),
    of_school(),
    schema="published",
    comment="wall: published",
)
Index("published_release_school_idx", published_release.c.trust_id, published_release.c.school_id)
Index("published_release_own_idx", published_release.c.school_id, published_release.c.published_at)

value = Table(
    "value",
    metadata,
    trust_key(primary_key=True),
    school_key(primary_key=True),
    text_column("measure_id", primary_key=True),
    text_column("period", primary_key=True),
    Column("measure_version", SmallInteger, nullable=False),
    Column("release_id", Uuid, nullable=False),
    plain_column("state"),
    Column("numerator", Numeric(14, 2)),
    Column("denominator", Numeric(14, 2)),
    Column("pupils", Integer, comment="behind half-days, where the interval is made of them"),
    plain_column("rate", nullable=True, comment="with the measure's decimals, as it is shown"),
    plain_column("interval_low", nullable=True),
    plain_column("interval_high", nullable=True),
    text_column("context_note", nullable=True),
    plain("rate"),
    plain("interval_low"),
    plain("interval_high"),
    CheckConstraint(f"state in {CELL_STATES}", name="state"),
    CheckConstraint(
        "(state = 'shown') = (numerator is not null and denominator is not null)", name="shown_has_its_pair"
    ),
    ForeignKeyConstraint(
        ["trust_id", "school_id", "release_id"],
        ["published.release.trust_id", "published.release.school_id", "published.release.id"],
    ),
    schema="published",
    comment="wall: published",
)
Index("value_measure_idx", value.c.trust_id, value.c.measure_id, value.c.period)
Index("value_release_idx", value.c.trust_id, value.c.release_id)

total = Table(
    "total",
    metadata,
    trust_key(primary_key=True),
    text_column("measure_id", primary_key=True),
    text_column("period", primary_key=True),
    Column("published", Integer, nullable=False, comment="schools that have published a cell"),
    Column("shown", Integer, nullable=False, comment="cells shown among them; three at least for a total"),
    Column("numerator", Numeric(16, 2)),
    Column("denominator", Numeric(16, 2)),
    text_column("rate", nullable=True),
    CheckConstraint("numerator is null or shown >= 3", name="three_shown"),
    of_trust(),
    schema="published",
    comment="wall: published trust",
)

sibling_view = Table(
    "sibling_view",
    metadata,
    trust_key(primary_key=True),
    school_key(primary_key=True),
    text_column("measure_id", primary_key=True),
    text_column("period", primary_key=True),
    text_column("standing", comment="a quartile band in words, or too few"),
    Column("others", Integer, nullable=False),
    of_trust(),
    of_school(),
    schema="published",
    comment="wall: published sibling",
)

ledger = Table(
    "ledger",
    metadata,
    trust_key(primary_key=True),
    identifier(),
    school_key(),
    Column("release_id", Uuid, nullable=False),
    text_column("act"),
    text_column("measure_id"),
    text_column("period"),
    text_column("state"),
    Column("numerator", Numeric(14, 2), comment="what was shown, kept for the audit of later releases"),
    Column("denominator", Numeric(14, 2)),
    created_at("entered_at"),
    CheckConstraint("act in ('published', 'withdrawn')", name="act"),
    ForeignKeyConstraint(
        ["trust_id", "school_id", "release_id"],
        ["published.release.trust_id", "published.release.school_id", "published.release.id"],
    ),
    UniqueConstraint("trust_id", "release_id", "act", "measure_id"),
    schema="published",
    comment="wall: ledger",
)

version = Table(
    "version",
    metadata,
    trust_key(primary_key=True),
    Column("number", BigInteger, nullable=False),
    Column("changed_at", DateTime(timezone=True), nullable=False, server_default=text("now()")),
    of_trust(),
    schema="published",
    comment="wall: published trust",
)
