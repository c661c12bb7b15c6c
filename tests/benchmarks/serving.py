"""Serves an application as the product is served, so that what is compared is not the HTTP server."""

import multiprocessing
import os
import signal

from granian import Granian
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels

from footbridge.command.gateway_process import HEADER_MILLISECONDS, HOST
from footbridge.runtime.tether import die_with_parent


def serve(target: str) -> None:
    """`target` is a factory, as "floor:make_floor" in this folder; until SIGTERM."""
    Granian(
        f"{__package__}.{target}",
        factory=True,
        address=HOST,
        port=int(os.environ["FOOTBRIDGE_PORT"]),
        interface=Interfaces.ASGI,
        http=HTTPModes.http1,
        websockets=False,
        log_level=LogLevels.warning,
        http1_settings=HTTP1Settings(header_read_timeout=HEADER_MILLISECONDS),
    ).serve()


def end_with_server() -> None:
    """To be called in the server's worker process, as the gateway does."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        die_with_parent(signal.SIGKILL, parent=parent.pid)
