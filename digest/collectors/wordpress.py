"""WordPress sites, through their REST API (developer.wordpress.org/rest-api)."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from pydantic import Field

from digest.collectors.dates import published
from digest.collectors.item import Item, gather
from digest.collectors.opening import Place, memory, visit
from digest.collectors.sanitising import heading, plain
from digest.core.hygiene import cut, without
from digest.core.source import Bookmark, Harvest
from digest.errors import ParseError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path

    from digest.collectors.page import Fetches, Page
    from digest.core.source import Source

_PER_PAGE = 100
_FIELDS = "id,type,link,title,excerpt,date_gmt,modified_gmt,_links,_embedded"
_ISO = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d")
# For what was saved before and shown after our last look; what comes twice is recognised.
_OVERLAP = timedelta(minutes=10)


class WordPressOptions(Place):
    """A WordPress site.

    Attributes:
        url: of the site, or of an endpoint such as ``…/wp-json/wp/v2/resource``.
        path: a saved answer of the endpoint, in its place.
        type: what to collect, as the REST API names it.
        labels: taxonomies that say what kind of thing an item is; all others are tags.
        max_pages: pages of 100 items to read in one collection.
    """

    type: str = Field("posts", pattern=r"^[A-Za-z0-9_-]+$")
    labels: tuple[str, ...] = ()
    max_pages: int = Field(10, ge=1, le=1000)


class WordPressCollector:
    """Reads the newest items of a site, later only those that changed since.

    The first time the newest ``max_pages`` pages come, the newest item first. Later everything
    modified since comes, the longest unchanged first, so that a collection that stops at
    ``max_pages`` is continued by the next one.

    Args:
        source: what it is called.
        options: where it is, and what to read there.
        fetcher: the way out.
        root: folder of the configuration.
    """

    Options = WordPressOptions

    def __init__(
        self, source: Source, options: WordPressOptions, fetcher: Fetches, root: Path
    ) -> None:
        self._source = source
        self._options = options
        self._fetcher = fetcher
        self._root = root

    def collect(self, bookmark: Bookmark, now: datetime) -> Harvest:
        """Bring what is new or changed.

        Raises:
            FetchError: the site did not answer.
            ParseError: it does not answer as WordPress does.
        """
        if self._options.path:
            seen = visit(self._options, bookmark, self._fetcher, self._root)
            if seen.unchanged:
                return Harvest(bookmark=seen.bookmark, unchanged=True)
            return self._harvest([*_posts(seen.page)], seen.bookmark, now)
        since = (memory(self._options, bookmark) or ("",))[0]
        posts, wait = [], None
        for page in self._pages(since):
            posts += _posts(page)
            wait = page.wait
        cursor = f"{self._options.mark} - {max([since, *_changes(posts, now)])}"
        return replace(self._harvest(posts, Bookmark(cursor=cursor), now), wait=wait)

    def _harvest(self, posts: list[object], bookmark: Bookmark, now: datetime) -> Harvest:
        items = (_item(post, self._options.labels) for post in posts)
        sightings, rejects = gather(items, self._source.name, now)
        return Harvest(sightings, rejects, bookmark)

    def _pages(self, since: str) -> Iterator[Page]:
        for number in range(1, self._options.max_pages + 1):
            address = f"{self._endpoint}{_query(since, number)}"
            page = self._fetcher.fetch(address, accept="application/json")
            yield page
            total = page.headers.get("x-wp-totalpages", "")
            if not (number < int(total) if total.isdigit() else page.next_url):
                return

    @property
    def _endpoint(self) -> str:
        url = self._options.url or ""
        if "rest_route=" in url:
            return f"{url}&"
        if "/wp-json/" not in url:
            url = f"{url.rstrip('/')}/wp-json/wp/v2/{self._options.type}"
        return f"{url}?"


def _changes(posts: list[object], now: datetime) -> Iterator[str]:
    """When the items were last changed; a time that cannot be is left out.

    One item from the year 9999 would hide all later changes from us.
    """
    for post in posts:
        time = _text(post, "modified_gmt") if isinstance(post, dict) else ""
        if _ISO.fullmatch(time) and time <= now.isoformat():
            yield time


def _query(since: str, number: int) -> str:
    query: dict[str, object] = {"per_page": _PER_PAGE, "page": number, "_embed": "wp:term"}
    query |= {"_fields": _FIELDS, "orderby": "date", "order": "desc"}
    if since and (moment := published(since)):
        after = (moment.at - _OVERLAP).strftime("%Y-%m-%dT%H:%M:%SZ")
        query |= {"orderby": "modified", "order": "asc", "modified_after": after}
    return urlencode(query, safe=":,")


def _posts(page: Page) -> list[object]:
    """The items of an answer.

    Raises:
        ParseError: it is something else; what it says of itself stands in the sentence.
    """
    try:
        answer = json.loads(page.body)
    except (ValueError, RecursionError):
        raise ParseError(
            "the answer is no JSON: is this a WordPress site with its REST API?"
        ) from None
    if isinstance(answer, list):
        return answer
    message = answer.get("message", "") if isinstance(answer, dict) else ""
    raise ParseError(
        f"the answer is no list of items: {cut(plain(str(message)), 200) or 'nothing'}"
    )


def _item(post: object, labels: tuple[str, ...]) -> Item:
    """Read one item; what is not there or not as it should be is left out, and told later."""
    if not isinstance(post, dict):
        return Item(raw={"post": post})
    terms = list(_terms(post))
    number = post.get("id")
    return Item(
        key=str(number) if isinstance(number, int) else "",
        url=_text(post, "link"),
        title=_rendered(post, "title"),
        summary=without(plain(_rendered(post, "excerpt"))),
        labels=tuple(name for taxonomy, name in terms if taxonomy in labels),
        tags=tuple(name for taxonomy, name in terms if taxonomy not in labels),
        published=published(_text(post, "date_gmt")),
        raw=post,
    )


def _terms(post: dict[str, Any]) -> Iterator[tuple[str, str]]:
    embedded = post.get("_embedded")
    groups = embedded.get("wp:term") if isinstance(embedded, dict) else None
    for group in groups if isinstance(groups, list) else []:
        for term in group if isinstance(group, list) else []:
            # "uncategorized" is what WordPress says when nobody said anything.
            if isinstance(term, dict) and term.get("slug") != "uncategorized":
                yield _text(term, "taxonomy"), heading(_text(term, "name"))


def _rendered(post: dict[str, Any], name: str) -> str:
    field = post.get(name)
    return _text(field, "rendered") if isinstance(field, dict) else _text(post, name)


def _text(fields: dict[str, Any], name: str) -> str:
    value = fields.get(name)
    return value if isinstance(value, str) else ""
