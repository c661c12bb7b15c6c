"""Where each login role finds the database, and with which password."""

import json
import secrets
from collections.abc import Mapping, Sequence
from pathlib import Path

from sqlalchemy import URL, make_url

from footbridge.runtime.database import Role
from footbridge.runtime.errors import FootbridgeError
from footbridge.runtime.private_files import make_private_folder, write_private
from footbridge.runtime.settings import Settings

# What a process that serves needs; it is given no other role's address.
GATEWAY_ROLES = (Role.SCHOOL, Role.RELEASE, Role.TRUST, Role.DIRECTORY)
WORKER_ROLES = (Role.SCHOOL, Role.RELEASE, Role.WORKER, Role.SEALER)


class ServerUnsuitable(FootbridgeError):
    code = "SERVER_UNSUITABLE"


def role_addresses(administrator: URL, settings: Settings) -> Mapping[Role, URL]:
    """From `FOOTBRIDGE_DATABASE_URL_<ROLE>`, else the administrator's server with a password of the state folder."""
    passwords = _passwords(settings.state / "passwords.json")
    given = {role: settings.role_urls.get(role.value) for role in Role}
    return {
        role: make_url(url) if url else administrator.set(username=role.login, password=passwords[role.value])
        for role, url in given.items()
    }


def known_addresses(settings: Settings, roles: Sequence[Role]) -> Mapping[Role, URL]:
    """For a process that serves: each role from its own setting, or from FOOTBRIDGE_DATABASE_URL and the state."""
    if settings.database_url:
        everything = role_addresses(make_url(settings.database_url), settings)
        return {role: everything[role] for role in roles}
    missing = [role.value for role in roles if role.value not in settings.role_urls]
    if missing:
        raise ServerUnsuitable(
            "There is no database to serve from: set FOOTBRIDGE_DATABASE_URL and run `footbridge migrate`, or set "
            f"FOOTBRIDGE_DATABASE_URL_{missing[0].upper()} and its like. `make demo` serves the state folder's own."
        )
    return {role: make_url(settings.role_urls[role.value]) for role in roles}


def _passwords(file: Path) -> dict[str, str]:
    if file.exists():
        known: dict[str, str] = json.loads(file.read_text())
    else:
        known = {}
    missing = [role.value for role in Role if role.value not in known]
    if missing:
        known |= {name: secrets.token_urlsafe(24) for name in missing}
        make_private_folder(file.parent)
        write_private(file, json.dumps(known, indent=1))
    return known


def libpq_address(address: URL) -> str:
    return address.set(drivername="postgresql").render_as_string(hide_password=False)
