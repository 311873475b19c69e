"""A feed before it is Atom, RSS or JSON: clean values, so that one bad item costs only itself."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from digest.core.address import absolute
from digest.core.hygiene import cut, line, printable

if TYPE_CHECKING:
    from collections.abc import Container, Iterable

_LOG = logging.getLogger(__name__)

MOST_ITEMS = 50
MOST_BYTES = 500_000
"""Some readers refuse feeds above 512 KB (leafac/kill-the-newsletter#59)."""

_EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
_TITLE = 200
_WORDS = 80


@dataclass(frozen=True, slots=True)
class Item:
    """One entry of a feed.

    Attributes:
        id: URI that never changes.
        url: where the reader is sent.
        page: our own page about it; empty when that is ``url``.
        content: HTML, made by our templates.
        summary: plain text.
        download: a file that belongs to it; may be empty.
    """

    id: str
    url: str
    title: str
    content: str
    published: datetime
    updated: datetime
    page: str = ""
    summary: str = ""
    author: str = ""
    tags: tuple[str, ...] = ()
    download: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class Channel:
    """A feed as a whole.

    Attributes:
        id: URI that never changes.
        page: the web page with the same content.
        author: who publishes.
        contact: the publisher's email address.
        hubs: WebSub hubs that tell subscribers of changes.
    """

    id: str
    title: str
    description: str
    page: str
    language: str
    author: str
    contact: str
    hubs: tuple[str, ...] = ()


def usable(items: Iterable[Item], feed: str) -> tuple[Item, ...]:
    """Clean the items and leave out those that would make the feed invalid, each with a log line.

    Args:
        items: the newest first; at most :data:`MOST_ITEMS` are kept.
        feed: what to call the feed in the log.
    """
    kept: dict[str, Item] = {}
    for item in items:
        if len(kept) == MOST_ITEMS:
            break
        try:
            _new(item.id, kept)
            kept[item.id] = _clean(item)
        except ValueError as error:
            _LOG.warning("feed %s leaves out %s: %s", feed, line(item.id), error)
    return tuple(kept.values())


def updated(items: Iterable[Item]) -> datetime:
    """When a feed last changed: when its newest item did.

    An empty feed still needs a date (RFC 4287 §4.2.15), and one that never changes.
    """
    return max((item.updated for item in items), default=_EARLIEST)


def _clean(item: Item) -> Item:
    url = absolute(item.url)
    return Item(
        id=_identity(item.id),
        url=url,
        title=_title(item, url),
        content=printable(item.content),
        published=_date(item.published),
        updated=_date(max(_date(item.published), _date(item.updated))),
        page=absolute(item.page) if item.page else "",
        summary=line(item.summary),
        author=line(item.author),
        tags=tuple(filter(None, map(line, dict.fromkeys(item.tags)))),
        download=_optional(item.download),
        language=line(item.language),
    )


def _new(uri: str, kept: Container[str]) -> None:
    if uri in kept:
        raise ValueError("another item has the same id")


def _identity(uri: str) -> str:
    if not uri.isascii() or not uri.isprintable() or " " in uri or not urlsplit(uri).scheme:
        raise ValueError("its id is not a URI")
    return uri


def _title(item: Item, url: str) -> str:
    """A title is required; the first words of the summary, or the place, stand in for one."""
    parts = urlsplit(url)
    place = f"{parts.hostname}{parts.path}".rstrip("/")
    return cut(line(item.title), _TITLE) or cut(line(item.summary), _WORDS) or place


def _date(moment: datetime) -> datetime:
    if moment.tzinfo is None or moment < _EARLIEST:
        raise ValueError(f"its date {moment.isoformat()} cannot be true")
    return moment.astimezone(UTC).replace(microsecond=0)


def _optional(url: str) -> str:
    try:
        return absolute(url) if url else ""
    except ValueError:
        return ""
