"""The gateway as a process: `footbridge gateway`, or `python -m footbridge.command.gateway_process`.

Imports the server only; the application and what it stands on are imported where they run, in the server's worker
process.
"""

from granian import Granian
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels

from footbridge.runtime.addresses import GATEWAY_ROLES, require_known
from footbridge.runtime.ports import require_free_port
from footbridge.runtime.settings import Settings

HEADER_MILLISECONDS = 10_000
HOST = "127.0.0.1"


def serve_gateway(settings: Settings) -> None:
    """Until SIGTERM or SIGINT; on loopback only, behind whatever ends TLS."""
    require_known(settings, GATEWAY_ROLES)  # told here, not by a worker that cannot start
    require_free_port(HOST, settings.port)
    Granian(
        "footbridge.gateway.serving:make_gateway",
        factory=True,
        address=HOST,
        port=settings.port,
        interface=Interfaces.ASGI,
        http=HTTPModes.http1,  # else one who connects and says nothing stays, whatever the header timeout
        websockets=False,
        log_level=LogLevels.warning,
        respawn_failed_workers=True,
        http1_settings=HTTP1Settings(header_read_timeout=HEADER_MILLISECONDS),
    ).serve()


if __name__ == "__main__":
    serve_gateway(Settings.from_environment())
