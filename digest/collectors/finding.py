"""Find what can be collected behind an address that somebody pasted."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from lxml import etree

from digest.collectors import jsonfeed
from digest.collectors.selecting import document
from digest.core.address import absolute, canonical
from digest.core.hygiene import line
from digest.errors import FetchError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from digest.collectors.page import Fetches, Page

_FEEDS = {
    "application/rss+xml": "RSS",
    "application/atom+xml": "Atom",
    "application/feed+json": "JSON Feed",
    "application/json": "JSON Feed",
}
_ROOTS = re.compile(rb"<(?:\w+:)?(rss|feed|rdf)\b", re.IGNORECASE)
_NAMES = {b"rss": "RSS", b"feed": "Atom", b"rdf": "RSS 1.0"}
_GUESSES = ("feed/", "rss.xml", "atom.xml", "feed.xml", "index.xml", "feed.json")
"""Where the feeds of pages that announce none mostly are."""
_WORDPRESS = "https://api.w.org/"
_BEGINNING = 2_000
_LONGEST_TITLE = 200
_MOST = 20
_MAX_PAGE = 5_000_000


@dataclass(frozen=True, slots=True)
class Lead:
    """Something that can be collected.

    Attributes:
        kind: of source.
        title: as the page calls it; may be empty.
        how: what it is and how it was found, as a few words.
    """

    kind: str
    url: str
    title: str
    how: str


class Finder:
    """Looks behind addresses."""

    def __init__(self, pages: Fetches) -> None:
        self._pages = pages

    def find(self, text: str) -> tuple[Lead, ...]:
        """Find every feed and the WordPress interface behind an address, the best one first.

        Args:
            text: as pasted; without a scheme it is taken for https.

        Raises:
            UsageError: it is no address of the web.
            FetchError: it cannot be fetched.
        """
        page = self._pages.fetch(_address(text), max_size=_MAX_PAGE)
        found = list(leads(page)) or list(self._guessed(page))
        once = {canonical(lead.url): lead for lead in reversed(found)}
        return tuple(reversed(once.values()))[:_MOST]

    def _guessed(self, page: Page) -> Iterator[Lead]:
        """Try the usual places; the first feed there is enough."""
        for guess in _GUESSES:
            try:
                tried = self._pages.fetch(urljoin(page.url, f"/{guess}"), max_size=_MAX_PAGE)
            except FetchError:
                continue
            if lead := _feed(tried, "found at its usual place"):
                yield lead
                return


def leads(page: Page) -> Iterator[Lead]:
    """Tell what a page is, or what it announces."""
    if lead := _feed(page, "this address itself"):
        yield lead
        return
    root = document(page.body, page.charset)
    base = _base(root.css("base::attr(href)").get() or "", page.url)
    title = line(root.css("title::text").get() or "")[:_LONGEST_TITLE]
    for link in root.css("link"):
        if lead := _announced(link.root, base, title):
            yield lead


def _announced(link: etree._Element, base: str, title: str) -> Lead | None:
    words = (link.get("rel") or "").lower().split()
    try:
        url = absolute(urljoin(base, (link.get("href") or "").strip()))
    except ValueError:
        return None
    named = line(link.get("title") or "")[:_LONGEST_TITLE]
    media_type = (link.get("type") or "").partition(";")[0].strip().lower()
    if _WORDPRESS in words:
        site = url.partition("/wp-json")[0].partition("?")[0].rstrip("/")
        return Lead("wordpress", site, title, "WordPress, by its REST interface")
    if "alternate" in words and media_type in _FEEDS and "wp-json" not in url:
        return Lead("feed", url, named or title, f"{_FEEDS[media_type]}, announced by the page")
    return None


def _base(told: str, url: str) -> str:
    try:
        return absolute(told, url) if told else url
    except ValueError:
        return url


def _feed(page: Page, how: str) -> Lead | None:
    """The page as a feed, if it is one."""
    if jsonfeed.looks_like(page.body):
        return Lead("feed", page.url, "", f"JSON Feed, {how}")
    beginning = page.body.lstrip()[:_BEGINNING]
    root = _ROOTS.search(beginning)
    if not root or b"<html" in beginning[: root.start()].lower():
        return None
    return Lead("feed", page.url, _title(page.body), f"{_NAMES[root[1].lower()]}, {how}")


def _title(body: bytes) -> str:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, recover=True)
    try:
        root = etree.fromstring(body, parser)
    except etree.XMLSyntaxError:
        return ""
    if getattr(root, "tag", None) is None:  # nothing could be recovered
        return ""
    found = root.find(".//{*}title")
    return line("".join(map(str, found.itertext())) if found is not None else "")[:_LONGEST_TITLE]


def _address(text: str) -> str:
    text = text.strip()
    if not urlsplit(text).scheme or re.match(r"[\w.-]+:\d", text):
        text = f"https://{text}"
    try:
        return absolute(text)
    except ValueError:
        raise UsageError(
            f'"{line(text)[:100]}" is no address of the web: paste one such as https://example.org/'
        ) from None
