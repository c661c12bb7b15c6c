"""Brings a database to the newest shape: roles, their passwords, and the migrations, run by a role with CREATEROLE."""

from collections.abc import Mapping

from alembic import command
from alembic.config import Config
from sqlalchemy import URL

from footbridge.runtime.database import Role
from footbridge.runtime.resources import migrations_folder
from footbridge.runtime.roles import OWNER, make_roles
from footbridge.runtime.settings import Settings


def migrate(administrator: URL, settings: Settings) -> Mapping[Role, URL]:
    """The address of every login role after roles and schema are as this version needs them."""
    addresses = make_roles(administrator, settings)
    upgrade(administrator)
    return addresses


def upgrade(administrator: URL) -> None:
    command.upgrade(alembic_configuration(administrator), "head")


def alembic_configuration(administrator: URL) -> Config:
    configuration = Config()
    configuration.set_main_option("script_location", str(migrations_folder()))
    configuration.attributes["address"] = administrator.set(drivername="postgresql+psycopg")
    configuration.attributes["owner"] = OWNER
    return configuration
