"""Mapped classes on the product's tables, as a plain application with SQLAlchemy's ORM would have them."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, foreign, mapped_column, relationship


class Base(DeclarativeBase):
    type_annotation_map = {str: Text, UUID: Uuid, dict[str, Any]: JSONB}  # noqa: RUF012  # SQLAlchemy's own form


class School(Base):
    __tablename__ = "school"
    __table_args__ = {"schema": "register"}  # noqa: RUF012
    id: Mapped[UUID] = mapped_column(primary_key=True)
    urn: Mapped[str]
    sort_name: Mapped[str]


class Membership(Base):
    __tablename__ = "membership"
    __table_args__ = {"schema": "register"}  # noqa: RUF012
    trust_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    school_id: Mapped[UUID]
    from_on: Mapped[date]
    until_on: Mapped[date | None]


class Value(Base):
    __tablename__ = "value"
    __table_args__ = {"schema": "published"}  # noqa: RUF012
    trust_id: Mapped[UUID] = mapped_column(primary_key=True)
    school_id: Mapped[UUID] = mapped_column(primary_key=True)
    measure_id: Mapped[str] = mapped_column(primary_key=True)
    period: Mapped[str] = mapped_column(primary_key=True)
    state: Mapped[str]
    rate: Mapped[str | None]
    interval_low: Mapped[str | None]
    interval_high: Mapped[str | None]


class Organisation(Base):
    __tablename__ = "organisation"
    __table_args__ = {"schema": "school"}  # noqa: RUF012
    school_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    kind: Mapped[str]


class Outcome(Base):
    __tablename__ = "agreed_outcome"
    __table_args__ = {"schema": "school"}  # noqa: RUF012
    school_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    partnership_id: Mapped[UUID]
    description: Mapped[str]
    indicator: Mapped[str]
    due_on: Mapped[date]


class Role(Base):
    __tablename__ = "role_declaration"
    __table_args__ = {"schema": "school"}  # noqa: RUF012
    school_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    partnership_id: Mapped[UUID]
    side: Mapped[str]
    responsibility: Mapped[str]


class Partnership(Base):
    __tablename__ = "partnership"
    __table_args__ = {"schema": "school"}  # noqa: RUF012
    school_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    organisation_id: Mapped[UUID]
    title: Mapped[str]
    sort_name: Mapped[str]
    status: Mapped[str]
    organisation: Mapped[Organisation] = relationship(
        primaryjoin=lambda: (
            (Organisation.school_id == foreign(Partnership.school_id))
            & (Organisation.id == foreign(Partnership.organisation_id))
        ),
        viewonly=True,
    )
    outcomes: Mapped[list[Outcome]] = relationship(
        primaryjoin=lambda: (
            (foreign(Outcome.school_id) == Partnership.school_id) & (foreign(Outcome.partnership_id) == Partnership.id)
        ),
        order_by=Outcome.id,
        viewonly=True,
    )
    roles: Mapped[list[Role]] = relationship(
        primaryjoin=lambda: (
            (foreign(Role.school_id) == Partnership.school_id) & (foreign(Role.partnership_id) == Partnership.id)
        ),
        order_by=Role.id,
        viewonly=True,
    )


class Activity(Base):
    __tablename__ = "activity"
    __table_args__ = {"schema": "school"}  # noqa: RUF012
    school_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    partnership_id: Mapped[UUID | None]


class Session(Base):
    __tablename__ = "session"
    __table_args__ = {"schema": "school"}  # noqa: RUF012
    school_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    activity_id: Mapped[UUID]
    held_on: Mapped[date]
    kind: Mapped[str]
    hours: Mapped[Decimal]
    led_by: Mapped[str]
    designed_by: Mapped[str]
    space: Mapped[str]


class Job(Base):
    __tablename__ = "queue"
    __table_args__ = {"schema": "jobs"}  # noqa: RUF012
    message_id: Mapped[UUID] = mapped_column(primary_key=True)
    state: Mapped[str]
    message: Mapped[dict[str, Any]]
