"""Is the process alive, and can it do its work?"""

from __future__ import annotations

import os
from collections.abc import Callable
from http import HTTPStatus
from pathlib import Path

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from digest.errors import DigestError
from digest.ports import Store

_HEADERS = {"cache-control": "no-store"}


def routes(store: Store, published: Path) -> list[Route]:
    """``/healthz``: this process answers. ``/readyz``: and it can read, keep and publish."""

    def alive(_request: Request) -> Response:
        return PlainTextResponse("ok\n", headers=_HEADERS)

    def ready(_request: Request) -> Response:
        faults = [fault for check in (_database(store), _folder(published)) if (fault := check())]
        status = HTTPStatus.SERVICE_UNAVAILABLE if faults else HTTPStatus.OK
        return PlainTextResponse("\n".join(faults or ["ready"]) + "\n", status, _HEADERS)

    return [Route("/healthz", alive), Route("/readyz", ready)]


def _database(store: Store) -> Callable[[], str]:
    def check() -> str:
        try:
            with store.read() as work:
                work.sources.records()
        except DigestError as error:
            return f"database: {error}"
        return ""

    return check


def _folder(published: Path) -> Callable[[], str]:
    def check() -> str:
        return "" if os.access(published, os.W_OK) else "the published folder cannot be written"

    return check
