"""The published files, as any web server would carry them.

The paths are those of the published folder, so that a CDN or another server may take over.
"""

from __future__ import annotations

import os
from http import HTTPStatus
from pathlib import Path
from typing import Any

from starlette.responses import Response
from starlette.staticfiles import StaticFiles

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

    def file_response(
        self, full_path: Any, stat_result: os.stat_result, scope: Any, status_code: int = 200
    ) -> Response:
        """Answer with a file, its true type, and how long it stays fresh."""
        response = super().file_response(full_path, stat_result, scope, status_code)
        if media_type := _MEDIA_TYPES.get(Path(full_path).name):
            response.headers["content-type"] = media_type
        response.headers["cache-control"] = (
            _FRESH if status_code < HTTPStatus.BAD_REQUEST else "no-store"
        )
        return response
