"""The version of the public register, by which a gateway knows that what it remembers still holds; and codes and
figures that stand in JSON as they are."""

import sqlalchemy as sa
from alembic import op

from footbridge.runtime.wall import raise_wall

revision = "0003"
down_revision = "0002"

PLAIN = (
    ("register", "school", "urn"),
    ("published", "value", "rate"),
    ("published", "value", "interval_low"),
    ("published", "value", "interval_high"),
)


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
    for schema, name, column in PLAIN:
        condition = f"{column} ~ '^[-A-Za-z0-9 ./]*$'"
        op.create_check_constraint(op.f(f"{name}_{column}_plain_check"), name, condition, schema=schema)


def downgrade() -> None:
    raise NotImplementedError("restore a backup instead")
