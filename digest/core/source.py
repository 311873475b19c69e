"""Sources, and what they were seen to show."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from digest.core.published import Published

BY_HAND = "by hand"
"""Where editors bring things in; no configured source can be called so, since names have no
spaces."""


@dataclass(frozen=True, slots=True)
class Source:
    """A place where resources appear.

    Attributes:
        name: unique; what commands and reports call it.
        title: what readers see as the origin of an item.
        kind: which collector reads it.
        theme: slug of the theme its items go to when no rule says otherwise; may be empty.
        every: how long to wait between two collections.
        first_days: at the very first collection only items of the last so many days may enter
            an edition; the rest is known but never sent.
    """

    name: str
    title: str
    kind: str
    theme: str = ""
    every: timedelta = timedelta(hours=1)
    first_days: int = 30


@dataclass(frozen=True, slots=True)
class Sighting:
    """One item as one source showed it at one time; raw and dated, never changed.

    Text fields are clean: plain text without control characters, except ``content``, which is
    HTML that went through the allow-list. ``raw`` keeps what the source said, word for word.

    Attributes:
        key: the source's own identity of the item, unique within the source.
        url: absolute http(s) address, as the source gave it.
        labels: what kind of thing it is, such as *Guidance*.
        tags: what it is about, such as *Global*.
        raw: JSON text of the source's own fields.
    """

    source: str
    key: str
    url: str
    title: str
    seen_at: datetime
    summary: str = ""
    content: str = ""
    labels: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    author: str = ""
    issuer: str = ""
    published: Published | None = None
    download: str = ""
    language: str = ""
    raw: str = "{}"


@dataclass(frozen=True, slots=True)
class Reject:
    """An item that could not become a sighting, with the reason; kept, never dropped silently."""

    source: str
    key: str
    reason: str
    raw: str = "{}"


@dataclass(frozen=True, slots=True)
class Bookmark:
    """Where the last collection of a source ended, so that the next one asks for less.

    Attributes:
        url: the address the validators belong to, after permanent redirects.
        etag: byte for byte as the server sent it.
        last_modified: byte for byte as the server sent it.
        cursor: whatever the collector wants to remember, such as a ``modified_after`` time.
    """

    url: str = ""
    etag: str = ""
    last_modified: str = ""
    cursor: str = ""


@dataclass(frozen=True, slots=True)
class Harvest:
    """What one collection brought."""

    sightings: tuple[Sighting, ...] = ()
    rejects: tuple[Reject, ...] = ()
    bookmark: Bookmark = field(default_factory=Bookmark)
    unchanged: bool = False
    """The source said that nothing changed (HTTP 304, same bytes)."""
    wait: timedelta | None = None
    """How long the source asked us to stay away (Retry-After, max-age, ttl)."""


class Health(StrEnum):
    """How a source is."""

    NEW = "new"
    WELL = "well"
    FAILING = "failing"
    GONE = "gone"
