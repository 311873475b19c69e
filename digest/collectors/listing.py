"""Web pages that list resources, read by declarative rules."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from digest.collectors.cards import FieldName, Fields, Rules, read
from digest.collectors.citing import CITATION
from digest.collectors.following import ACCEPT, Follower
from digest.collectors.item import gather, reject
from digest.collectors.opening import Place, WebAddress, memory, unfinished, visit
from digest.collectors.saved import SavedPages
from digest.collectors.selecting import OneSelector, document, find, texts
from digest.config import Options
from digest.core.address import absolute
from digest.core.source import Harvest
from digest.errors import FetchError, ParseError

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from parsel import Selector

    from digest.collectors.item import Item
    from digest.collectors.page import Fetches, Page
    from digest.core.source import Bookmark, Source

_GROUPS = {"title", "issuer", "date"}


def _citation(pattern: re.Pattern[str]) -> re.Pattern[str]:
    if not pattern.groupindex or not _GROUPS.issuperset(pattern.groupindex):
        raise ValueError('expected groups named "title", "issuer" or "date": (?P<title>…)')
    return pattern


class Pages(Options):
    """``pages``: how a listing goes on.

    Attributes:
        next: the link to the next page.
        max: pages to read in one collection.
    """

    next: OneSelector
    max: int = Field(5, ge=1, le=100)


class ListingOptions(Place):
    """A listing.

    Attributes:
        url: its address.
        path: a saved page, in its place.
        base: the address that links of a saved page start from.
        item: what repeats, once per resource.
        fields: where each field stands inside an item.
        clean: regular expressions to take away from a field.
        citation_pattern: how citation lines are built.
        pages: how the listing goes on; without it, it is one page.
        follow: whether to read each item's own page too.
        follow_limit: own pages to read in one collection; the others come the next time.
        detail: where each field stands on an item's own page.
        detail_path: saved own pages, such as ``pages/*.html``, instead of fetching them.
    """

    base: WebAddress = ""
    item: OneSelector
    fields: Fields
    clean: dict[FieldName, tuple[re.Pattern[str], ...]] = Field(default_factory=dict)
    citation_pattern: Annotated[re.Pattern[str], AfterValidator(_citation)] = CITATION
    pages: Pages | None = None
    follow: bool = False
    follow_limit: int = Field(20, ge=1, le=500)
    detail: Fields = Fields()
    detail_path: str = ""

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if not self.fields.url:
            raise ValueError("expected fields.url, where the link of an item stands")
        if self.follow and self.detail == Fields():
            raise ValueError('expected a table "detail", for what to read on the pages followed')
        return self

    def rules(self, fields: Fields) -> Rules:
        """How to read these fields."""
        return Rules(fields, self.clean, self.citation_pattern)


class ListingCollector:
    """Reads a listing, and the own pages of its items where asked to.

    Args:
        source: what it is called.
        options: where it is, and how to read it.
        fetcher: the way out.
        root: folder of the configuration.
    """

    Options = ListingOptions

    def __init__(
        self, source: Source, options: ListingOptions, fetcher: Fetches, root: Path
    ) -> None:
        self._source = source
        self._options = options
        self._fetcher = fetcher
        saved = root.glob(options.detail_path) if options.detail_path else None
        details = fetcher if saved is None else SavedPages(saved)
        rules = options.rules(options.detail)
        self._follower = Follower(rules, options.follow_limit, details)
        self._root = root

    def collect(self, bookmark: Bookmark, now: datetime) -> Harvest:
        """Bring the items of the listing.

        Raises:
            FetchError: the listing did not come.
            ParseError: a selector finds nothing any more; the sentence says which.
        """
        seen = visit(self._options, bookmark, self._fetcher, self._root, ACCEPT)
        if seen.unchanged:
            return Harvest(bookmark=seen.bookmark, unchanged=True, wait=seen.page.wait)
        items, lost = self._read(seen.page)
        missed = lost
        remembered = seen.bookmark
        if self._options.follow:
            followed = self._follower.follow(
                items, frozenset(memory(self._options, bookmark) or ())
            )
            items, missed = list(followed.items), lost or followed.missed
            remembered = replace(remembered, cursor=" ".join([remembered.cursor, *followed.marks]))
        if missed:
            remembered = unfinished(remembered)
        sightings, rejects = gather(items, self._source.name, now)
        if lost:
            rejects = (*rejects, reject(self._source.name, "next page", lost))
        return Harvest(sightings, rejects, remembered, wait=seen.page.wait)

    def _read(self, page: Page) -> tuple[list[Item], str]:
        """The items of all pages, and why some pages may be missing."""
        limit = self._options.pages.max if self._options.pages else 1
        items: list[Item] = []
        seen: set[str] = set()
        while True:
            root = document(page.body, page.charset)
            base = _base(root, page.url or self._options.base)
            items += self._cards(root, base)
            self._check(items)
            seen.add(page.url)
            following = self._next(root, base)
            if not following or following in seen or len(seen) >= limit:
                return items, ""
            try:
                page = self._fetcher.fetch(following, accept=ACCEPT)
            except FetchError as error:
                return items, str(error)

    def _cards(self, root: Selector, base: str) -> list[Item]:
        rules = self._options.rules(self._options.fields)
        return [read(node, root, rules, base) for node in find(root, self._options.item)]

    def _check(self, items: list[Item]) -> None:
        """Tell a page that changed its build from one whose items have faults."""
        fields = self._options.fields
        if not items:
            raise ParseError(f'the item selector "{self._options.item}" finds nothing on the page')
        for name, selectors in (("url", fields.url), ("title", fields.title)):
            if selectors and not any(getattr(item, name) for item in items):
                tried = ", ".join(f'"{selector}"' for selector in selectors)
                raise ParseError(f"the {name} selector {tried} finds nothing in any item")

    def _next(self, root: Selector, base: str) -> str:
        found = texts(root, root, (self._options.pages.next,)) if self._options.pages else ()
        try:
            return absolute(found[0], base) if found else ""
        except ValueError:
            return ""


def _base(root: Selector, url: str) -> str:
    """Where relative links start: the address, or what ``<base href>`` says."""
    try:
        return absolute(str(root.css("base::attr(href)").get("")), url)
    except ValueError:
        return url
