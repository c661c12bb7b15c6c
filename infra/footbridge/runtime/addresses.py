"""Where each login role finds the database, and with which password.

Whether that is known can be asked without SQLAlchemy: the gateway's first process asks no more, and stays small.
"""

import json
import secrets
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from footbridge.runtime.errors import FootbridgeError
from footbridge.runtime.private_files import make_private_folder, write_private
from footbridge.runtime.role import Role
from footbridge.runtime.settings import Settings

if TYPE_CHECKING:
    from sqlalchemy import URL

# What a process that serves needs; it is given no other role's address.
GATEWAY_ROLES = (Role.SCHOOL, Role.RELEASE, Role.TRUST, Role.DIRECTORY)
WORKER_ROLES = (Role.SCHOOL, Role.RELEASE, Role.WORKER, Role.SEALER)


class ServerUnsuitable(FootbridgeError):
    code = "SERVER_UNSUITABLE"


def role_addresses(administrator: "URL", settings: Settings) -> Mapping[Role, "URL"]:
    """From `FOOTBRIDGE_DATABASE_URL_<ROLE>`, else the administrator's server with a password of the state folder."""
    passwords = _passwords(settings.state / "passwords.json")
    given = {role: settings.role_urls.get(role.value) for role in Role}
    return {
        role: _parsed(url) if url else administrator.set(username=role.login, password=passwords[role.value])
        for role, url in given.items()
    }


def known_addresses(settings: Settings, roles: Sequence[Role]) -> Mapping[Role, "URL"]:
    """For a process that serves: each role from its own setting, or from FOOTBRIDGE_DATABASE_URL and the state.

    Raises ServerUnsuitable.
    """
    require_known(settings, roles)
    if settings.database_url:
        everything = role_addresses(_parsed(settings.database_url), settings)
        return {role: everything[role] for role in roles}
    return {role: _parsed(settings.role_urls[role.value]) for role in roles}


def require_known(settings: Settings, roles: Sequence[Role]) -> None:
    """Raises ServerUnsuitable where `known_addresses` would."""
    missing = [role.value for role in roles if role.value not in settings.role_urls]
    if missing and not settings.database_url:
        raise ServerUnsuitable(
            "There is no database to serve from: set FOOTBRIDGE_DATABASE_URL and run `footbridge migrate`, or set "
            f"FOOTBRIDGE_DATABASE_URL_{missing[0].upper()} and its like. `make demo` serves the state folder's own."
        )


def _parsed(address: str) -> "URL":
    from sqlalchemy import make_url  # noqa: PLC0415 (see above)

    return make_url(address)


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


def libpq_address(address: "URL") -> str:
    return address.set(drivername="postgresql").render_as_string(hide_password=False)
