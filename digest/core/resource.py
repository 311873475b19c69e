"""Resources: the thing a reader wants, one per canonical address, merged from its sightings."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NewType

from digest.core.address import canonical, untracked
from digest.core.published import Published, plausible
from digest.core.source import Sighting

ResourceId = NewType("ResourceId", int)


@dataclass(frozen=True, slots=True)
class Facts:
    """What all sightings together say about a resource.

    Attributes:
        canonical: the identity (see :func:`digest.core.address.canonical`).
        url: the address readers are sent to; as the others, without the source's tracking.
        sources: names of the sources that showed it, the first one first.
        also_at: other addresses under which it was seen.
    """

    canonical: str
    url: str
    title: str
    summary: str = ""
    content: str = ""
    labels: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    author: str = ""
    issuer: str = ""
    published: Published | None = None
    download: str = ""
    language: str = ""
    sources: tuple[str, ...] = ()
    also_at: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Resource:
    """Facts with an identity and a history.

    Attributes:
        tag: the ``tag:`` URI (RFC 4151) minted at first sight; feeds identify the item by it for
            ever, whatever becomes of title, address or host.
        first_seen: when *we* first saw it; windows are judged by this, never by ``published``.
        backlog: it was there before we came (first collection, older than ``first_days``), so
            it is known but enters no edition.
        hidden: an editor took it out of everything.
    """

    id: ResourceId
    tag: str
    facts: Facts
    first_seen: datetime
    changed_at: datetime
    backlog: bool = False
    hidden: bool = False


def merge(sightings: Sequence[Sighting]) -> Facts:
    """Make one resource of the newest sighting per source, the oldest source first.

    The first source that showed the item owns title and address; a field it left empty comes
    from the next; labels and tags are joined; the longest summary and content win, since listings
    cut theirs off.

    Args:
        sightings: all of one canonical address, not empty.
    """
    first = sightings[0]
    url, *others = _unique(untracked(sighting.url) for sighting in sightings)
    return Facts(
        canonical=canonical(first.url),
        url=url,
        title=first.title,
        summary=max((s.summary for s in sightings), key=len),
        content=max((s.content for s in sightings), key=len),
        labels=_unique(label for s in sightings for label in s.labels),
        tags=_unique(tag for s in sightings for tag in s.tags),
        author=_first(s.author for s in sightings),
        issuer=_first(s.issuer for s in sightings),
        published=_date(sightings),
        download=_first(untracked(s.download) for s in sightings),
        language=_first(s.language for s in sightings),
        sources=_unique(s.source for s in sightings),
        also_at=tuple(others),
    )


def tag_uri(host: str, first_seen: datetime, identity: str) -> str:
    """Mint the identity a feed reader keeps for ever.

    It is made from the canonical address, so that a lost database mints the same again.
    """
    short = hashlib.blake2b(identity.encode(), digest_size=10).hexdigest()
    return f"tag:{host},{first_seen:%Y}:resource/{short}"


def _date(sightings: Sequence[Sighting]) -> Published | None:
    """The most exact plausible date, the earliest of those equally exact."""
    dates = [date for s in sightings if (date := plausible(s.published, s.seen_at))]
    return min(dates, key=lambda date: (-date.precision, date.at), default=None)


def _first(values: Iterable[str]) -> str:
    return next(filter(None, values), "")


def _unique(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(values))
