"""The web application: published files, the people's pages, health."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from http import HTTPStatus
from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import MutableHeaders
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Mount
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from digest.errors import StorageError
from digest.web import glimpses, health, metrics, returns
from digest.web.background import Background
from digest.web.editor.desk import routes as desk
from digest.web.public import PublishedFiles
from digest.wiring import House
from subscribers import routes


def _headers(site: str) -> Mapping[str, str]:
    """The headers of every response; ``site`` is where the published forms post to."""
    address = urlsplit(site)
    return {
        # Pages carry no script; texts of sources are escaped or went through an allow-list.
        "content-security-policy": (
            "default-src 'none'; style-src 'self'; img-src 'self' data:; "
            f"form-action 'self' {address.scheme}://{address.netloc}; "
            "base-uri 'none'; frame-ancestors 'none'"
        ),
        "x-content-type-options": "nosniff",
        "referrer-policy": "no-referrer",
    }


def build(house: House, background: Background | None = None) -> Starlette:
    """Put the application together.

    Args:
        house: the site.
        background: started and stopped with the application; ``None``: web pages only.
    """
    published = house.settings.root / house.settings.publish.directory
    published.mkdir(parents=True, exist_ok=True)
    people = routes(
        house.people, house.render_page, house.offers, house.desk, house.links, house.languages
    )
    return Starlette(
        routes=[
            *health.routes(house.store, published),
            metrics.route(house.survey),
            *returns.routes(house.webhooks, house.bounce, house.clock),
            *people,
            *desk(house),
            glimpses.route(house),
            Mount("/", PublishedFiles(published), name="published"),
        ],
        middleware=[
            Middleware(SecurityHeaders, headers=_headers(house.site.url)),
            Middleware(GZipMiddleware, minimum_size=1000),
        ],
        exception_handlers={StorageError: _unavailable, Exception: _broken},
        lifespan=_running(background),
    )


def _running(
    background: Background | None,
) -> Callable[[Starlette], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        if background:
            background.start()
        yield
        if background:
            await run_in_threadpool(background.stop)

    return lifespan


class SecurityHeaders:
    """Puts the headers on every response that has not said otherwise."""

    def __init__(self, app: ASGIApp, headers: Mapping[str, str]) -> None:
        self._app = app
        self._headers = headers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on (ASGI)."""

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, send_with_headers)


async def _unavailable(_request: Request, _error: Exception) -> Response:
    return PlainTextResponse(
        "Out of service for a moment; please try again in a minute.\n",
        HTTPStatus.SERVICE_UNAVAILABLE,
        {"retry-after": "60", "cache-control": "no-store"},
    )


async def _broken(_request: Request, _error: Exception) -> Response:
    return PlainTextResponse(
        "Something went wrong on our side; it has been noted.\n",
        HTTPStatus.INTERNAL_SERVER_ERROR,
        {"cache-control": "no-store"},
    )
