"""The members together: what they count, and how they vote."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from typing import Protocol

from digest.core.filing.bayes import ComplementBayes
from digest.core.filing.centroid import Centroid
from digest.core.filing.columns import ColumnReader, ColumnWriter
from digest.core.filing.example import Example
from digest.core.filing.features import Features, features, seed
from digest.core.filing.history import History, amount
from digest.core.filing.logistic import Logistic
from digest.core.filing.meaning import Embedder, Meaning
from digest.core.filing.mixture import Member, Votes, normalised
from digest.core.filing.vectors import Bag, Vocabulary, amounts
from digest.core.newsletter import Theme

_SEED_WORDS, _SEED_PIECES = 10, 8
"""Filings' worth of what the configuration says of a theme."""
_SEED_PASSES = 3
_RARE = 2
_TELLING = 3.0
"""Words of grammar stay below 2 in the replayed newsletters, most words of a subject above 5."""


class _Part(Protocol):
    """What is learnt in one place."""

    def write(self, out: ColumnWriter) -> None: ...

    def read(self, kept: ColumnReader, themes: Sequence[int]) -> None: ...


class Members:
    """Their counts, the configuration's words planted among them."""

    def __init__(self, themes: Sequence[Theme], embedder: Embedder | None = None) -> None:
        """Start with what the configuration says; without an embedder four of them vote."""
        self.embedder = embedder
        self.words, self.letters = Vocabulary(), Vocabulary()
        self.centroid, self.bayes = Centroid(len(themes)), ComplementBayes(len(themes))
        self.logistic, self.history = Logistic(len(themes)), History(len(themes))
        self.meaning = Meaning(len(themes))
        self._seeds = [seed(theme, embedder) for theme in themes]
        self._planted = frozenset(name for one in self._seeds for name in one.words.names)
        self._plant(1)

    @contextmanager
    def unplanted(self) -> Iterator[None]:
        """For a while, what was learnt and nothing else."""
        self._plant(-1)
        try:
            yield
        finally:
            self._plant(1)

    def _plant(self, sign: int) -> None:
        """Add the configuration's words to the counts, or with -1 take them away."""
        for theme, one in enumerate(self._seeds):
            self.words.add(one.words.names, sign)
            self.letters.add(one.pieces.names, sign)
            self.centroid.add(amounts(one.words), theme, sign * _SEED_WORDS)
            self.bayes.add(amounts(one.pieces), theme, sign * _SEED_PIECES)
            if self.embedder:
                self.meaning.add(one.meaning, theme, sign * _SEED_WORDS)

    def write(self, out: ColumnWriter) -> None:
        """Write all that was learnt."""
        with self.unplanted():
            for one in self._parts():
                one.write(out)

    def read(self, kept: ColumnReader, themes: Sequence[int]) -> None:
        """Know what was written, and nothing else but the configuration.

        Args:
            kept: what was written, by members with an embedder if these have one.
            themes: which number each theme of that time has now.
        """
        with self.unplanted():
            for one in self._parts():
                one.read(kept, themes)

    def _parts(self) -> tuple[_Part, ...]:
        known = (self.words, self.letters, self.centroid, self.bayes, self.logistic, self.history)
        return (*known, self.meaning) if self.embedder else known

    def __len__(self) -> int:
        return len(Member) if self.embedder else Member.MEANING

    def look(self, example: Example) -> Features:
        """What they look at in an example."""
        return features(example, self.embedder)

    def prime(self) -> None:
        """Let the logistic member, which has no counts, learn the configuration's words."""
        for _ in range(_SEED_PASSES):
            for theme, one in enumerate(self._seeds):
                self.rehearse(one.words, theme)

    def count(self, shown: Features, theme: int, day: date, sign: int = 1) -> None:
        """Count one filing, or with -1 take it back without a trace."""
        self.words.add(shown.words.names, sign)
        self.letters.add(shown.pieces.names, sign)
        self.centroid.add(amounts(shown.words), theme, sign)
        self.bayes.add(amounts(shown.pieces), theme, sign)
        self.history.add(shown.publishers, theme, sign * amount(day))
        if self.embedder:
            self.meaning.add(shown.meaning, theme, sign)

    def rehearse(self, words: Bag, theme: int) -> None:
        """Let the logistic member take a step."""
        self.logistic.learn(self.words.vector(words), theme)

    def prune(self) -> None:
        """Forget the weights of features that came once only: three of four never return."""
        self.logistic.forget(
            lambda feature: self.words.seen(feature) < _RARE and feature not in self._planted
        )

    def votes(self, shown: Features, today: date) -> Votes:
        """What each member believes, in the order of :class:`Member`."""
        rarity = self.words.rarity(shown.words.names)
        vector = self.words.vector(shown.words, rarity)
        votes = [
            self.centroid.votes(vector, rarity),
            self.bayes.votes(self.letters.vector(shown.pieces)),
            self.logistic.votes(vector),
            self.history.votes(shown.publishers, amount(today)),
        ]
        if self.embedder:
            votes.append(self.meaning.votes(shown.meaning))
        return tuple(map(normalised, votes))

    def tells(self, word: str, theme: int) -> bool:
        """Whether a word comes under a theme much more often than elsewhere, by the odds.

        *the* and *with* do not, in any language; nor does a newsletter's constant subject.
        """
        row = self.centroid.tally.row(word)
        here, usual = row.get(theme, 0), self.bayes.share(theme)
        elsewhere = sum(row.values()) - here
        return here * (1 - usual) > _TELLING * elsewhere * usual

    def pulls(
        self, words: Bag, strengths: tuple[float, float], best: int, rival: int
    ) -> Mapping[str, float]:
        """How far each word pulled towards the best theme and away from its rival.

        Args:
            words: of the item.
            strengths: what the votes of the centroid and of the logistic member weigh.
            best: number of the theme.
            rival: number of the theme that came next.
        """
        rarity = self.words.rarity(words.names)
        vector = self.words.vector(words, rarity)
        length = sum((w * r) ** 2 for w, r in zip(vector.values(), rarity, strict=True)) ** 0.5
        near, odds = self.centroid.pull, self.logistic.pull
        return {
            name: strengths[0]
            * (near(name, weight * rare, best) - near(name, weight * rare, rival))
            / length
            + strengths[1] * (odds(name, weight, best) - odds(name, weight, rival))
            for (name, weight), rare in zip(vector.items(), rarity, strict=True)
        }
