"""What is public of trusts, schools and registered clients (`register`), and the school's idempotency keys."""

from sqlalchemy import (
    ARRAY,
    BigInteger,
    CheckConstraint,
    Column,
    Date,
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
    same_trust,
    school_key,
    sort_name,
    text_column,
    trust_key,
)

PUBLIC = "wall: public"

trust = Table(
    "trust",
    metadata,
    identifier(),
    text_column("uid", unique=True, comment="GIAS Group UID, or x-<slug> until a file brings it"),
    text_column("name"),
    sort_name(),
    text_column("companies_house_number", nullable=True),
    created_at(),
    schema="register",
    comment=PUBLIC,
)

trust_group = Table(
    "trust_group",
    metadata,
    trust_key(primary_key=True),
    identifier(),
    text_column("name"),
    sort_name(),
    text_column("kind"),
    CheckConstraint("kind in ('hub', 'region', 'phase')", name="kind"),
    UniqueConstraint("trust_id", "sort_name"),
    of_trust(),
    schema="register",
    comment=PUBLIC,
)

school = Table(
    "school",
    metadata,
    identifier(),
    plain_column("urn", unique=True, comment="the current URN; earlier ones stand in school_urn"),
    plain("urn"),
    text_column("name"),
    sort_name(),
    text_column("la_code", nullable=True),
    text_column("establishment_number", nullable=True),
    text_column("phase"),
    text_column("type", nullable=True),
    text_column("postcode", nullable=True),
    Column("low_age", SmallInteger),
    Column("high_age", SmallInteger),
    Column("opened_on", Date),
    Column("closed_on", Date),
    created_at(),
    CheckConstraint(
        "phase in ('nursery', 'primary', 'secondary', 'all-through', 'special', 'alternative provision', "
        "'16 plus', 'not applicable')",
        name="phase",
    ),
    schema="register",
    comment=PUBLIC,
)
Index("school_la_establishment_idx", school.c.la_code, school.c.establishment_number)

school_urn = Table(
    "school_urn",
    metadata,
    text_column("urn", primary_key=True),
    school_key(),
    text_column("kind", comment="current, or predecessor (a URN changes when a school converts)"),
    CheckConstraint("kind in ('current', 'predecessor')", name="kind"),
    of_school(),
    schema="register",
    comment=PUBLIC,
)
Index("school_urn_school_id_idx", school_urn.c.school_id)

membership = Table(
    "membership",
    metadata,
    trust_key(primary_key=True),
    identifier(),
    school_key(),
    Column("from_on", Date, nullable=False),
    Column("until_on", Date, comment="the first day on which it no longer holds"),
    CheckConstraint("until_on is null or until_on >= from_on", name="order"),
    of_trust(),
    of_school(),
    schema="register",
    comment=PUBLIC,
)
Index("membership_school_id_idx", membership.c.school_id)
Index("membership_one_open_idx", membership.c.school_id, unique=True, postgresql_where=text("until_on is null"))

trust_group_membership = Table(
    "trust_group_membership",
    metadata,
    trust_key(primary_key=True),
    identifier(),
    Column("group_id", Uuid, nullable=False),
    school_key(),
    Column("from_on", Date, nullable=False),
    Column("until_on", Date),
    same_trust("group_id", "register.trust_group"),
    of_school(),
    UniqueConstraint("trust_id", "group_id", "school_id", "from_on"),
    schema="register",
    comment=PUBLIC,
)

calendar_entry = Table(
    "calendar_entry",
    metadata,
    trust_key(primary_key=True),
    identifier(),
    school_key(nullable=True),
    text_column("kind"),
    text_column("name"),
    Column("starts_on", Date, nullable=False),
    Column("ends_on", Date, nullable=False),
    CheckConstraint("kind in ('term', 'half-term', 'holiday', 'inset', 'closure')", name="kind"),
    CheckConstraint("ends_on >= starts_on", name="order"),
    of_trust(),
    of_school(),
    schema="register",
    comment=PUBLIC,
)
Index("calendar_entry_trust_id_starts_on_idx", calendar_entry.c.trust_id, calendar_entry.c.starts_on)

public_fact = Table(
    "public_fact",
    metadata,
    school_key(primary_key=True),
    text_column("indicator", primary_key=True),
    text_column("academic_year", primary_key=True, comment="as 2018-19"),
    Column("as_of_on", Date, nullable=False, comment="census day, or the last day of the year"),
    Column("numerator", Integer),
    Column("denominator", Integer),
    Column("value", Numeric(9, 2), comment="percent, or the score"),
    text_column("symbol", nullable=True),
    text_column("source"),
    text_column("matched_by", comment="urn, or predecessor: LA and establishment number"),
    CheckConstraint("matched_by in ('urn', 'predecessor')", name="matched_by"),
    CheckConstraint("symbol is null or symbol in ('c', 'x', 'z', 'low', 'u')", name="symbol"),
    of_school(),
    schema="register",
    comment=PUBLIC,
)

version = Table(
    "version",
    metadata,
    text_column("name", primary_key=True),
    Column("number", BigInteger, nullable=False, comment="one more with each transaction that writes the register"),
    schema="register",
    comment=PUBLIC,
)

client = Table(
    "client",
    metadata,
    identifier(),
    text_column("name"),
    Column("sort_name", Text(collation="C"), nullable=False, unique=True),
    text_column("owner", comment="who answers for it"),
    Column("review_on", Date, nullable=False, comment="the day by which its owner is asked whether it is still needed"),
    Column("redirect_addresses", ARRAY(Text), nullable=False, comment="where a browser may go after signing in"),
    Column("revoked_at", DateTime(timezone=True)),
    created_at(),
    schema="register",
    comment=PUBLIC,
)

client_origin = Table(
    "client_origin",
    metadata,
    Column("client_id", Uuid, primary_key=True),
    text_column("origin", primary_key=True, comment="as a browser says it: https://host, or with its port"),
    Column("withdrawn_at", DateTime(timezone=True), comment="also set when its client is revoked"),
    created_at(),
    CheckConstraint("origin like 'https://%' or origin like 'http://%'", name="origin"),
    ForeignKeyConstraint(["client_id"], ["register.client.id"]),
    schema="register",
    comment=PUBLIC,
)
Index(
    "client_origin_one_client_idx",
    client_origin.c.origin,
    unique=True,
    postgresql_where=text("withdrawn_at is null"),
)

client_document = Table(
    "client_document",
    metadata,
    Column("client_id", Uuid, primary_key=True),
    text_column("side", primary_key=True),
    text_column("document_id", primary_key=True, comment="SHA-256 of the text"),
    text_column("name"),
    text_column("text"),
    Column("cost", Integer, nullable=False),
    Column("withdrawn_at", DateTime(timezone=True)),
    created_at(),
    CheckConstraint("side in ('school', 'trust')", name="side"),
    CheckConstraint("document_id like 'sha256:%'", name="document_id"),
    CheckConstraint("cost >= 0", name="cost"),
    ForeignKeyConstraint(["client_id"], ["register.client.id"]),
    schema="register",
    comment=PUBLIC,
)

idempotency_key = Table(
    "idempotency_key",
    metadata,
    school_key(primary_key=True),
    Column("actor_id", Uuid, primary_key=True),
    text_column("mutation", primary_key=True),
    text_column("key", primary_key=True),
    text_column("fingerprint", comment="SHA-256 over the document's hash and all variables"),
    Column("answer", Text, comment="the text of the field's data"),
    text_column("release_id", nullable=True, comment="the release that the answer signed or withdrew"),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=text("now()")),
    of_school(),
    schema="school",
    comment="wall: school",
)
Index(
    "idempotency_key_school_id_actor_id_created_at_idx",
    idempotency_key.c.school_id,
    idempotency_key.c.actor_id,
    idempotency_key.c.created_at,
)
