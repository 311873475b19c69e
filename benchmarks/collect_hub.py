"""A real hub collected three ways gives exactly what a person reads there.

Yardstick: all cards of the listing and of the REST API (served page by page on loopback) with
title, labels, tags and summary word for word; both reports with issuer, date, download and full
summary. It also prints where each is filed, and why. Exits 1 when anything differs, skips when
the data is absent.
"""

from __future__ import annotations

import json
import sys
import threading
import tomllib
from collections.abc import Sequence
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from digest import plugins
from digest.collectors.fetching import Fetcher
from digest.config import CollectSettings, read_options
from digest.core.filing.filer import LearningFiler
from digest.core.newsletter import Theme
from digest.core.resource import merge
from digest.core.sorting import Sorter
from digest.core.source import Bookmark, Harvest, Sighting, Source
from digest.core.theme import RuleFiler

HERE = Path(__file__).parent
HUB = HERE.parents[1] / "shared/data/hub"
NOW = datetime(2026, 1, 1, tzinfo=UTC)
PER_PAGE = 3


class Site(BaseHTTPRequestHandler):
    """Answers as WordPress does, a few items a page."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Give one page of the items modified after what is asked."""
        posts = json.loads((HUB / "wp-json/resource.json").read_text())
        query = {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}
        posts = [p for p in posts if p["modified_gmt"] > query.get("modified_after", "")]
        posts.sort(key=lambda post: str(post["modified_gmt"]), reverse=query["order"] == "desc")
        number, pages = int(query["page"]), -(-len(posts) // PER_PAGE)
        body = json.dumps(posts[(number - 1) * PER_PAGE : number * PER_PAGE]).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json; charset=UTF-8")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("X-WP-TotalPages", str(pages))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base's name
        """Say nothing."""


def main() -> int:
    """Collect each source of ``hub.toml`` and compare."""
    if not HUB.is_dir():
        print(f"skipped: the folder {HUB.name} is not here")
        return 0
    expected = [json.loads(row) for row in (HUB / "expected.jsonl").read_text().splitlines()]
    cards = [row for row in expected if row["page"] == "listing.html"]
    reports = [row for row in expected if row["page"] != "listing.html"]
    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"127.0.0.1:{server.server_port}"
    with Fetcher(CollectSettings(allow_private=(address,))) as web:
        wrong = check_all(cards, reports, address, web)
    server.shutdown()
    print("\n".join(wrong) or "all as expected")
    return 1 if wrong else 0


def check_all(
    cards: list[dict[str, Any]], reports: list[dict[str, Any]], address: str, web: Fetcher
) -> list[str]:
    """Say everything that differs."""
    got = {
        name: collect(name, address, web, Bookmark())
        for name in ("listing", "wordpress", "related", "report-1", "report-2")
    }
    wrong = [*check_cards("listing", got["listing"], cards, dates=False)]
    wrong += check_cards("wordpress", got["wordpress"], cards, dates=True)
    again = collect("wordpress", address, web, got["wordpress"].bookmark)
    if len(again.sightings) != 1:
        wrong.append(f"wordpress: the second time {len(again.sightings)} items, not the last one")
    for name, report in zip(("report-1", "report-2"), reports, strict=True):
        wrong += check_report(name, got[name], report)
    related = got["related"].sightings
    wrong += check_report("related", Harvest(related[:1]), reports[0])
    if [s.title for s in related[1:]] != reports[0]["related"]:
        wrong.append(f"related: {[s.title for s in related[1:]]}")
    show_filing([*got["listing"].sightings, *got["report-1"].sightings, *got["report-2"].sightings])
    for name, harvest in got.items():
        print(f"{name:10} {len(harvest.sightings)} items, {len(harvest.rejects)} rejects")
        wrong += [f"{name}: {reject.key}: {reject.reason}" for reject in harvest.rejects]
    return wrong


def show_filing(sightings: Sequence[Sighting]) -> None:
    """Print where the themes of the configuration put each card, and why, before anybody taught."""
    tables = tomllib.loads((HERE / "hub.toml").read_text())["themes"]
    themes = [Theme(t["slug"], t["title"], t["description"], tuple(t["keywords"])) for t in tables]
    sorter = Sorter(RuleFiler(themes, {}), LearningFiler(themes))
    for sighting in sightings:
        filing = sorter.file(merge([sighting]))
        print(f"{filing.theme:14} {sighting.title[:80]}\n{'':15}{filing.reason}")


def collect(name: str, address: str, web: Fetcher, bookmark: Bookmark) -> Harvest:
    """Collect one source of the configuration."""
    text = (HERE / "hub.toml").read_text().replace("HUB", address)
    table = next(table for table in tomllib.loads(text)["sources"] if table["name"] == name)
    kind = plugins.load("collectors", table["kind"])
    own = {key: value for key, value in table.items() if key not in {"name", "kind"}}
    options = read_options(kind.Options, own, file="hub.toml", key=name)
    harvest = kind(Source(name, name, table["kind"]), options, web, HERE).collect(bookmark, NOW)
    assert isinstance(harvest, Harvest)
    return harvest


def check_cards(
    name: str, harvest: Harvest, expected: list[dict[str, Any]], *, dates: bool
) -> list[str]:
    """Compare cards by address, word for word; the listing's order counts too."""
    got = {sighting.url: sighting for sighting in harvest.sightings}
    wrong = [] if len(got) == len(expected) else [f"{name}: {len(got)} cards"]
    if not dates and list(got) != [row["url"] for row in expected]:
        wrong.append(f"{name}: another order")
    for row in expected:
        card = got.get(row["url"])
        if card is None:
            wrong.append(f"{name}: {row['url']} is missing")
        elif (said := fields(card)) != (want := wanted(row)) or (dates and not card.published):
            wrong.append(f"{name}: {said}\n   not {want}")
    return wrong


def fields(card: Sighting) -> tuple[object, ...]:
    """What is compared."""
    return card.title, list(card.labels), list(card.tags), card.summary


def wanted(row: dict[str, Any]) -> tuple[object, ...]:
    """The same of the expectation, whose summaries were cut at a length, perhaps at a space."""
    return row["title"], row["labels"], row["tags"], row["summary"].strip()


def check_report(name: str, harvest: Harvest, row: dict[str, Any]) -> list[str]:
    """Compare a report."""
    if len(harvest.sightings) != 1:
        return [f"{name}: {len(harvest.sightings)} items"]
    report = harvest.sightings[0]
    said = report.url, report.title, report.issuer, str(report.published), report.download
    want = tuple(row[key] for key in ("url", "title", "issuer", "date", "download"))
    wrong = [] if said == want else [f"{name}: {said}\n   not {want}"]
    whole = report.summary.startswith(row["summary_starts"]) and report.summary.count("\n\n") == 2
    return wrong if whole else [*wrong, f"{name}: summary {report.summary[:100]!r}"]


if __name__ == "__main__":
    sys.exit(main())
