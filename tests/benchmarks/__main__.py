"""`make bench`: how fast the gateway is, beside hand-written statements and beside its peers, on the same data."""

import argparse
import asyncio
import os
import sys
from pathlib import Path

from footbridge.runtime.errors import FootbridgeError
from footbridge.runtime.processes import ending_on_signals

from . import catalogue, processes
from .database import built_database
from .importing import import_beside_copy
from .load import AnsweredWrong
from .people import sign_in
from .publishing import publish
from .report import Report
from .rounds import run_rounds, warm_up
from .sameness import AnswersDiffer, require_same
from .screen import say
from .servers import NotReady, gateway_of, plans, running

BUILD = Path(__file__).parents[2] / "build"
STATE = BUILD / "benchmark"
WARMING = 0.5
"""Seconds for each server, before anything counts."""
IMPORTS = 5
"""Rounds of the import, each with a COPY of its rows."""


def main() -> None:
    asked = _asked()
    catalogue.fill_up()
    try:
        with ending_on_signals():
            _measure(asked).tell()
    except (AnsweredWrong, AnswersDiffer, NotReady, FootbridgeError) as problem:
        sys.exit(f"{type(problem).__name__}: {problem}")


def _measure(asked: argparse.Namespace) -> Report:
    """The servers start on one core; this process, which makes the load, and PostgreSQL have the other."""
    with built_database(STATE) as built:
        signed_in = asyncio.run(sign_in(built))
        wanted = plans(built, signed_in, peers=asked.peers)
        processes.to_the_loads_core(os.getpid(), built.pid)
        say("Starting the servers …")
        with running(built, wanted, STATE / "log") as servers:
            require_same(servers)
            say("All answers are the same. Warming up …")
            warm_up(servers, seconds=WARMING)
            run = run_rounds(servers, built.pid, rounds=asked.rounds, seconds=asked.seconds)
            waited = publish(built, gateway_of(servers), signed_in.head, times=asked.rounds * 2)
            imported = import_beside_copy(built, rounds=IMPORTS)
        report = Report(run, servers, waited, imported, built.sizes())
    report.write(BUILD / "bench.json")
    return report


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--seconds", type=float, default=0.4, help="how long each server is loaded in each round")
    parser.add_argument("--peers", action="store_true", help="PostGraphile too")
    return parser.parse_args()


if __name__ == "__main__":
    main()
