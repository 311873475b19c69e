"""Where readers find things: one place for the addresses that pages, feeds and emails share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from digest.core.edition import Edition
    from digest.core.newsletter import Newsletter, Site

RESOURCES = "resources"

_FORMATS = (
    ("Atom", "atom.xml", "application/atom+xml"),
    ("RSS", "rss.xml", "application/rss+xml"),
    ("JSON Feed", "feed.json", "application/feed+json"),
)


@dataclass(frozen=True, slots=True)
class FeedLink:
    """One feed as readers discover it.

    Attributes:
        format: "Atom", "RSS" or "JSON Feed".
        path: relative to the published root.
    """

    format: str
    title: str
    path: str
    url: str
    media_type: str


@dataclass(frozen=True, slots=True)
class EditionLinks:
    """What an email points to, besides its items.

    Attributes:
        web: the edition in the browser, with every item.
        archive: past editions.
        feeds: the newsletter's feeds.
    """

    web: str
    archive: str
    feeds: tuple[FeedLink, ...]


def feeds(site: Site, folder: str, title: str) -> tuple[FeedLink, ...]:
    """The feeds that stand in a folder of the published root."""
    return tuple(
        FeedLink(
            format_,
            f"{title} ({format_})",
            f"{folder}/{file}",
            f"{site.url}/{folder}/{file}",
            media_type,
        )
        for format_, file, media_type in _FORMATS
    )


def theme_folder(slug: str) -> str:
    """Where a theme's page and feeds stand."""
    return f"themes/{slug}"


def edition_url(site: Site, edition: Edition) -> str:
    """An edition in the browser."""
    return f"{site.url}/{edition.heading.folder}"


def edition_links(site: Site, newsletter: Newsletter, edition: Edition) -> EditionLinks:
    """All that an edition's email points to."""
    return EditionLinks(
        web=edition_url(site, edition),
        archive=f"{site.url}/{newsletter.slug}/",
        feeds=feeds(site, newsletter.slug, newsletter.title),
    )
