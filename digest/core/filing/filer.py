"""The filer that learns from its editor."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import count

from digest.core.filing.example import Example
from digest.core.filing.explanation import reason, telling
from digest.core.filing.features import Features
from digest.core.filing.gate import MEMORY, Decision, threshold
from digest.core.filing.lesson import Lesson, Shelf
from digest.core.filing.meaning import Embedder
from digest.core.filing.members import Members
from digest.core.filing.mixture import Member, Mixture
from digest.core.filing.ranking import Ranking, Share, Suggestion
from digest.core.filing.tokens import spelled
from digest.core.filing.vectors import Bag
from digest.core.newsletter import Theme
from digest.core.resource import ResourceId

_PRUNE_EVERY = 6_000


class LearningFiler:
    """Files by what its editor filed before; the same history always gives the same answers.

    It is not safe to use from two threads at once.
    """

    def __init__(
        self,
        themes: Sequence[Theme],
        precision: float = 0.9,
        embedder: Embedder | None = None,
    ) -> None:
        """Know nothing but the configuration.

        Args:
            themes: at least one.
            precision: the share of items filed without asking that must be right.
            embedder: a model of language, if there is one; all is well without.
        """
        self.themes = tuple(themes)
        self.precision = precision
        self.members = Members(themes, embedder)
        self.members.prime()
        self.mixture = Mixture(len(self.members))
        self.shelf = Shelf()
        self.decisions: list[Decision] = []
        self.latest = date.min
        self.numbers = {theme.slug: number for number, theme in enumerate(themes)}

    @property
    def threshold(self) -> float:
        """From which confidence it files without asking; infinity: never."""
        return threshold(self.decisions, self.precision)

    def rank(self, example: Example) -> Ranking:
        """All themes, the likeliest first; equals in the order of the configuration."""
        shown = self.members.look(example)
        votes = self.members.votes(shown, self.latest)
        blend = self.mixture.blend(votes, len(self.shelf))
        shares = (Share(t.slug, p) for t, p in zip(self.themes, blend, strict=True))
        ranked = sorted(shares, key=lambda share: -share.probability)
        return Ranking(tuple(ranked), votes, shown)

    def suggest(self, example: Example, threshold: float | None = None) -> Suggestion:
        """Rank, say why, and whether to file without asking.

        Args:
            example: one of a queue.
            threshold: that of the whole queue, so that it is computed once.
        """
        ranking = self.rank(example)
        spelling = spelled(f"{example.title} {example.summary}")
        terms = self._terms(ranking, spelling)
        titles = {theme.slug: theme.title for theme in self.themes}
        best, *others = [(titles[s.theme], s.probability) for s in ranking.shares[:3]]
        sure = ranking.best.probability >= (self.threshold if threshold is None else threshold)
        return Suggestion(ranking, sure, terms, reason(*best, terms, others))

    def learn(self, lessons: Sequence[Lesson]) -> None:
        """Take in the editor's decisions at once.

        First it learns whom of its members to trust, from what they had said; then they learn.
        A resource learnt before is taken back first: that is how a correction is made, and
        learning the same twice changes nothing. Of several on one resource the last counts.
        """
        last = {lesson.key: lesson for lesson in lessons}
        fresh = [lesson for lesson in last.values() if self._new(lesson)]
        self._judge([lesson for lesson in fresh if not self.shelf.get(lesson.key)])
        for lesson in fresh:
            self.unlearn(lesson.key)
        themed = [lesson for lesson in fresh if lesson.theme in self.numbers]
        taught = [(lesson, self._shown(lesson)) for lesson in themed]
        for lesson, shown in taught:
            self.members.count(shown, self.numbers[lesson.theme], lesson.day)
            self.latest = max(self.latest, lesson.day)
        self._rehearse([(shown.words, lesson.theme) for lesson, shown in taught])
        for lesson, shown in taught:
            self._keep(lesson, shown.words)

    def unlearn(self, key: ResourceId) -> None:
        """Take a resource out of all counts, exactly; one never learnt stays unknown."""
        lesson = self.shelf.get(key)
        if lesson is None:
            return
        shown = self.members.look(lesson.example)
        self.members.count(shown, self.numbers[lesson.theme], lesson.day, -1)
        self.shelf.take(key)

    def _new(self, lesson: Lesson) -> bool:
        known = self.shelf.get(lesson.key)
        return not known or (known.theme, known.example) != (lesson.theme, lesson.example)

    def _terms(self, ranking: Ranking, spelling: Mapping[str, str]) -> tuple[str, ...]:
        strengths = self.mixture.strengths(len(self.shelf))
        heard = strengths[Member.CENTROID], strengths[Member.LOGISTIC]
        best, rival = (self.numbers[ranking.shares[place].theme] for place in (0, -1))
        if len(ranking.shares) > 1:
            rival = self.numbers[ranking.shares[1].theme]
        pulls = self.members.pulls(ranking.shown.words, heard, best, rival)
        return telling(
            {n: pull for n, pull in pulls.items() if self.members.tells(n, best)}, spelling
        )

    def _judge(self, lessons: Sequence[Lesson]) -> None:
        """Compare what it said with what the editor did."""
        gate, learnt = self.threshold, len(self.shelf)
        said = [(lesson, lesson.suggested or self.rank(lesson.example)) for lesson in lessons]
        for lesson, ranking in said:
            best = ranking.best
            right = best.theme == lesson.theme
            self.decisions.append(Decision(best.probability, right, best.probability >= gate))
            if (number := self.numbers.get(lesson.theme)) is not None:
                self.mixture.learn(ranking.votes, number, learnt)
        del self.decisions[:-MEMORY]

    def _rehearse(self, fresh: Sequence[tuple[Bag, str]]) -> None:
        for words, theme in _mingled(fresh, list(self.shelf.rehearse(len(fresh)))):
            self.members.rehearse(words, self.numbers[theme])

    def _shown(self, lesson: Lesson) -> Features:
        said = lesson.suggested
        return said.shown if said else self.members.look(lesson.example)

    def _keep(self, lesson: Lesson, words: Bag) -> None:
        self.shelf.put(lesson, words)
        if not len(self.shelf) % _PRUNE_EVERY:
            self.members.prune()


def _mingled(
    fresh: Sequence[tuple[Bag, str]], old: Sequence[tuple[Bag, str]]
) -> Iterator[tuple[Bag, str]]:
    """Both in their order, spread evenly among each other."""
    placed = [
        ((place + 0.5) / len(group), tie, example)
        for group, ties in ((fresh, count(0, 2)), (old, count(1, 2)))
        for place, (tie, example) in enumerate(zip(ties, group, strict=False))
    ]
    return (example for _, _, example in sorted(placed, key=lambda item: item[:2]))
