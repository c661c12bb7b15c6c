"""`footbridge migrate`: brings the database to the newest shape."""

from footbridge.command.reach import reach_addresses
from footbridge.command.terminal import console, refusals, say
from footbridge.runtime.settings import Settings


def migrate() -> None:
    """Bring the database to the newest shape; makes the login roles that are missing."""
    with (
        refusals(),
        console(error=True).status("Migrating …"),
        reach_addresses(Settings.from_environment()) as addresses,
    ):
        roles = len(addresses)
    say(f"The database is up to date; it has {roles} login roles.")
