"""Serve the web application and run the jobs beside it, until told to stop."""

from __future__ import annotations

import sys
import time
from datetime import timedelta
from types import FrameType

import uvicorn

from digest.ports import Engine
from digest.web.app import build
from digest.web.signals import told_by_signals
from digest.wiring import House

_COLLECT = timedelta(seconds=30)
"""How often to look whether a source is due (each has its own, longer interval)."""
_COMPOSE = timedelta(seconds=5)
_DELIVER = timedelta(seconds=5)
"""How often to look whether an edition or a letter is due; a few indexed queries."""
_LOOK = 0.5
"""Seconds between two looks whether to stop, where nothing else is to be done."""
_DRAIN = 30
"""Seconds that requests under way get when the process is told to stop."""


def serve(house: House, host: str, port: int) -> None:
    """Web pages, schedule and delivery in one process, until SIGINT or SIGTERM.

    Then sending stops at once, while requests under way are still answered.
    """
    with told_by_signals(house.stop):
        _run(house, host, port, _engine(house))


def web(house: House, host: str, port: int) -> None:
    """Web pages only, until SIGINT or SIGTERM."""
    with told_by_signals(house.stop):
        _run(house, host, port, None)


def run_jobs(house: House) -> None:
    """Schedule and delivery only, until SIGINT or SIGTERM; what is under way is finished."""
    with told_by_signals(house.stop):
        engine = _engine(house)
        engine.start()
        while not house.told_to_stop:
            time.sleep(_LOOK)
        engine.stop()


class _Server(uvicorn.Server):
    """The web server, which takes signals for itself while it runs: it passes them on."""

    def __init__(self, config: uvicorn.Config, house: House) -> None:
        super().__init__(config)
        self._house = house

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        self._house.stop()
        super().handle_exit(sig, frame)


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


def _run(house: House, host: str, port: int, engine: Engine | None) -> None:
    config = uvicorn.Config(
        build(house, engine),
        host=host,
        port=port,
        log_config=None,
        server_header=False,
        timeout_graceful_shutdown=_DRAIN,
    )
    server = _Server(config, house)
    # When it is done the server raises the signal that stopped it once more, to no effect here:
    # being asked to stop is no failure, so the exit code is 0.
    server.run()
    if not server.started:
        sys.exit(1)  # the reason stands in the log
