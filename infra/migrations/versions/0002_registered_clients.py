"""Registered clients: frontends of others, with their origins and the documents that they may run."""

import sqlalchemy as sa
from alembic import op

from footbridge.runtime.wall import raise_wall

revision = "0002"
down_revision = "0001"

TABLES = ("register.client", "register.client_origin", "register.client_document")


def upgrade() -> None:
    op.create_table(
        "client",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("sort_name", sa.Text(collation="C"), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False, comment="who answers for it"),
        sa.Column(
            "review_on",
            sa.Date(),
            nullable=False,
            comment="the day by which its owner is asked whether it is still needed",
        ),
        sa.Column(
            "redirect_addresses",
            sa.ARRAY(sa.Text()),
            nullable=False,
            comment="where a browser may go after signing in",
        ),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("client_pkey")),
        sa.UniqueConstraint("sort_name", name=op.f("client_sort_name_key")),
        schema="register",
        comment="wall: public",
    )
    op.create_table(
        "client_origin",
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False, comment="as a browser says it: https://host, or with its port"),
        sa.Column(
            "withdrawn_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="also set when its client is revoked",
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "origin like 'https://%' or origin like 'http://%'", name=op.f("client_origin_origin_check")
        ),
        sa.ForeignKeyConstraint(["client_id"], ["register.client.id"], name=op.f("client_origin_client_id_fkey")),
        sa.PrimaryKeyConstraint("client_id", "origin", name=op.f("client_origin_pkey")),
        schema="register",
        comment="wall: public",
    )
    op.create_index(
        "client_origin_one_client_idx",
        "client_origin",
        ["origin"],
        unique=True,
        schema="register",
        postgresql_where=sa.text("withdrawn_at is null"),
    )
    op.create_table(
        "client_document",
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("side", sa.Text(), nullable=False),
        sa.Column("document_id", sa.Text(), nullable=False, comment="SHA-256 of the text"),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("cost", sa.Integer(), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("cost >= 0", name=op.f("client_document_cost_check")),
        sa.CheckConstraint("document_id like 'sha256:%'", name=op.f("client_document_document_id_check")),
        sa.CheckConstraint("side in ('school', 'trust')", name=op.f("client_document_side_check")),
        sa.ForeignKeyConstraint(["client_id"], ["register.client.id"], name=op.f("client_document_client_id_fkey")),
        sa.PrimaryKeyConstraint("client_id", "side", "document_id", name=op.f("client_document_pkey")),
        schema="register",
        comment="wall: public",
    )
    for table in TABLES:
        raise_wall(op, table)


def downgrade() -> None:
    raise NotImplementedError("restore a backup instead")
