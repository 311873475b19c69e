"""Everything the public may see, as the renderers of pages and feeds get it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from digest.core.edition import Edition, FiledResource, Heading
from digest.core.newsletter import Newsletter, Site, Theme


@dataclass(frozen=True, slots=True)
class Issue:
    """A published edition.

    Attributes:
        tag: its ``tag:`` URI, kept for ever.
        published: when it was approved; what feeds call its date.
    """

    edition: Edition
    tag: str
    published: datetime
    content_hash: str


@dataclass(frozen=True, slots=True)
class Shelf:
    """A newsletter with its published editions, newest first.

    Attributes:
        issues: the newest; what feeds hold and what pages are made of.
        older: those before them. Their pages are in place and change no more.
        again: of the older ones those whose page is to be made again.
    """

    newsletter: Newsletter
    issues: tuple[Issue, ...]
    older: tuple[Heading, ...] = ()
    again: tuple[Issue, ...] = ()

    @property
    def headings(self) -> tuple[Heading, ...]:
        """All of its editions, newest first."""
        return (*(issue.edition.heading for issue in self.issues), *self.older)


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The whole public side of a site.

    Attributes:
        themes: all configured themes, then *other*.
        source_titles: what readers call each source, by its name.
        resources: the newest resources that are not hidden, newest first.
        by_theme: the same per theme, in the order of ``themes``; each newest first.
    """

    site: Site
    themes: tuple[Theme, ...]
    shelves: tuple[Shelf, ...]
    source_titles: tuple[tuple[str, str], ...]
    resources: tuple[FiledResource, ...]
    by_theme: tuple[tuple[str, tuple[FiledResource, ...]], ...]
