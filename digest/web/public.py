"""The published files, as any web server would carry them.

The paths are those of the published folder, so that a CDN or another server may take over.
"""

from __future__ import annotations

from http import HTTPStatus
from pathlib import Path

from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

_MEDIA_TYPES = {
    "atom.xml": "application/atom+xml; charset=utf-8",
    "rss.xml": "application/rss+xml; charset=utf-8",
    "feed.json": "application/feed+json; charset=utf-8",
}
_FRESH = "public, max-age=900"
"""Feed readers honour max-age; a quarter of an hour is prompt for a digest and kind to servers."""


class PublishedFiles(StaticFiles):
    """Pages and feeds with their right types; validators change only when the bytes do.

    The publisher leaves files alone whose bytes are the same, so the time of change that
    ``ETag`` and ``Last-Modified`` are made of stays too.
    """

    def __init__(self, directory: Path) -> None:
        super().__init__(directory=directory, html=True, check_dir=False)

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Answer with a file, its true type, and how long it stays fresh."""
        response = await super().get_response(path, scope)
        if media_type := _MEDIA_TYPES.get(Path(path).name):
            response.headers["content-type"] = media_type
        is_there = response.status_code < HTTPStatus.BAD_REQUEST
        response.headers["cache-control"] = _FRESH if is_there else "no-store"
        return response
