"""What the demo has to find in the database: the schema, the trust, and the directory of its people."""

from collections.abc import Mapping

from rich.progress import Progress
from sqlalchemy import URL

from footbridge.command.demo_people import EMAIL_DOMAIN, demo_group_posts
from footbridge.command.demo_trust import load_demo_trust
from footbridge.command.terminal import console
from footbridge.directory.enrolment import add_directory
from footbridge.runtime.database import Database, Role
from footbridge.runtime.migrate import upgrade
from footbridge.tenancy.session import open_register


def prepare_schema(administrator: URL) -> None:
    upgrade(administrator)


async def load_demo(addresses: Mapping[Role, URL], *, issuer: str, client_id: str) -> None:
    """Loads what is missing; finds the rest as it was left."""
    database = Database(addresses)
    try:
        with Progress(console=console(), transient=True) as progress:
            trust = (await load_demo_trust(database, progress)).trust
        async with open_register(database) as register:
            groups = await demo_group_posts(register, trust)
        await add_directory(
            database, trust_id=trust.id, issuer_url=issuer, client_id=client_id, client_secret=None,
            domains=[EMAIL_DOMAIN], groups=groups,
        )  # fmt: skip
    finally:
        await database.close()
