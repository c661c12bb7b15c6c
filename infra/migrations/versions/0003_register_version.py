"""The version of the public register: what a gateway remembers of it holds as long as this stays the same."""

import sqlalchemy as sa
from alembic import op

from footbridge.runtime.wall import raise_wall

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    table = op.create_table(
        "version",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column(
            "number",
            sa.BigInteger(),
            nullable=False,
            comment="one more with each transaction that writes the register",
        ),
        sa.PrimaryKeyConstraint("name", name=op.f("version_pkey")),
        schema="register",
        comment="wall: public",
    )
    op.bulk_insert(table, [{"name": "register", "number": 1}])
    raise_wall(op, "register.version")


def downgrade() -> None:
    raise NotImplementedError("restore a backup instead")
