"""The worker: polls the queue as `footbridge_worker`, works through each tenant's own role, and seals the audit log."""

import asyncio
import importlib
import logging
import threading

from dramatiq import Worker

from footbridge.audit.seal import seal_all
from footbridge.runtime.broker import make_broker
from footbridge.runtime.database import Database
from footbridge.runtime.errors import without_content

log = logging.getLogger(__name__)

TASKS = ("footbridge.publication.tasks",)
SEAL_SECONDS = 5.0


def run_worker(database: Database, sealer: Database, queue_address: str, until: threading.Event) -> None:
    """Works until the event is set; jobs under way are finished first."""
    broker = make_broker(queue_address, database)
    for name in TASKS:
        importlib.import_module(name)
    worker = Worker(broker, worker_threads=2, worker_timeout=500)
    worker.start()
    sealing = threading.Thread(target=lambda: asyncio.run(_seal(sealer, until)), name="sealer")
    sealing.start()
    until.wait()
    worker.stop(timeout=10_000)
    sealing.join()
    broker.close()


async def _seal(database: Database, until: threading.Event) -> None:
    """On a loop of its own, since a pool belongs to one loop."""
    while not await asyncio.to_thread(until.wait, SEAL_SECONDS):
        try:
            await seal_all(database)
        except Exception as error:
            log.error("the audit log was not sealed; it will be tried again: %s", without_content(error))
    await database.close()
