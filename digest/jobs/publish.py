"""Publish: render everything the public may see and put what changed in place."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from digest.core.artifact import Artifact
from digest.core.catalogue import Catalogue, Shelf
from digest.core.composition import other_theme
from digest.core.newsletter import Newsletter, Site, Theme
from digest.ports import Publisher, Renderer, Store, Work

log = logging.getLogger(__name__)

_FEED_LENGTH = 50
_NEWEST = 50
"""Editions of a newsletter that are in memory at once: what a feed holds, and all whose pages may
still change, since the one after them is the last thing that does."""


@dataclass(frozen=True, slots=True)
class Publish:
    """The job.

    Attributes:
        newsletters: those configured, in order.
        themes: those configured, in order.
        source_titles: what readers call each source, by its name.
    """

    store: Store
    site: Site
    newsletters: Sequence[Newsletter]
    themes: Sequence[Theme]
    source_titles: Mapping[str, str]
    renderers: Sequence[Renderer]
    publisher: Publisher

    def __call__(self) -> Sequence[str]:
        """Bring the published files up to date.

        Returns:
            The paths whose bytes changed.
        """
        with self.publisher.turn():
            changed = [*self._publish({})]
            # A folder that is new, or was emptied, lacks the pages of older editions.
            for newsletter in self.newsletters:
                missing = self._missing(newsletter.slug)
                while batch := [*islice(missing, _NEWEST)]:
                    changed += self._publish({newsletter.slug: batch})
        log.info("published %s changed files", len(changed))
        return changed

    def _publish(self, again: Mapping[str, Sequence[str]]) -> Sequence[str]:
        with self.store.read() as work:
            catalogue = self.catalogue(work, again)
        return self.publisher.publish(self._artifacts(catalogue))

    def _missing(self, newsletter: str) -> Iterator[str]:
        """Slugs of the older editions whose page is not in place."""
        with self.store.read() as work:
            older = work.editions.headings(newsletter)[_NEWEST:]
        holds = self.publisher.holds
        return (each.slug for each in older if not holds(f"{each.folder}index.html"))

    def _artifacts(self, catalogue: Catalogue) -> Iterator[Artifact]:
        for renderer in self.renderers:
            yield from renderer.render(catalogue)

    def catalogue(self, work: Work, again: Mapping[str, Sequence[str]] | None = None) -> Catalogue:
        """Everything the public may see now.

        Args:
            work: the transaction to read in.
            again: slugs of older editions to make the pages of again, by newsletter.
        """
        themes = (*self.themes, other_theme())
        newest = work.resources.newest
        return Catalogue(
            site=self.site,
            themes=themes,
            shelves=tuple(
                _shelf(work, newsletter, (again or {}).get(newsletter.slug, ()))
                for newsletter in self.newsletters
            ),
            source_titles=tuple(self.source_titles.items()),
            resources=tuple(newest(_FEED_LENGTH)),
            by_theme=tuple(
                (theme.slug, tuple(newest(_FEED_LENGTH, theme=theme.slug))) for theme in themes
            ),
        )


def _shelf(work: Work, newsletter: Newsletter, again: Sequence[str]) -> Shelf:
    return Shelf(
        newsletter,
        issues=tuple(work.editions.issues(newsletter.slug, _NEWEST)),
        older=tuple(work.editions.headings(newsletter.slug)[_NEWEST:]),
        again=tuple(work.editions.issues(newsletter.slug, slugs=again)) if again else (),
    )
