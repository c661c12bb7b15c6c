"""A caller's idempotency keys by their age, and the trusts of a school: neither looks through all the others."""

from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_index(
        "idempotency_key_school_id_actor_id_created_at_idx",
        "idempotency_key",
        ["school_id", "actor_id", "created_at"],
        schema="school",
    )
    op.create_index("membership_school_id_idx", "membership", ["school_id"], schema="register")
    op.alter_column("idempotency_key", "answer", schema="school", comment="the text of the field's data")


def downgrade() -> None:
    raise NotImplementedError("restore a backup instead")
