"""Look back: how well things would have been filed, which themes are missing, which are weak."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from digest.core.edition import FiledResource
from digest.core.filing.example import Example
from digest.core.filing.meaning import Embedder
from digest.core.filing.model import standing
from digest.core.filing.proposals import Proposal, keywords, proposals
from digest.core.newsletter import OTHER, Theme
from digest.core.theme import RuleFiler
from digest.core.trial import Verdict, replay, verdict
from digest.ports import Clock, Store

_ARCHIVE = 3_000
"""The newest resources that are looked at for themes."""
_FEW_KEYWORDS = 4
_ENOUGH_ITEMS = 8
"""Items of a theme from which it can be said what it lacks."""
_WEAK = 1 / 3
"""A theme whose keywords find less than this part of its items is weak."""


@dataclass(frozen=True, slots=True)
class Weakness:
    """A theme that its keywords do not tell.

    Attributes:
        found: the part of its items that its keywords find, between 0 and 1.
        words: what its items have in common and its keywords lack.
    """

    theme: str
    found: float
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Proposals:
    """What an editor may want to change in the configuration."""

    themes: tuple[Proposal, ...]
    keywords: tuple[Weakness, ...]


@dataclass(frozen=True, slots=True)
class Hindsight:
    """The job; only :meth:`reject` writes.

    Attributes:
        themes: those of the site.
        rules: those of the configuration.
        embedder: gives a model of language, if there is one.
    """

    store: Store
    clock: Clock
    themes: Sequence[Theme]
    rules: RuleFiler
    embedder: Callable[[], Embedder | None] = lambda: None

    def evaluate(self, step: Callable[[int, int], None] = lambda *_: None) -> Verdict:
        """File all that editors filed once more, in time order, by what was learnt before each.

        Args:
            step: told how many of how many resources are done.
        """
        with self.store.read() as work:
            journal = work.lessons.after(0) if self.themes else []
        attempts, total = [], len(standing(journal))
        for attempt in replay(journal, self.themes, self.rules, self.embedder()):
            attempts.append(attempt)
            step(len(attempts), total)
        return verdict(attempts)

    def propose(self) -> Proposals:
        """Look for themes in what no theme holds, and for words that weak themes lack."""
        with self.store.read() as work:
            archive = work.resources.newest(_ARCHIVE)
            rejected = work.lessons.rejected()
        by_theme = defaultdict[str, list[FiledResource]](list)
        for item in archive:
            by_theme[item.filing.theme].append(item)
        unfiled = _examples(by_theme.pop(OTHER, []))
        filed = [example for items in by_theme.values() for example in _examples(items)]
        weak = (self._weakness(theme, by_theme[theme.slug], archive) for theme in self.themes)
        return Proposals(
            themes=tuple(proposals(unfiled, filed, rejected)),
            keywords=tuple(one for one in weak if one and one.words),
        )

    def reject(self, proposal: Proposal, *, by: str) -> None:
        """Never propose it, or its like, again."""
        with self.store.begin() as work:
            work.lessons.reject(proposal.terms, by=by, now=self.clock.now())

    def _weakness(
        self, theme: Theme, own: Sequence[FiledResource], archive: Sequence[FiledResource]
    ) -> Weakness | None:
        """What it lacks; ``None``: nothing, or nobody can say."""
        if len(own) < _ENOUGH_ITEMS:
            return None
        hits = [self.rules.by_keywords(item.resource.facts) for item in own]
        found = sum(hit is not None and hit.theme == theme.slug for hit in hits) / len(own)
        if found >= _WEAK and len(theme.keywords) >= _FEW_KEYWORDS:
            return None
        others = [item for item in archive if item.filing.theme != theme.slug]
        known = (*theme.keywords, theme.title)
        return Weakness(theme.slug, found, keywords(_examples(own), _examples(others), known))


def _examples(items: Sequence[FiledResource]) -> list[Example]:
    return [Example.of(item.resource.facts) for item in items]
