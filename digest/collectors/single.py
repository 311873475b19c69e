"""One page that an editor points at: what it says of itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import PurePosixPath
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from digest.collectors.cards import Fields, Rules, read
from digest.collectors.following import ACCEPT
from digest.collectors.item import Item, gather
from digest.collectors.selecting import document
from digest.core.source import BY_HAND, Sighting
from digest.errors import ParseError

if TYPE_CHECKING:
    from digest.collectors.page import Fetches, Page

_FIELDS = Fields(
    title=("meta[property='og:title']::attr(content)", "h1", "title"),
    summary=(
        "meta[property='og:description']::attr(content)",
        "meta[name='description']::attr(content)",
        "meta[name='dcterms.abstract']::attr(content)",
    ),
    author=("meta[name='author']::attr(content)", "meta[name='citation_author']::attr(content)"),
    issuer=(
        "meta[property='og:site_name']::attr(content)",
        "meta[name='citation_publisher']::attr(content)",
        "meta[name='dcterms.publisher']::attr(content)",
    ),
    date=(
        "meta[property='article:published_time']::attr(content)",
        "meta[name='citation_publication_date']::attr(content)",
        "meta[name='dcterms.issued']::attr(content)",
        "meta[name='date']::attr(content)",
        "time[datetime]::attr(datetime)",
    ),
    download=("meta[name='citation_pdf_url']::attr(content)",),
)
_PAGES = frozenset({"", "text/html", "application/xhtml+xml"})


class PageReader:
    """Reads what pages tell machines about themselves, as social networks and libraries do."""

    def __init__(self, pages: Fetches) -> None:
        self._pages = pages

    def look(self, url: str, now: datetime) -> Sighting:
        """Look at one page (see :class:`digest.ports.Reader`).

        Raises:
            FetchError: it does not come, or must not be fetched.
            ParseError: it says nothing of itself.
        """
        page = self._pages.fetch(url, accept=ACCEPT)
        return sighting(self._item(page, url), now)

    def _item(self, page: Page, url: str) -> Item:
        place = page.url or url
        if page.media_type not in _PAGES:
            return Item(url=place, title=_file_name(place), download=place, issuer=_host(place))
        root = document(page.body, page.charset)
        found = read(root, root, Rules(_FIELDS), place)
        language = str(root.css("html::attr(lang)").get(""))
        return replace(found, url=place, language=language, issuer=found.issuer or _host(place))


def sighting(item: Item, now: datetime) -> Sighting:
    """Clean what was found, or typed in.

    Raises:
        ParseError: it has no title, or its address cannot be used.
    """
    found, rejects = gather([item], BY_HAND, now)
    if not found:
        raise ParseError(rejects[0].reason)
    return found[0]


def _file_name(url: str) -> str:
    return unquote(PurePosixPath(urlsplit(url).path).name) or _host(url)


def _host(url: str) -> str:
    return (urlsplit(url).hostname or "").removeprefix("www.")
