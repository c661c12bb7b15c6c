"""A caller's idempotency keys by their age: to clear the old ones, the others are not looked through."""

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
    op.alter_column("idempotency_key", "answer", schema="school", comment="the text of the field's data")


def downgrade() -> None:
    raise NotImplementedError("restore a backup instead")
