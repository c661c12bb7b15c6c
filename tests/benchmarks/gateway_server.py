"""The gateway as the product serves it, with its catalogue filled up to 30 measures and its limits wide; and the same
without its cache of published answers.
"""

import sys
from dataclasses import replace

from starlette.applications import Starlette

from footbridge.runtime.memory import made_to_stay

from .serving import end_with_server, serve

WIDER = 1000.0
PATIENCE = 30.0
"""Seconds: who is one too many of a tenant at once waits, and is not refused."""


def make_gateway() -> Starlette:
    return _make_gateway({})


def make_forgetful_gateway() -> Starlette:
    return _make_gateway({"remember": False})


@made_to_stay()
def _make_gateway(options: dict[str, bool]) -> Starlette:
    """As `footbridge.gateway.serving.make_gateway` does; what it is made of is imported with the catalogue full."""
    end_with_server()
    from . import catalogue  # noqa: PLC0415 (not in the server's first process, as in the product)

    catalogue.fill_up()
    from footbridge.gateway.app import make_app  # noqa: PLC0415
    from footbridge.gateway.http.limits import Limits  # noqa: PLC0415
    from footbridge.runtime.addresses import GATEWAY_ROLES, known_addresses  # noqa: PLC0415
    from footbridge.runtime.database import Database  # noqa: PLC0415
    from footbridge.runtime.settings import Settings  # noqa: PLC0415

    settings = Settings.from_environment()
    limits = replace(Limits().widened(WIDER), wait_seconds=PATIENCE)
    return make_app(Database(known_addresses(settings, GATEWAY_ROLES)), settings.origin, limits, **options)


if __name__ == "__main__":
    serve(f"gateway_server:{sys.argv[1]}")
