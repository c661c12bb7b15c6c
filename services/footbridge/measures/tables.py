"""Figures a school has recorded for a measure and a period, each with where it came from."""

from sqlalchemy import CheckConstraint, Column, DateTime, Index, Integer, text

from footbridge.runtime.schema import created_at, school_table, text_column

observation = school_table(
    "observation",
    text_column("measure_id"),
    text_column("period", comment="as 2025-26 or 2025-26-autumn"),
    Column("numerator", Integer, nullable=False),
    Column("denominator", Integer, nullable=False),
    Column("pupils", Integer, comment="behind half-days: for measures that count repeatedly"),
    text_column("source"),
    text_column("derivation", nullable=True, comment="how a pair came from a percentage and a roll"),
    created_at("recorded_at"),
    Column("replaced_at", DateTime(timezone=True), comment="kept: a signed release may rest on it"),
    CheckConstraint("numerator >= 0 and denominator >= 0 and numerator <= denominator", name="pair"),
    CheckConstraint("pupils >= 0", name="pupils"),
)
Index(
    "observation_current_idx",
    *(observation.c.school_id, observation.c.measure_id, observation.c.period),
    unique=True,
    postgresql_where=text("replaced_at is null"),
)
