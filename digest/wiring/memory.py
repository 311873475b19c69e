"""How resources are filed, and what is learnt from those who file them."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from digest.core.resource import merge
from digest.core.source import Bookmark
from digest.core.theme import RuleFiler
from digest.wiring.parts import Parts

if TYPE_CHECKING:
    from digest.config import SourceSettings
    from digest.core.edition import Filing
    from digest.core.sorting import Sorter
    from digest.core.source import Harvest, Sighting
    from digest.jobs.hindsight import Hindsight
    from digest.jobs.learning import Learner
    from digest.jobs.rebuild import Rebuild
    from digest.jobs.to_file import ToFile

Sample = tuple["Harvest", list[tuple["Sighting", "Filing"]]]
"""What a source would bring: all of it, and each item with the theme it would be filed under."""


class Memory(Parts):
    """Everything about themes; what was learnt is loaded when something is first filed."""

    @cached_property
    def filer(self) -> Learner:
        """What puts resources under themes."""
        from digest.jobs.learning import Learner

        return Learner(self.store, self.themes, self.rules, lambda: self.embedder)

    @property
    def onlooker(self) -> Learner | Sorter:
        """Files as :attr:`filer` does, but makes no database where there is none."""
        if self.database.exists:
            return self.filer
        from digest.core.filing.filer import LearningFiler
        from digest.core.sorting import Sorter

        if not self.themes:
            return Sorter(self.rules, None)
        return Sorter(self.rules, LearningFiler(self.themes, embedder=self.embedder))

    def sample(self, entry: SourceSettings) -> Sample:
        """Look at a source once, and keep nothing, not even a bookmark.

        Raises:
            FetchError: it does not answer.
            ParseError: what it answers cannot be read.
        """
        _, collector = self.reader(entry)
        harvest = collector.collect(Bookmark(), self.clock.now())
        return harvest, [(seen, self.onlooker.file(merge([seen]))) for seen in harvest.sightings]

    @cached_property
    def rules(self) -> RuleFiler:
        """What the configuration says of filing."""
        return RuleFiler(self.themes, self.default_themes)

    @cached_property
    def to_file(self) -> ToFile:
        """What waits for an editor to file it."""
        from digest.jobs.to_file import ToFile

        titles = {theme.slug: theme.title for theme in self.themes}
        return ToFile(self.store, self.clock, self.filer, titles)

    @cached_property
    def rebuild(self) -> Rebuild:
        """Learn everything again."""
        from digest.jobs.rebuild import Rebuild

        return Rebuild(self.store, self.clock, self.themes, lambda: self.embedder)

    @cached_property
    def hindsight(self) -> Hindsight:
        """Look back at the filings."""
        from digest.jobs.hindsight import Hindsight

        return Hindsight(self.store, self.clock, self.themes, self.rules, lambda: self.embedder)
