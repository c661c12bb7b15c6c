"""Alembic's entrance: runs as the owner, who cannot log in, and stops rather than wait long for a lock."""

import importlib

from alembic import context
from sqlalchemy import NullPool, create_engine, text

from footbridge.runtime.schema import SCHEMAS, metadata

TABLES = (
    "footbridge.runtime.jobs",
    "footbridge.audit.tables",
    "footbridge.tenancy.tables",
    "footbridge.directory.tables",
    "footbridge.delegation.tables",
    "footbridge.partnerships.tables",
    "footbridge.engagement.tables",
    "footbridge.measures.tables",
    "footbridge.publication.tables",
)
for module in TABLES:
    importlib.import_module(module)

attributes = context.config.attributes


def run() -> None:
    engine = create_engine(attributes["address"], poolclass=NullPool)
    with engine.connect() as connection:
        connection.execute(text("SET lock_timeout = '5s'"))
        connection.execute(text(f"SET ROLE {attributes['owner']}"))
        connection.execute(text("CREATE SCHEMA IF NOT EXISTS register"))
        connection.commit()
        context.configure(
            connection=connection,
            target_metadata=metadata,
            include_schemas=True,
            include_name=lambda name, kind, _: kind != "schema" or name in SCHEMAS,
            version_table="schema_version",
            version_table_schema="register",
            compare_server_default=False,
        )
        with context.begin_transaction():
            context.run_migrations()
    engine.dispose()


run()
