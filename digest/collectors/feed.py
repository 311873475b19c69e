"""RSS, Atom and JSON feeds."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

from digest.collectors.freshness import LONGEST
from digest.collectors.item import gather, reject
from digest.collectors.opening import Place, visit
from digest.collectors.parsing import LIMIT, read
from digest.core.source import Harvest

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from digest.collectors.page import Fetches
    from digest.core.source import Bookmark, Source

_ACCEPT = (
    "application/atom+xml, application/rss+xml, application/feed+json, application/xml;q=0.9,"
    " text/xml;q=0.9, application/json;q=0.8, */*;q=0.5"
)
_TTL = re.compile(rb"<ttl>\s*(\d{1,6})\s*</ttl>")
_HEAD = 20_000


class FeedOptions(Place):
    """A feed: its ``url``, or a ``path`` to a file."""


class FeedCollector:
    """Reads a feed.

    Args:
        source: what it is called.
        options: where it is.
        fetcher: the way out.
        root: folder of the configuration.
    """

    Options = FeedOptions

    def __init__(self, source: Source, options: FeedOptions, fetcher: Fetches, root: Path) -> None:
        self._source = source
        self._options = options
        self._fetcher = fetcher
        self._root = root

    def collect(self, bookmark: Bookmark, now: datetime) -> Harvest:
        """Bring the items of the feed.

        Raises:
            FetchError: the feed did not come.
            ParseError: it is no feed.
        """
        seen = visit(self._options, bookmark, self._fetcher, self._root, _ACCEPT)
        if seen.unchanged:
            return Harvest(bookmark=seen.bookmark, unchanged=True, wait=seen.page.wait)
        name, page = self._source.name, seen.page
        items = read(page.body, page.url)
        sightings, rejects = gather(items[:LIMIT], name, now, page.url)
        if len(items) > LIMIT:
            rest = f"the feed holds more than {LIMIT:,} items; the rest is not looked at"
            rejects = (*rejects, reject(name, page.url or self._options.path, rest))
        return Harvest(sightings, rejects, seen.bookmark, wait=_wait(page.wait, page.body))


def _wait(asked: timedelta | None, body: bytes) -> timedelta | None:
    """The longest that anything asks for: the server, or ``<ttl>`` (minutes, RSS 2.0)."""
    found = _TTL.search(body, 0, _HEAD)
    minutes = min(timedelta(minutes=int(found[1])), LONGEST) if found else timedelta()
    return max(asked or timedelta(), minutes) or None
