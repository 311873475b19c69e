"""Serve the web application and run the jobs beside it, until told to stop."""

from __future__ import annotations

import socket
import sys
from types import FrameType

import uvicorn

from digest.errors import DigestError
from digest.web.app import build
from digest.web.background import Background, everything
from digest.web.signals import told_by_signals
from digest.wiring import House

_DRAIN = 30
"""Seconds that requests under way get when the process is told to stop."""


def serve(house: House, host: str, port: int) -> None:
    """Web pages, schedule and delivery in one process, until SIGINT or SIGTERM.

    Then sending stops at once, while requests under way are still answered.

    Raises:
        DigestError: the address cannot be listened on.
    """
    with told_by_signals(house.stop):
        _run(house, host, port, everything(house))


def web(house: House, host: str, port: int) -> None:
    """Web pages only, until SIGINT or SIGTERM.

    Raises:
        DigestError: the address cannot be listened on.
    """
    with told_by_signals(house.stop):
        _run(house, host, port, None)


class _Server(uvicorn.Server):
    """The web server, which takes signals for itself while it runs: it passes them on."""

    def __init__(self, config: uvicorn.Config, house: House) -> None:
        super().__init__(config)
        self._house = house

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        self._house.stop()
        super().handle_exit(sig, frame)


def _run(house: House, host: str, port: int, background: Background | None) -> None:
    config = uvicorn.Config(
        build(house, background),
        host=host,
        port=port,
        log_config=None,
        server_header=False,
        timeout_graceful_shutdown=_DRAIN,
    )
    server = _Server(config, house)
    # When it is done the server raises the signal that stopped it once more, to no effect here:
    # being asked to stop is no failure, so the exit code is 0.
    with _listening(host, port) as sock:
        server.run([sock])
    if not server.started:
        sys.exit(1)  # the reason stands in the log


def _listening(host: str, port: int) -> socket.socket:
    """Listen before anything runs: the server itself would end the process with a line of log."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=2048)
    except OSError as error:
        raise DigestError(
            f"{host}:{port} cannot be listened on: {_reason(error)};"
            " stop what does, or choose others by [web] host and port"
        ) from None


def _reason(error: OSError) -> str:
    # create_server adds the address in brackets to what the system says.
    return (error.strerror or str(error)).partition(" (while")[0]
