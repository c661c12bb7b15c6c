"""A gateway is soon there and stays small: neither of its processes imports what it has no use for."""

import os
import subprocess
import sys

from footbridge.runtime.addresses import GATEWAY_ROLES

OF_THE_APPLICATION = {"sqlalchemy", "asyncpg", "graphql", "strawberry", "starlette", "footbridge.gateway"}
OF_SIGNING_IN = {"authlib", "joserfc", "cryptography", "httpx", "jinja2", "footbridge.directory.openid"}
OF_THE_WORKER = {"dramatiq", "dramatiq_postgres", "psycopg", "footbridge.runtime.broker"}
OF_FILES = {"charset_normalizer"}
OF_COMMANDS_AND_TESTS = {"typer", "rich", "click", "alembic", "hypothesis", "pytest"}

START = "import footbridge.command.gateway_process"
SERVE = "from footbridge.gateway.serving import make_gateway; app = make_gateway()"


def test_the_process_that_starts_the_gateway_imports_the_server_alone() -> None:
    imported = modules_after(START)
    assert "granian" in imported
    assert not imported & (OF_THE_APPLICATION | OF_SIGNING_IN | OF_THE_WORKER | OF_FILES | OF_COMMANDS_AND_TESTS)


def test_the_process_that_serves_imports_nothing_of_sign_in_worker_files_or_commands() -> None:
    imported = modules_after(SERVE)
    assert imported >= OF_THE_APPLICATION
    assert not imported & (OF_SIGNING_IN | OF_THE_WORKER | OF_FILES | OF_COMMANDS_AND_TESTS)


def modules_after(statements: str) -> set[str]:
    """Of a process that runs them; its database is never asked."""
    addresses = {f"FOOTBRIDGE_DATABASE_URL_{role.upper()}": "postgresql://nobody@/nowhere" for role in GATEWAY_ROLES}
    done = subprocess.run(
        [sys.executable, "-c", f"{statements}\nimport sys; print(*sys.modules)"],
        capture_output=True, text=True, check=True, env=os.environ | addresses,
    )  # fmt: skip
    return set(done.stdout.split())
