"""``POST /api/bounces/<name>``: what providers report of letters they carried for us."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from http import HTTPStatus

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from digest.errors import DigestError, ForgedError, ParseError
from digest.jobs.bounce import Bounce
from digest.ports import Clock, Webhook
from subscribers import PeopleError

_MOST = 5_000_000
_HEADERS = {"cache-control": "no-store"}

log = logging.getLogger(__name__)


def routes(webhooks: Mapping[str, Webhook], bounce: Bounce, clock: Clock) -> list[Route]:
    """One address for each configured provider; none where none is.

    Their answers are for programs: 200 kept, 403 not signed by whom it should be, 400 not
    readable, 503 try again later.
    """

    def route(name: str, webhook: Webhook) -> Route:
        async def endpoint(request: Request) -> Response:
            body = await _body(request)
            if body is None:
                return _answer(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
            headers = {key.lower(): value for key, value in request.headers.items()}
            return await run_in_threadpool(_take, headers, body)

        def _take(headers: Mapping[str, str], body: bytes) -> Response:
            try:
                bounce.told(webhook.reports(headers, body, clock.now()), name)
            except ForgedError as error:
                log.warning("a report to %s was refused: %s", name, error)
                return _answer(HTTPStatus.FORBIDDEN)
            except ParseError as error:
                log.warning("a report to %s cannot be read: %s", name, error)
                return _answer(HTTPStatus.BAD_REQUEST)
            except (DigestError, PeopleError) as error:
                log.warning("a report to %s cannot be kept now: %s", name, error)
                return _answer(HTTPStatus.SERVICE_UNAVAILABLE)
            return _answer(HTTPStatus.OK)

        return Route(f"/api/bounces/{name}", endpoint, methods=["POST"], name=f"bounces-{name}")

    return [route(name, webhook) for name, webhook in webhooks.items()]


async def _body(request: Request) -> bytes | None:
    """Read the body; ``None``: it is too large, or its sender went away."""
    taken = bytearray()
    try:
        async for part in request.stream():
            taken += part
            if len(taken) > _MOST:
                return None
    except ClientDisconnect:
        return None
    return bytes(taken)


def _answer(status: HTTPStatus) -> Response:
    return PlainTextResponse(f"{status.phrase}\n", status, _HEADERS)
