"""Serve the web application and run the jobs beside it, until told to stop."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from datetime import timedelta

import uvicorn

from digest.ports import Engine
from digest.web.app import build
from digest.wiring import House

_COLLECT = timedelta(seconds=30)
"""How often to look whether a source is due (each has its own, longer interval)."""
_COMPOSE = timedelta(seconds=5)
_DELIVER = timedelta(seconds=5)
"""How often to look whether an edition or a letter is due; a few indexed queries."""
_DRAIN = 30
"""Seconds that requests under way get when the process is told to stop."""


def serve(house: House, host: str, port: int) -> None:
    """Web pages, schedule and delivery in one process, until SIGINT or SIGTERM."""
    _run(house, host, port, _engine(house))


def web(house: House, host: str, port: int) -> None:
    """Web pages only, until SIGINT or SIGTERM."""
    _run(house, host, port, None)


def run_jobs(house: House) -> None:
    """Schedule and delivery only, until SIGINT or SIGTERM; what is under way is finished."""
    told_to_stop = threading.Event()
    _on_stop(told_to_stop.set)
    engine = _engine(house)
    engine.start()
    told_to_stop.wait()
    engine.stop()


def _engine(house: House) -> Engine:
    """An engine with the site's jobs; the first run of each is at once, to catch up."""
    engine = house.engine()
    # Everything is built here, before threads share it, so that a fault shows at once.
    conveyor = house.conveyor
    house.publish()
    engine.every(_COLLECT, "collect", conveyor.collect_due)
    engine.every(_COMPOSE, "compose", conveyor.compose_due)
    engine.every(_DELIVER, "deliver", conveyor.deliver_due)
    return engine


def _on_stop(act: Callable[[], object]) -> None:
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: act())


def _run(house: House, host: str, port: int, engine: Engine | None) -> None:
    # The server raises the signal that stopped it once more when it is done; being asked to
    # stop is no failure, so that one has no effect and the exit code is 0.
    _on_stop(lambda: None)
    uvicorn.run(
        build(house, engine),
        host=host,
        port=port,
        log_config=None,
        server_header=False,
        timeout_graceful_shutdown=_DRAIN,
    )
