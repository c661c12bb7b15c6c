"""The worker as a process: `footbridge worker`, or `python -m footbridge.command.worker_process`."""

import signal
import threading

from footbridge.runtime.addresses import WORKER_ROLES, known_addresses, libpq_address
from footbridge.runtime.database import Database, Role
from footbridge.runtime.settings import Settings
from footbridge.worker import run_worker


def serve_worker(settings: Settings) -> None:
    """Until SIGTERM or SIGINT; a job under way is finished first."""
    addresses = known_addresses(settings, WORKER_ROLES)
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    sealer = Database({Role.SEALER: addresses[Role.SEALER]})
    run_worker(Database(addresses), sealer, libpq_address(addresses[Role.WORKER]), ended)


if __name__ == "__main__":
    serve_worker(Settings.from_environment())
