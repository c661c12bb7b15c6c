"""What the surroundings say: the only module that reads the environment."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from footbridge.runtime.errors import FootbridgeError

DEFAULT_PORT = 8000


class SettingInvalid(FootbridgeError):
    code = "SETTING_INVALID"


@dataclass(frozen=True)
class Settings:
    """`FOOTBRIDGE_STATE`, `FOOTBRIDGE_PORT`, `FOOTBRIDGE_DATABASE_URL` and what follows from them.

    `origin` is where people reach the gateway, as https://footbridge.example. `proxies` stand before it and write
    X-Forwarded-For; `rate_factor` widens, or narrows, how often one may ask. An operation that takes longer than
    `slow_seconds` is logged.
    """

    state: Path
    port: int
    origin: str
    database_url: str | None
    role_urls: Mapping[str, str]
    proxies: int = 0
    rate_factor: float = 1.0
    slow_seconds: float = 1.0

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> "Settings":
        port = _port(environment.get("FOOTBRIDGE_PORT") or str(DEFAULT_PORT))
        return cls(
            state=Path(environment.get("FOOTBRIDGE_STATE", ".state")).absolute(),
            port=port,
            origin=environment.get("FOOTBRIDGE_ORIGIN", "").rstrip("/") or f"http://127.0.0.1:{port}",
            database_url=environment.get("FOOTBRIDGE_DATABASE_URL") or None,
            role_urls=_role_urls(environment),
            proxies=int(_number(environment, "FOOTBRIDGE_PROXIES", default=0, least=0)),
            rate_factor=_number(environment, "FOOTBRIDGE_RATE_FACTOR", default=1, least=0.01),
            slow_seconds=_number(environment, "FOOTBRIDGE_SLOW_SECONDS", default=1, least=0),
        )

    @property
    def directory_port(self) -> int:
        """The demo directory listens beside the gateway."""
        return self.port + 1


_ROLE_PREFIX = "FOOTBRIDGE_DATABASE_URL_"


def _role_urls(environment: Mapping[str, str]) -> dict[str, str]:
    """`FOOTBRIDGE_DATABASE_URL_SCHOOL` and so on, by role without its prefix."""
    return {
        name.removeprefix(_ROLE_PREFIX).lower(): value
        for name, value in environment.items()
        if name.startswith(_ROLE_PREFIX) and value
    }


def _number(environment: Mapping[str, str], name: str, *, default: float, least: float) -> float:
    text = environment.get(name) or str(default)
    if not text.replace(".", "", 1).isdecimal() or not least <= float(text) <= 1000:
        raise SettingInvalid(f"{name} is “{text}”; a number from {least} to 1000 was expected.")
    return float(text)


def _port(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 65534:
        raise SettingInvalid(f"FOOTBRIDGE_PORT is “{text}”; a whole number from 1 to 65534 was expected.")
    return int(text)
