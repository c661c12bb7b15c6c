"""The database's metadata, and how a table declares which wall it stands behind.

A table's comment is its wall, in the words that `runtime/wall.py` builds policies from and that the
isolation matrix reads back from the live catalogue.
"""

from typing import Any
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    Column,
    DateTime,
    ForeignKeyConstraint,
    MetaData,
    Numeric,
    Table,
    Text,
    Uuid,
    func,
)

metadata = MetaData(
    naming_convention={
        "pk": "%(table_name)s_pkey",
        "fk": "%(table_name)s_%(column_0_N_name)s_fkey",
        "uq": "%(table_name)s_%(column_0_N_name)s_key",
        "ix": "%(table_name)s_%(column_0_N_name)s_idx",
        "ck": "%(table_name)s_%(constraint_name)s_check",
    }
)

SCHEMAS = ("register", "directory", "school", "release", "published", "delegation", "jobs", "audit")

Hours = Numeric(9, 2)


def identifier(name: str = "id", **options: Any) -> Column[UUID]:
    return Column(name, Uuid, primary_key=True, **options)


def trust_key(**options: Any) -> Column[UUID]:
    return Column("trust_id", Uuid, nullable=options.pop("nullable", False), **options)


def school_key(**options: Any) -> Column[UUID]:
    return Column("school_id", Uuid, nullable=options.pop("nullable", False), **options)


def text_column(name: str, *, nullable: bool = False, **options: Any) -> Column[str]:
    return Column(name, Text, nullable=nullable, **options)


class PlainText(Text):
    """Text without a character that JSON would have to escape: codes, and figures as they are shown."""


def plain_column(name: str, *, nullable: bool = False, **options: Any) -> Column[str]:
    """Its table says so in a constraint too: `plain(name)`."""
    return Column(name, PlainText, nullable=nullable, **options)


def plain(name: str) -> CheckConstraint:
    return CheckConstraint(f"{name} ~ '^[-A-Za-z0-9 ./]*$'", name=f"{name}_plain")


def sort_name() -> Column[str]:
    """Casefolded and without accents, in byte order, so that a keyset cursor sorts as the index does."""
    return Column("sort_name", Text(collation="C"), nullable=False)


def created_at(name: str = "created_at") -> Column[Any]:
    return Column(name, DateTime(timezone=True), nullable=False, server_default=func.now())


def same_school(column: str, target: str) -> ForeignKeyConstraint:
    """A reference that cannot leave the school: a foreign id and a missing id fail alike."""
    return ForeignKeyConstraint(["school_id", column], [f"{target}.school_id", f"{target}.id"])


def same_trust(column: str, target: str) -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["trust_id", column], [f"{target}.trust_id", f"{target}.id"])


def of_school(target: str = "register.school.id") -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["school_id"], [target])


def of_trust(target: str = "register.trust.id") -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["trust_id"], [target])


def school_table(name: str, *columns: Any, schema: str = "school", wall: str = "school") -> Table:
    """A private table: its key leads with the school, and (school_id, id) is what others may point at."""
    key = (school_key(primary_key=True), identifier())
    return Table(name, metadata, *key, *columns, of_school(), schema=schema, comment=f"wall: {wall}")
