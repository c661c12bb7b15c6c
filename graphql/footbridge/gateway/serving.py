"""The gateway in a server's worker process, which must not outlive the process that started it."""

import multiprocessing
import signal
from dataclasses import replace
from typing import TYPE_CHECKING

from footbridge.runtime.addresses import GATEWAY_ROLES, known_addresses
from footbridge.runtime.memory import made_to_stay
from footbridge.runtime.settings import Settings
from footbridge.runtime.tether import die_with_parent

if TYPE_CHECKING:
    from starlette.applications import Starlette


@made_to_stay()
def make_gateway() -> "Starlette":
    from footbridge.gateway.app import make_app
    from footbridge.gateway.http.limits import Limits
    from footbridge.runtime.database import Database

    parent = multiprocessing.parent_process()
    if parent is not None:
        die_with_parent(signal.SIGKILL, parent=parent.pid)
    settings = Settings.from_environment()
    widened = Limits().widened(settings.rate_factor)
    limits = replace(widened, proxies=settings.proxies, slow_seconds=settings.slow_seconds)
    return make_app(Database(known_addresses(settings, GATEWAY_ROLES)), settings.origin, limits)
