"""Real feeds, good and broken, served over HTTP: each gives its entries or a reason.

Prints a row per feed; exits 1 when one gives neither, skips when the data is absent.
"""

from __future__ import annotations

import sys
import threading
import time
from datetime import UTC, datetime, timedelta
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from digest.collectors.feed import FeedCollector, FeedOptions
from digest.collectors.fetching import Fetcher
from digest.config import CollectSettings
from digest.core.source import Bookmark, Harvest, Source
from digest.errors import DigestError

FEEDS = Path(__file__).parents[2] / "shared/data/feeds"


class Quiet(SimpleHTTPRequestHandler):
    """Serves files and prints nothing."""

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base's name
        """Say nothing."""


def main() -> int:
    """Collect all, twice: the second time nothing may be new."""
    if not FEEDS.is_dir():
        print(f"skipped: the folder {FEEDS.name} is not here")
        return 0
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(FEEDS)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    place = f"127.0.0.1:{server.server_port}"
    totals = {"entries": 0, "rejects": 0, "nothing": 0, "not unchanged": 0}
    started = time.perf_counter()
    print(f"{'feed':24}{'KB':>6}{'entries':>9}{'rejects':>9}{'dated':>7}{'ms':>8}")
    with Fetcher(CollectSettings(allow_private=(place,), timeout=timedelta(seconds=10))) as web:
        for path in sorted(FEEDS.iterdir()):
            one(path, f"http://{place}/{path.name}", web, totals)
    server.shutdown()
    print(
        f"{time.perf_counter() - started:.1f} s; "
        + ", ".join(f"{k} {v}" for k, v in totals.items())
    )
    return 1 if totals["nothing"] or totals["not unchanged"] else 0


def one(path: Path, url: str, web: Fetcher, totals: dict[str, int]) -> None:
    """Collect one feed and print its row."""
    source = Source(path.stem, path.stem, "feed")
    collector = FeedCollector(source, FeedOptions(url=url), web, Path())
    started = time.perf_counter()
    harvest, reason = collected(collector, Bookmark())
    spent = time.perf_counter() - started
    dated = sum(sighting.published is not None for sighting in harvest.sightings)
    totals["entries"] += len(harvest.sightings)
    totals["rejects"] += len(harvest.rejects)
    totals["nothing"] += not (harvest.sightings or harvest.rejects or reason)
    if not reason:
        totals["not unchanged"] += not collected(collector, harvest.bookmark)[0].unchanged
    row = f"{path.stem:24}{path.stat().st_size // 1000:6}{len(harvest.sightings):9}"
    print(f"{row}{len(harvest.rejects):9}{dated:7}{spent * 1e3:8.1f}  {reason}")
    for reject in harvest.rejects[:2]:
        print(f"    {reject.key[:60]}: {reject.reason}")


def collected(collector: FeedCollector, bookmark: Bookmark) -> tuple[Harvest, str]:
    """Give what came, or why nothing did."""
    try:
        return collector.collect(bookmark, datetime.now(UTC)), ""
    except DigestError as error:
        return Harvest(), str(error)


if __name__ == "__main__":
    sys.exit(main())
