"""Publish: render everything the public may see and put what changed in place."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from threading import Lock

from digest.core.artifact import Artifact
from digest.core.catalogue import Catalogue, Shelf
from digest.core.composition import other_theme
from digest.core.newsletter import Newsletter, Site, Theme
from digest.ports import Publisher, Renderer, Store, Work

log = logging.getLogger(__name__)

_FEED_LENGTH = 50


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
    turn: Lock = field(default_factory=Lock)
    """Held while publishing, so that what was read first is not written last."""

    def __call__(self) -> Sequence[str]:
        """Bring the published files up to date.

        Returns:
            The paths whose bytes changed.
        """
        with self.turn:
            with self.store.read() as work:
                catalogue = self.catalogue(work)
            changed = self.publisher.publish(self._artifacts(catalogue))
        log.info("published %s changed files", len(changed))
        return changed

    def _artifacts(self, catalogue: Catalogue) -> Iterator[Artifact]:
        for renderer in self.renderers:
            yield from renderer.render(catalogue)

    def catalogue(self, work: Work) -> Catalogue:
        """Everything the public may see now."""
        themes = (*self.themes, other_theme())
        newest = work.resources.newest
        return Catalogue(
            site=self.site,
            themes=themes,
            shelves=tuple(
                Shelf(newsletter, tuple(work.editions.issues(newsletter.slug)))
                for newsletter in self.newsletters
            ),
            source_titles=tuple(self.source_titles.items()),
            resources=tuple(newest(_FEED_LENGTH)),
            by_theme=tuple(
                (theme.slug, tuple(newest(_FEED_LENGTH, theme=theme.slug))) for theme in themes
            ),
        )
