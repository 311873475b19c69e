"""Follow the names of themes: what stood under a former slug stands under the present one."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from digest.core.filing.model import names
from digest.core.newsletter import Theme
from digest.ports import Clock, Store

log = logging.getLogger(__name__)


class Followers(Protocol):
    """Knows who follows what."""

    def rename_themes(self, names: Mapping[str, str]) -> int:
        """Let who followed a former slug follow the present one."""
        ...


@dataclass(frozen=True, slots=True)
class Renaming:
    """The job: harmless when there is nothing to rename, and when it dies half-way.

    Attributes:
        themes: those of the site, each with the slugs it had.
    """

    store: Store
    clock: Clock
    people: Followers
    themes: Sequence[Theme]

    def __call__(self) -> int:
        """Rename what is left to rename; answers how many resources that were.

        Lessons keep the slug they were taught with: who learns from them knows the names too.
        """
        renamed = names(self.themes)
        if not renamed:
            return 0
        with self.store.read() as work:
            standing = work.resources.tally()
        moved = sum(self._rename(old, new) for old, new in renamed.items() if old in standing)
        followers = self.people.rename_themes(renamed)
        if moved or followers:
            log.info("renamed themes of %s resources and %s subscriptions", moved, followers)
        return moved

    def _rename(self, old: str, new: str) -> int:
        with self.store.begin() as work:
            items = work.resources.under(old)
            for item in items:
                filing = replace(item.filing, theme=new)
                work.resources.file(item.resource.id, filing, self.clock.now())
            return len(items)
