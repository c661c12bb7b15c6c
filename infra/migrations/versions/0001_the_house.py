"""The house: schemas, tables, and the wall around each."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from footbridge.runtime.wall import open_schemas, raise_wall

revision = "0001"
down_revision = None

TABLES = (
    "audit.event",
    "audit.seal",
    "delegation.access_record",
    "directory.email_domain",
    "directory.group_post",
    "directory.issuer",
    "directory.login_transaction",
    "directory.person",
    "directory.post",
    "directory.sign_in_session",
    "directory.token",
    "jobs.queue",
    "jobs.result",
    "jobs.worker",
    "published.ledger",
    "published.release",
    "published.sibling_view",
    "published.total",
    "published.value",
    "published.version",
    "register.calendar_entry",
    "register.membership",
    "register.public_fact",
    "register.school",
    "register.school_urn",
    "register.trust",
    "register.trust_group",
    "register.trust_group_membership",
    "release.release",
    "release.release_cell",
    "school.activity",
    "school.agreed_outcome",
    "school.idempotency_key",
    "school.meeting_year_group",
    "school.mutual_benefit",
    "school.observation",
    "school.organisation",
    "school.participation_count",
    "school.partnership",
    "school.role_declaration",
    "school.session",
    "school.status_change",
)


def upgrade() -> None:
    open_schemas(op)
    op.create_table(
        "event",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("trust_id", sa.Uuid(), nullable=True),
        sa.Column("school_id", sa.Uuid(), nullable=True),
        sa.Column(
            "occurred_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column("actor_kind", sa.Text(), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=True),
        sa.Column(
            "details", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'::jsonb"), nullable=False
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("event_pkey")),
        schema="audit",
        comment="wall: audit",
    )
    op.create_index(
        "event_school_id_occurred_at_idx", "event", ["school_id", "occurred_at"], unique=False, schema="audit"
    )
    op.create_table(
        "seal",
        sa.Column("position", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False, comment="SHA-256 over the previous hash and the event"),
        sa.PrimaryKeyConstraint("position", name=op.f("seal_pkey")),
        sa.UniqueConstraint("event_id", name=op.f("seal_event_id_key")),
        schema="audit",
        comment="wall: seal",
    )
    op.create_table(
        "queue",
        sa.Column("message_id", sa.Uuid(), nullable=False),
        sa.Column("queue_name", sa.Text(), server_default=sa.text("'default'"), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("mtime", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=True),
        sa.Column("message", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("position", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("available_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("worker_id", sa.Uuid(), nullable=True),
        sa.Column("consumed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "trust_id",
            sa.Uuid(),
            server_default=sa.text("nullif(current_setting('footbridge.trust_id', true), '')::uuid"),
            nullable=True,
            comment="filled from the enqueuer's setting, never an argument",
        ),
        sa.Column(
            "school_id",
            sa.Uuid(),
            server_default=sa.text("nullif(current_setting('footbridge.school_id', true), '')::uuid"),
            nullable=True,
        ),
        sa.CheckConstraint("state in ('queued', 'consumed', 'rejected')", name=op.f("queue_state_check")),
        sa.PrimaryKeyConstraint("message_id", name=op.f("queue_pkey")),
        schema="jobs",
        comment="wall: jobs",
    )
    op.create_index(
        "queue_claim_idx",
        "queue",
        ["queue_name", "available_at", "position"],
        unique=False,
        schema="jobs",
        postgresql_where=sa.text("state = 'queued'"),
    )
    op.create_index("queue_state_mtime_idx", "queue", ["state", "mtime"], unique=False, schema="jobs")
    op.create_table(
        "result",
        sa.Column("message_id", sa.Uuid(), nullable=False),
        sa.Column("result", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("message_id", name=op.f("result_pkey")),
        schema="jobs",
        comment="wall: worker",
    )
    op.create_table(
        "worker",
        sa.Column("worker_id", sa.Uuid(), nullable=False),
        sa.Column("heartbeat_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("worker_id", name=op.f("worker_pkey")),
        schema="jobs",
        comment="wall: worker",
    )
    op.create_table(
        "school",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("urn", sa.Text(), nullable=False, comment="the current URN; earlier ones stand in school_urn"),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("sort_name", sa.Text(collation="C"), nullable=False),
        sa.Column("la_code", sa.Text(), nullable=True),
        sa.Column("establishment_number", sa.Text(), nullable=True),
        sa.Column("phase", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=True),
        sa.Column("postcode", sa.Text(), nullable=True),
        sa.Column("low_age", sa.SmallInteger(), nullable=True),
        sa.Column("high_age", sa.SmallInteger(), nullable=True),
        sa.Column("opened_on", sa.Date(), nullable=True),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "phase in ('nursery', 'primary', 'secondary', 'all-through', 'special', 'alternative provision', '16 plus', 'not applicable')",
            name=op.f("school_phase_check"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("school_pkey")),
        sa.UniqueConstraint("urn", name=op.f("school_urn_key")),
        schema="register",
        comment="wall: public",
    )
    op.create_index(
        "school_la_establishment_idx", "school", ["la_code", "establishment_number"], unique=False, schema="register"
    )
    op.create_table(
        "trust",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("uid", sa.Text(), nullable=False, comment="GIAS Group UID, or x-<slug> until a file brings it"),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("sort_name", sa.Text(collation="C"), nullable=False),
        sa.Column("companies_house_number", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("trust_pkey")),
        sa.UniqueConstraint("uid", name=op.f("trust_uid_key")),
        schema="register",
        comment="wall: public",
    )
    op.create_table(
        "access_record",
        sa.Column("trust_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("reader_id", sa.Uuid(), nullable=False),
        sa.Column(
            "reader_name", sa.Text(), nullable=False, comment="as it stood that day; a token's own name for a token"
        ),
        sa.Column("reader_role", sa.Text(), nullable=False),
        sa.Column("operation", sa.Text(), nullable=False),
        sa.Column("measure_id", sa.Text(), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False, comment="of the trust's published figures"),
        sa.Column("hour", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["school_id"], ["register.school.id"], name=op.f("access_record_school_id_fkey")),
        sa.ForeignKeyConstraint(["trust_id"], ["register.trust.id"], name=op.f("access_record_trust_id_fkey")),
        sa.PrimaryKeyConstraint("trust_id", "id", name=op.f("access_record_pkey")),
        sa.UniqueConstraint(
            "trust_id",
            "school_id",
            "reader_id",
            "operation",
            "measure_id",
            "period",
            "version",
            "hour",
            name="access_record_once_key",
        ),
        schema="delegation",
        comment="wall: delegation",
    )
    op.create_table(
        "issuer",
        sa.Column("trust_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("issuer_url", sa.Text(), nullable=False),
        sa.Column("client_id", sa.Text(), nullable=False),
        sa.Column("client_secret", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["trust_id"], ["register.trust.id"], name=op.f("issuer_trust_id_fkey")),
        sa.PrimaryKeyConstraint("trust_id", "id", name=op.f("issuer_pkey")),
        sa.UniqueConstraint("trust_id", "issuer_url", name=op.f("issuer_trust_id_issuer_url_key")),
        schema="directory",
        comment="wall: directory",
    )
    op.create_table(
        "token",
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("trust_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("scopes", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("scopes <@ array['read', 'write', 'introspect', 'adhoc']", name=op.f("token_scopes_check")),
        sa.ForeignKeyConstraint(["school_id"], ["register.school.id"], name=op.f("token_school_id_fkey")),
        sa.ForeignKeyConstraint(["trust_id"], ["register.trust.id"], name=op.f("token_trust_id_fkey")),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("token_pkey")),
        sa.UniqueConstraint("trust_id", "id", name=op.f("token_trust_id_id_key")),
        schema="directory",
        comment="wall: lookup by token_hash",
    )
    op.create_table(
        "release",
        sa.Column("trust_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("school_name", sa.Text(), nullable=False),
        sa.Column("sort_name", sa.Text(collation="C"), nullable=False),
        sa.Column("phase", sa.Text(), nullable=False),
        sa.Column(
            "measure_ids",
            sa.ARRAY(sa.Text()),
            nullable=False,
            comment="what it shared; kept when the values are withdrawn",
        ),
        sa.Column("signed_by_name", sa.Text(), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["school_id"], ["register.school.id"], name=op.f("release_school_id_fkey")),
        sa.ForeignKeyConstraint(["trust_id"], ["register.trust.id"], name=op.f("release_trust_id_fkey")),
        sa.PrimaryKeyConstraint("trust_id", "id", name=op.f("release_pkey")),
        sa.UniqueConstraint("trust_id", "school_id", "id", name=op.f("release_trust_id_school_id_id_key")),
        schema="published",
        comment="wall: published",
    )
    op.create_index(
        "published_release_own_idx", "release", ["school_id", "published_at"], unique=False, schema="published"
    )
    op.create_index(
        "published_release_school_idx", "release", ["trust_id", "school_id"], unique=False, schema="published"
    )
    op.create_table(
        "sibling_view",
        sa.Column("trust_id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("measure_id", sa.Text(), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("standing", sa.Text(), nullable=False, comment="a quartile band in words, or too few"),
        sa.Column("others", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["school_id"], ["register.school.id"], name=op.f("sibling_view_school_id_fkey")),
        sa.ForeignKeyConstraint(["trust_id"], ["register.trust.id"], name=op.f("sibling_view_trust_id_fkey")),
        sa.PrimaryKeyConstraint("trust_id", "school_id", "measure_id", "period", name=op.f("sibling_view_pkey")),
        schema="published",
        comment="wall: published sibling",
    )
    op.create_table(
        "total",
        sa.Column("trust_id", sa.Uuid(), nullable=False),
        sa.Column("measure_id", sa.Text(), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("published", sa.Integer(), nullable=False, comment="schools that have published a cell"),
        sa.Column("shown", sa.Integer(), nullable=False, comment="cells shown among them; three at least for a total"),
        sa.Column("numerator", sa.Numeric(precision=16, scale=2), nullable=True),
        sa.Column("denominator", sa.Numeric(precision=16, scale=2), nullable=True),
        sa.Column("rate", sa.Text(), nullable=True),
        sa.CheckConstraint("numerator is null or shown >= 3", name=op.f("total_three_shown_check")),
        sa.ForeignKeyConstraint(["trust_id"], ["register.trust.id"], name=op.f("total_trust_id_fkey")),
        sa.PrimaryKeyConstraint("trust_id", "measure_id", "period", name=op.f("total_pkey")),
        schema="published",
        comment="wall: published trust",
    )
    op.create_table(
        "version",
        sa.Column("trust_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["trust_id"], ["register.trust.id"], name=op.f("version_trust_id_fkey")),
        sa.PrimaryKeyConstraint("trust_id", name=op.f("version_pkey")),
        schema="published",
        comment="wall: published trust",
    )
    op.create_table(
        "calendar_entry",
        sa.Column("trust_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.CheckConstraint(
            "kind in ('term', 'half-term', 'holiday', 'inset', 'closure')", name=op.f("calendar_entry_kind_check")
        ),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("calendar_entry_order_check")),
        sa.ForeignKeyConstraint(["school_id"], ["register.school.id"], name=op.f("calendar_entry_school_id_fkey")),
        sa.ForeignKeyConstraint(["trust_id"], ["register.trust.id"], name=op.f("calendar_entry_trust_id_fkey")),
        sa.PrimaryKeyConstraint("trust_id", "id", name=op.f("calendar_entry_pkey")),
        schema="register",
        comment="wall: public",
    )
    op.create_index(
        "calendar_entry_trust_id_starts_on_idx",
        "calendar_entry",
        ["trust_id", "starts_on"],
        unique=False,
        schema="register",
    )
    op.create_table(
        "membership",
        sa.Column("trust_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True, comment="the first day on which it no longer holds"),
        sa.CheckConstraint("until_on is null or until_on >= from_on", name=op.f("membership_order_check")),
        sa.ForeignKeyConstraint(["school_id"], ["register.school.id"], name=op.f("membership_school_id_fkey")),
        sa.ForeignKeyConstraint(["trust_id"], ["register.trust.id"], name=op.f("membership_trust_id_fkey")),
        sa.PrimaryKeyConstraint("trust_id", "id", name=op.f("membership_pkey")),
        schema="register",
        comment="wall: public",
    )
    op.create_index(
        "membership_one_open_idx",
        "membership",
        ["school_id"],
        unique=True,
        schema="register",
        postgresql_where=sa.text("until_on is null"),
    )
    op.create_table(
        "public_fact",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("indicator", sa.Text(), nullable=False),
        sa.Column("academic_year", sa.Text(), nullable=False, comment="as 2018-19"),
        sa.Column("as_of_on", sa.Date(), nullable=False, comment="census day, or the last day of the year"),
        sa.Column("numerator", sa.Integer(), nullable=True),
        sa.Column("denominator", sa.Integer(), nullable=True),
        sa.Column("value", sa.Numeric(precision=9, scale=2), nullable=True, comment="percent, or the score"),
        sa.Column("symbol", sa.Text(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("matched_by", sa.Text(), nullable=False, comment="urn, or predecessor: LA and establishment number"),
        sa.CheckConstraint("matched_by in ('urn', 'predecessor')", name=op.f("public_fact_matched_by_check")),
        sa.CheckConstraint(
            "symbol is null or symbol in ('c', 'x', 'z', 'low', 'u')", name=op.f("public_fact_symbol_check")
        ),
        sa.ForeignKeyConstraint(["school_id"], ["register.school.id"], name=op.f("public_fact_school_id_fkey")),
        sa.PrimaryKeyConstraint("school_id", "indicator", "academic_year", name=op.f("public_fact_pkey")),
        schema="register",
        comment="wall: public",
    )
    op.create_table(
        "school_urn",
        sa.Column("urn", sa.Text(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind", sa.Text(), nullable=False, comment="current, or predecessor (a URN changes when a school converts)"
        ),
        sa.CheckConstraint("kind in ('current', 'predecessor')", name=op.f("school_urn_kind_check")),
        sa.ForeignKeyConstraint(["school_id"], ["register.school.id"], name=op.f("school_urn_school_id_fkey")),
        sa.PrimaryKeyConstraint("urn", name=op.f("school_urn_pkey")),
        schema="register",
        comment="wall: public",
    )
    op.create_index("school_urn_school_id_idx", "school_urn", ["school_id"], unique=False, schema="register")
    op.create_table(
        "trust_group",
        sa.Column("trust_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("sort_name", sa.Text(collation="C"), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.CheckConstraint("kind in ('hub', 'region', 'phase')", name=op.f("trust_group_kind_check")),
        sa.ForeignKeyConstraint(["trust_id"], ["register.trust.id"], name=op.f("trust_group_trust_id_fkey")),
        sa.PrimaryKeyConstraint("trust_id", "id", name=op.f("trust_group_pkey")),
        sa.UniqueConstraint("trust_id", "sort_name", name=op.f("trust_group_trust_id_sort_name_key")),
        schema="register",
        comment="wall: public",
    )
    op.create_table(
        "release",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("trust_id", sa.Uuid(), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column(
            "state",
            sa.Text(),
            nullable=False,
            comment="prepared or signed; what became of it stands in published.release",
        ),
        sa.Column("preview_hash", sa.Text(), nullable=False),
        sa.Column("prepared_by", sa.Uuid(), nullable=False),
        sa.Column("prepared_by_name", sa.Text(), nullable=False),
        sa.Column("prepared_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("signed_by", sa.Uuid(), nullable=True),
        sa.Column("signed_by_name", sa.Text(), nullable=True),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawal_signed_by", sa.Uuid(), nullable=True),
        sa.Column("withdrawal_signed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("returned_because", sa.Text(), nullable=True),
        sa.CheckConstraint("(state = 'signed') = (signed_at is not null)", name=op.f("release_signed_check")),
        sa.CheckConstraint("state in ('prepared', 'signed')", name=op.f("release_state_check")),
        sa.ForeignKeyConstraint(["school_id"], ["register.school.id"], name=op.f("release_school_id_fkey")),
        sa.ForeignKeyConstraint(["trust_id"], ["register.trust.id"], name=op.f("release_trust_id_fkey")),
        sa.PrimaryKeyConstraint("school_id", "id", name=op.f("release_pkey")),
        schema="release",
        comment="wall: release",
    )
    op.create_index(
        "release_school_id_prepared_at_idx",
        "release",
        ["school_id", "prepared_at", "id"],
        unique=False,
        schema="release",
    )
    op.create_table(
        "idempotency_key",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=False),
        sa.Column("mutation", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column(
            "fingerprint", sa.Text(), nullable=False, comment="SHA-256 over the document's hash and all variables"
        ),
        sa.Column(
            "answer", sa.Text(), nullable=True, comment="the text of the field's data; empty while the first one runs"
        ),
        sa.Column("release_id", sa.Text(), nullable=True, comment="the release that the answer signed or withdrew"),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["school_id"], ["register.school.id"], name=op.f("idempotency_key_school_id_fkey")),
        sa.PrimaryKeyConstraint("school_id", "actor_id", "mutation", "key", name=op.f("idempotency_key_pkey")),
        schema="school",
        comment="wall: school",
    )
    op.create_table(
        "observation",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("measure_id", sa.Text(), nullable=False),
        sa.Column("period", sa.Text(), nullable=False, comment="as 2025-26 or 2025-26-autumn"),
        sa.Column("numerator", sa.Integer(), nullable=False),
        sa.Column("denominator", sa.Integer(), nullable=False),
        sa.Column(
            "pupils", sa.Integer(), nullable=True, comment="behind half-days: for measures that count repeatedly"
        ),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("derivation", sa.Text(), nullable=True, comment="how a pair came from a percentage and a roll"),
        sa.Column("recorded_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column(
            "replaced_at", sa.DateTime(timezone=True), nullable=True, comment="kept: a signed release may rest on it"
        ),
        sa.CheckConstraint(
            "numerator >= 0 and denominator >= 0 and numerator <= denominator", name=op.f("observation_pair_check")
        ),
        sa.CheckConstraint("pupils >= 0", name=op.f("observation_pupils_check")),
        sa.ForeignKeyConstraint(["school_id"], ["register.school.id"], name=op.f("observation_school_id_fkey")),
        sa.PrimaryKeyConstraint("school_id", "id", name=op.f("observation_pkey")),
        schema="school",
        comment="wall: school",
    )
    op.create_index(
        "observation_current_idx",
        "observation",
        ["school_id", "measure_id", "period"],
        unique=True,
        schema="school",
        postgresql_where=sa.text("replaced_at is null"),
    )
    op.create_table(
        "organisation",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("sort_name", sa.Text(collation="C"), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("identifier", sa.Text(), nullable=True, comment="org-id.guide form, as GB-CHC-1234567"),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "kind in ('charity', 'company', 'faith group', 'public body', 'school or college', 'club or society', 'parents'' group', 'other')",
            name=op.f("organisation_kind_check"),
        ),
        sa.ForeignKeyConstraint(["school_id"], ["register.school.id"], name=op.f("organisation_school_id_fkey")),
        sa.PrimaryKeyConstraint("school_id", "id", name=op.f("organisation_pkey")),
        sa.UniqueConstraint("school_id", "sort_name", name=op.f("organisation_school_id_sort_name_key")),
        schema="school",
        comment="wall: school",
    )
    op.create_table(
        "email_domain",
        sa.Column("domain", sa.Text(), nullable=False),
        sa.Column("trust_id", sa.Uuid(), nullable=False),
        sa.Column("issuer_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["trust_id", "issuer_id"],
            ["directory.issuer.trust_id", "directory.issuer.id"],
            name=op.f("email_domain_trust_id_issuer_id_fkey"),
        ),
        sa.PrimaryKeyConstraint("domain", name=op.f("email_domain_pkey")),
        schema="directory",
        comment="wall: lookup by domain",
    )
    op.create_table(
        "group_post",
        sa.Column("trust_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("issuer_id", sa.Uuid(), nullable=False),
        sa.Column("group_name", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=True),
        sa.Column("group_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column(
            "ended_at", sa.DateTime(timezone=True), nullable=True, comment="when another map of groups took its place"
        ),
        sa.CheckConstraint(
            "(role in ('executive head', 'head', 'acting head', 'deputy', 'community lead', 'governor')) = (school_id is not null)",
            name=op.f("group_post_scope_check"),
        ),
        sa.CheckConstraint(
            "role in ('executive head', 'head', 'acting head', 'deputy', 'community lead', 'governor', 'trust executive', 'trust administrator')",
            name=op.f("group_post_role_check"),
        ),
        sa.ForeignKeyConstraint(["school_id"], ["register.school.id"], name=op.f("group_post_school_id_fkey")),
        sa.ForeignKeyConstraint(
            ["trust_id", "group_id"],
            ["register.trust_group.trust_id", "register.trust_group.id"],
            name=op.f("group_post_trust_id_group_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["trust_id", "issuer_id"],
            ["directory.issuer.trust_id", "directory.issuer.id"],
            name=op.f("group_post_trust_id_issuer_id_fkey"),
        ),
        sa.PrimaryKeyConstraint("trust_id", "id", name=op.f("group_post_pkey")),
        schema="directory",
        comment="wall: directory",
    )
    op.create_index(
        "group_post_one_in_force_idx",
        "group_post",
        ["trust_id", "issuer_id", "group_name", "role", "school_id", "group_id"],
        unique=True,
        schema="directory",
        postgresql_where=sa.text("ended_at is null"),
        postgresql_nulls_not_distinct=True,
    )
    op.create_table(
        "login_transaction",
        sa.Column("state_hash", sa.Text(), nullable=False),
        sa.Column("trust_id", sa.Uuid(), nullable=False),
        sa.Column("issuer_id", sa.Uuid(), nullable=False),
        sa.Column("nonce", sa.Text(), nullable=False),
        sa.Column("code_verifier", sa.Text(), nullable=False),
        sa.Column("browser_hash", sa.Text(), nullable=False, comment="binds the answer to the browser that asked"),
        sa.Column("return_to", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["trust_id", "issuer_id"],
            ["directory.issuer.trust_id", "directory.issuer.id"],
            name=op.f("login_transaction_trust_id_issuer_id_fkey"),
        ),
        sa.PrimaryKeyConstraint("state_hash", name=op.f("login_transaction_pkey")),
        schema="directory",
        comment="wall: lookup by state_hash",
    )
    op.create_table(
        "person",
        sa.Column("trust_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("issuer_id", sa.Uuid(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False, comment="with the issuer, the identity; never the e-mail"),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("signed_in_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["trust_id", "issuer_id"],
            ["directory.issuer.trust_id", "directory.issuer.id"],
            name=op.f("person_trust_id_issuer_id_fkey"),
        ),
        sa.PrimaryKeyConstraint("trust_id", "id", name=op.f("person_pkey")),
        sa.UniqueConstraint("trust_id", "issuer_id", "subject", name=op.f("person_trust_id_issuer_id_subject_key")),
        schema="directory",
        comment="wall: directory",
    )
    op.create_table(
        "ledger",
        sa.Column("trust_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("release_id", sa.Uuid(), nullable=False),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("measure_id", sa.Text(), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column(
            "numerator",
            sa.Numeric(precision=14, scale=2),
            nullable=True,
            comment="what was shown, kept for the audit of later releases",
        ),
        sa.Column("denominator", sa.Numeric(precision=14, scale=2), nullable=True),
        sa.Column("entered_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("act in ('published', 'withdrawn')", name=op.f("ledger_act_check")),
        sa.ForeignKeyConstraint(
            ["trust_id", "school_id", "release_id"],
            ["published.release.trust_id", "published.release.school_id", "published.release.id"],
            name=op.f("ledger_trust_id_school_id_release_id_fkey"),
        ),
        sa.PrimaryKeyConstraint("trust_id", "id", name=op.f("ledger_pkey")),
        sa.UniqueConstraint(
            "trust_id", "release_id", "act", "measure_id", name=op.f("ledger_trust_id_release_id_act_measure_id_key")
        ),
        schema="published",
        comment="wall: ledger",
    )
    op.create_table(
        "value",
        sa.Column("trust_id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("measure_id", sa.Text(), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("measure_version", sa.SmallInteger(), nullable=False),
        sa.Column("release_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("numerator", sa.Numeric(precision=14, scale=2), nullable=True),
        sa.Column("denominator", sa.Numeric(precision=14, scale=2), nullable=True),
        sa.Column(
            "pupils", sa.Integer(), nullable=True, comment="behind half-days, where the interval is made of them"
        ),
        sa.Column("rate", sa.Text(), nullable=True, comment="with the measure's decimals, as it is shown"),
        sa.Column("interval_low", sa.Text(), nullable=True),
        sa.Column("interval_high", sa.Text(), nullable=True),
        sa.Column("context_note", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(state = 'shown') = (numerator is not null and denominator is not null)",
            name=op.f("value_shown_has_its_pair_check"),
        ),
        sa.CheckConstraint("state in ('shown', 'z', 'x', 'c')", name=op.f("value_state_check")),
        sa.ForeignKeyConstraint(
            ["trust_id", "school_id", "release_id"],
            ["published.release.trust_id", "published.release.school_id", "published.release.id"],
            name=op.f("value_trust_id_school_id_release_id_fkey"),
        ),
        sa.PrimaryKeyConstraint("trust_id", "school_id", "measure_id", "period", name=op.f("value_pkey")),
        schema="published",
        comment="wall: published",
    )
    op.create_index(
        "value_measure_idx", "value", ["trust_id", "measure_id", "period"], unique=False, schema="published"
    )
    op.create_index("value_release_idx", "value", ["trust_id", "release_id"], unique=False, schema="published")
    op.create_table(
        "trust_group_membership",
        sa.Column("trust_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["school_id"], ["register.school.id"], name=op.f("trust_group_membership_school_id_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["trust_id", "group_id"],
            ["register.trust_group.trust_id", "register.trust_group.id"],
            name=op.f("trust_group_membership_trust_id_group_id_fkey"),
        ),
        sa.PrimaryKeyConstraint("trust_id", "id", name=op.f("trust_group_membership_pkey")),
        sa.UniqueConstraint(
            "trust_id",
            "group_id",
            "school_id",
            "from_on",
            name=op.f("trust_group_membership_trust_id_group_id_school_id_from_on_key"),
        ),
        schema="register",
        comment="wall: public",
    )
    op.create_table(
        "release_cell",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("trust_id", sa.Uuid(), nullable=False),
        sa.Column("release_id", sa.Uuid(), nullable=False),
        sa.Column("measure_id", sa.Text(), nullable=False),
        sa.Column("measure_version", sa.SmallInteger(), nullable=False),
        sa.Column(
            "numerator",
            sa.Numeric(precision=14, scale=2),
            nullable=True,
            comment="exact; empty when not applicable or not available",
        ),
        sa.Column("denominator", sa.Numeric(precision=14, scale=2), nullable=True),
        sa.Column("pupils", sa.Integer(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False, comment="as the school saw it when it signed"),
        sa.Column("context_note", sa.Text(), nullable=True),
        sa.CheckConstraint("state in ('shown', 'z', 'x', 'c')", name=op.f("release_cell_state_check")),
        sa.ForeignKeyConstraint(
            ["school_id", "release_id"],
            ["release.release.school_id", "release.release.id"],
            name=op.f("release_cell_school_id_release_id_fkey"),
        ),
        sa.ForeignKeyConstraint(["trust_id"], ["register.trust.id"], name=op.f("release_cell_trust_id_fkey")),
        sa.PrimaryKeyConstraint("school_id", "release_id", "measure_id", name=op.f("release_cell_pkey")),
        schema="release",
        comment="wall: release",
    )
    op.create_table(
        "partnership",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("sort_name", sa.Text(collation="C"), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("need_school", sa.Text(), nullable=False, comment="the shared need, in the school's words"),
        sa.Column("need_partner", sa.Text(), nullable=True, comment="the shared need, in the partner's words"),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("venue_name", sa.Text(), nullable=True),
        sa.Column("venue_space", sa.Text(), nullable=True),
        sa.Column("venue_reason", sa.Text(), nullable=True),
        sa.Column("voice_space", sa.Text(), nullable=True, comment="Lundy: where young people form a view"),
        sa.Column("voice_voice", sa.Text(), nullable=True, comment="Lundy: how they express it"),
        sa.Column("voice_audience", sa.Text(), nullable=True, comment="Lundy: who must listen"),
        sa.Column("voice_influence", sa.Text(), nullable=True, comment="Lundy: what changed"),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "status in ('proposed', 'agreed', 'active', 'paused', 'ended')", name=op.f("partnership_status_check")
        ),
        sa.CheckConstraint("venue_space in ('ours', 'theirs', 'shared')", name=op.f("partnership_venue_space_check")),
        sa.CheckConstraint("ended_on is null or ended_on >= starts_on", name=op.f("partnership_order_check")),
        sa.ForeignKeyConstraint(
            ["school_id", "organisation_id"],
            ["school.organisation.school_id", "school.organisation.id"],
            name=op.f("partnership_school_id_organisation_id_fkey"),
        ),
        sa.ForeignKeyConstraint(["school_id"], ["register.school.id"], name=op.f("partnership_school_id_fkey")),
        sa.PrimaryKeyConstraint("school_id", "id", name=op.f("partnership_pkey")),
        schema="school",
        comment="wall: school",
    )
    op.create_index(
        "partnership_school_id_organisation_id_idx",
        "partnership",
        ["school_id", "organisation_id"],
        unique=False,
        schema="school",
    )
    op.create_index(
        "partnership_school_id_sort_name_id_idx",
        "partnership",
        ["school_id", "sort_name", "id"],
        unique=False,
        schema="school",
    )
    op.create_table(
        "post",
        sa.Column("trust_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=True),
        sa.Column("group_id", sa.Uuid(), nullable=True),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "(role in ('executive head', 'head', 'acting head', 'deputy', 'community lead', 'governor')) = (school_id is not null)",
            name=op.f("post_scope_check"),
        ),
        sa.CheckConstraint(
            "role in ('executive head', 'head', 'acting head', 'deputy', 'community lead', 'governor', 'trust executive', 'trust administrator')",
            name=op.f("post_role_check"),
        ),
        sa.ForeignKeyConstraint(["school_id"], ["register.school.id"], name=op.f("post_school_id_fkey")),
        sa.ForeignKeyConstraint(
            ["trust_id", "group_id"],
            ["register.trust_group.trust_id", "register.trust_group.id"],
            name=op.f("post_trust_id_group_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["trust_id", "person_id"],
            ["directory.person.trust_id", "directory.person.id"],
            name=op.f("post_trust_id_person_id_fkey"),
        ),
        sa.PrimaryKeyConstraint("trust_id", "id", name=op.f("post_pkey")),
        schema="directory",
        comment="wall: directory",
    )
    op.create_index(
        "post_one_open_idx",
        "post",
        ["trust_id", "person_id", "role", "school_id", "group_id"],
        unique=True,
        schema="directory",
        postgresql_where=sa.text("until_on is null"),
        postgresql_nulls_not_distinct=True,
    )
    op.create_table(
        "activity",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("partnership_id", sa.Uuid(), nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("sort_name", sa.Text(collation="C"), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "category in ('civic engagement', 'arts and culture', 'nature, outdoor and adventure', 'sport and physical', 'wider life skills', 'parents and carers')",
            name=op.f("activity_category_check"),
        ),
        sa.ForeignKeyConstraint(
            ["school_id", "partnership_id"],
            ["school.partnership.school_id", "school.partnership.id"],
            name=op.f("activity_school_id_partnership_id_fkey"),
        ),
        sa.ForeignKeyConstraint(["school_id"], ["register.school.id"], name=op.f("activity_school_id_fkey")),
        sa.PrimaryKeyConstraint("school_id", "id", name=op.f("activity_pkey")),
        schema="school",
        comment="wall: school",
    )
    op.create_index(
        "activity_school_id_partnership_id_idx",
        "activity",
        ["school_id", "partnership_id"],
        unique=False,
        schema="school",
    )
    op.create_index(
        "activity_school_id_sort_name_id_idx",
        "activity",
        ["school_id", "sort_name", "id"],
        unique=False,
        schema="school",
    )
    op.create_table(
        "agreed_outcome",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("partnership_id", sa.Uuid(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("indicator", sa.Text(), nullable=False),
        sa.Column("baseline", sa.Numeric(precision=12, scale=2), nullable=True),
        sa.Column("target", sa.Numeric(precision=12, scale=2), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["school_id", "partnership_id"],
            ["school.partnership.school_id", "school.partnership.id"],
            name=op.f("agreed_outcome_school_id_partnership_id_fkey"),
        ),
        sa.ForeignKeyConstraint(["school_id"], ["register.school.id"], name=op.f("agreed_outcome_school_id_fkey")),
        sa.PrimaryKeyConstraint("school_id", "id", name=op.f("agreed_outcome_pkey")),
        schema="school",
        comment="wall: school",
    )
    op.create_index(
        "agreed_outcome_partnership_idx",
        "agreed_outcome",
        ["school_id", "partnership_id"],
        unique=False,
        schema="school",
    )
    op.create_table(
        "mutual_benefit",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("partnership_id", sa.Uuid(), nullable=False),
        sa.Column("side", sa.Text(), nullable=False),
        sa.Column("benefit", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("side in ('school', 'partner')", name=op.f("mutual_benefit_side_check")),
        sa.ForeignKeyConstraint(
            ["school_id", "partnership_id"],
            ["school.partnership.school_id", "school.partnership.id"],
            name=op.f("mutual_benefit_school_id_partnership_id_fkey"),
        ),
        sa.ForeignKeyConstraint(["school_id"], ["register.school.id"], name=op.f("mutual_benefit_school_id_fkey")),
        sa.PrimaryKeyConstraint("school_id", "id", name=op.f("mutual_benefit_pkey")),
        schema="school",
        comment="wall: school",
    )
    op.create_index(
        "mutual_benefit_partnership_idx",
        "mutual_benefit",
        ["school_id", "partnership_id"],
        unique=False,
        schema="school",
    )
    op.create_table(
        "role_declaration",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("partnership_id", sa.Uuid(), nullable=False),
        sa.Column("side", sa.Text(), nullable=False),
        sa.Column("responsibility", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("side in ('school', 'partner')", name=op.f("role_declaration_side_check")),
        sa.ForeignKeyConstraint(
            ["school_id", "partnership_id"],
            ["school.partnership.school_id", "school.partnership.id"],
            name=op.f("role_declaration_school_id_partnership_id_fkey"),
        ),
        sa.ForeignKeyConstraint(["school_id"], ["register.school.id"], name=op.f("role_declaration_school_id_fkey")),
        sa.PrimaryKeyConstraint("school_id", "id", name=op.f("role_declaration_pkey")),
        schema="school",
        comment="wall: school",
    )
    op.create_index(
        "role_declaration_partnership_idx",
        "role_declaration",
        ["school_id", "partnership_id"],
        unique=False,
        schema="school",
    )
    op.create_table(
        "status_change",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("partnership_id", sa.Uuid(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "status in ('proposed', 'agreed', 'active', 'paused', 'ended')", name=op.f("status_change_status_check")
        ),
        sa.ForeignKeyConstraint(
            ["school_id", "partnership_id"],
            ["school.partnership.school_id", "school.partnership.id"],
            name=op.f("status_change_school_id_partnership_id_fkey"),
        ),
        sa.ForeignKeyConstraint(["school_id"], ["register.school.id"], name=op.f("status_change_school_id_fkey")),
        sa.PrimaryKeyConstraint("school_id", "id", name=op.f("status_change_pkey")),
        schema="school",
        comment="wall: school",
    )
    op.create_index(
        "status_change_partnership_idx",
        "status_change",
        ["school_id", "partnership_id", "from_on"],
        unique=False,
        schema="school",
    )
    op.create_table(
        "sign_in_session",
        sa.Column("session_hash", sa.Text(), nullable=False),
        sa.Column("trust_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("post_id", sa.Uuid(), nullable=True, comment="the one post in which the person acts now"),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["trust_id", "person_id"],
            ["directory.person.trust_id", "directory.person.id"],
            name=op.f("sign_in_session_trust_id_person_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["trust_id", "post_id"],
            ["directory.post.trust_id", "directory.post.id"],
            name=op.f("sign_in_session_trust_id_post_id_fkey"),
        ),
        sa.PrimaryKeyConstraint("session_hash", name=op.f("sign_in_session_pkey")),
        schema="directory",
        comment="wall: lookup by session_hash",
    )
    op.create_index(
        "sign_in_session_person_idx", "sign_in_session", ["trust_id", "person_id"], unique=False, schema="directory"
    )
    op.create_table(
        "session",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("activity_id", sa.Uuid(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("hours", sa.Numeric(precision=9, scale=2), nullable=False),
        sa.Column("led_by", sa.Text(), nullable=False),
        sa.Column("designed_by", sa.Text(), nullable=False, comment="who designed it"),
        sa.Column("space", sa.Text(), nullable=False, comment="whose space: ours, theirs, shared"),
        sa.Column("voice_space", sa.Text(), nullable=True),
        sa.Column("voice_voice", sa.Text(), nullable=True),
        sa.Column("voice_audience", sa.Text(), nullable=True),
        sa.Column("voice_influence", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "designed_by in ('pupils', 'school', 'partner', 'parents and carers', 'jointly')",
            name=op.f("session_designed_by_check"),
        ),
        sa.CheckConstraint(
            "kind in ('workshop', 'performance', 'visit', 'volunteering', 'mentoring', 'sport', 'parents'' meeting', 'event', 'other')",
            name=op.f("session_kind_check"),
        ),
        sa.CheckConstraint(
            "led_by in ('pupils', 'school', 'partner', 'parents and carers', 'jointly')",
            name=op.f("session_led_by_check"),
        ),
        sa.CheckConstraint("space in ('ours', 'theirs', 'shared')", name=op.f("session_space_check")),
        sa.CheckConstraint("hours > 0 and hours <= 24", name=op.f("session_hours_check")),
        sa.ForeignKeyConstraint(
            ["school_id", "activity_id"],
            ["school.activity.school_id", "school.activity.id"],
            name=op.f("session_school_id_activity_id_fkey"),
        ),
        sa.ForeignKeyConstraint(["school_id"], ["register.school.id"], name=op.f("session_school_id_fkey")),
        sa.PrimaryKeyConstraint("school_id", "id", name=op.f("session_pkey")),
        schema="school",
        comment="wall: school",
    )
    op.create_index(
        "session_activity_idx", "session", ["school_id", "activity_id", "held_on"], unique=False, schema="school"
    )
    op.create_index(
        "session_school_id_held_on_id_idx", "session", ["school_id", "held_on", "id"], unique=False, schema="school"
    )
    op.create_table(
        "meeting_year_group",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("year_group", sa.SmallInteger(), nullable=False, comment="0 is Reception"),
        sa.Column(
            "pupils", sa.Integer(), nullable=False, comment="on the roll of the year group, never only the invited"
        ),
        sa.Column("in_person", sa.Integer(), nullable=False),
        sa.Column("by_phone", sa.Integer(), nullable=False),
        sa.Column("online", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "in_person >= 0 and by_phone >= 0 and online >= 0 and in_person + by_phone + online <= pupils",
            name=op.f("meeting_year_group_counts_check"),
        ),
        sa.CheckConstraint("year_group between 0 and 11", name=op.f("meeting_year_group_year_group_check")),
        sa.ForeignKeyConstraint(
            ["school_id", "session_id"],
            ["school.session.school_id", "school.session.id"],
            name=op.f("meeting_year_group_school_id_session_id_fkey"),
        ),
        sa.ForeignKeyConstraint(["school_id"], ["register.school.id"], name=op.f("meeting_year_group_school_id_fkey")),
        sa.PrimaryKeyConstraint("school_id", "id", name=op.f("meeting_year_group_pkey")),
        sa.UniqueConstraint(
            "school_id", "session_id", "year_group", name=op.f("meeting_year_group_school_id_session_id_year_group_key")
        ),
        schema="school",
        comment="wall: school",
    )
    op.create_table(
        "participation_count",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("audience", sa.Text(), nullable=False),
        sa.Column("attended", sa.Integer(), nullable=False),
        sa.Column("invited", sa.Integer(), nullable=True),
        sa.Column("eligible", sa.Integer(), nullable=True),
        sa.Column("basis", sa.Text(), nullable=False, comment="counted or estimated"),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "audience in ('pupils', 'parents and carers', 'staff', 'community', 'families')",
            name=op.f("participation_count_audience_check"),
        ),
        sa.CheckConstraint("basis in ('counted', 'estimated')", name=op.f("participation_count_basis_check")),
        sa.CheckConstraint(
            "attended >= 0 and invited >= 0 and eligible >= 0", name=op.f("participation_count_counts_check")
        ),
        sa.ForeignKeyConstraint(
            ["school_id", "session_id"],
            ["school.session.school_id", "school.session.id"],
            name=op.f("participation_count_school_id_session_id_fkey"),
        ),
        sa.ForeignKeyConstraint(["school_id"], ["register.school.id"], name=op.f("participation_count_school_id_fkey")),
        sa.PrimaryKeyConstraint("school_id", "id", name=op.f("participation_count_pkey")),
        sa.UniqueConstraint(
            "school_id", "session_id", "audience", name=op.f("participation_count_school_id_session_id_audience_key")
        ),
        schema="school",
        comment="wall: school",
    )
    op.execute("comment on table register.schema_version is 'wall: owner'")
    for table in (*TABLES, "register.schema_version"):
        raise_wall(op, table)


def downgrade() -> None:
    raise NotImplementedError("restore a backup instead")
