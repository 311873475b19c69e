"""Replay what editors filed, in time order: how would it have been filed without them?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from digest.core.edition import LEARNT
from digest.core.filing.example import Example
from digest.core.filing.meaning import Embedder
from digest.core.filing.model import Model, standing
from digest.core.filing.taught import Taught
from digest.core.newsletter import OTHER, Theme
from digest.core.resource import Facts, ResourceId
from digest.core.sorting import Sorter
from digest.core.theme import RuleFiler

_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Attempt:
    """One resource as it would have been filed, and as editors filed it in the end.

    Attributes:
        theme: the editors' last word; *other*: it fits no theme.
        placed: the theme it would have been filed under; *other*: it would have been asked for.
        by: ``rules`` or ``learnt``, whoever placed it.
        guesses: the likeliest themes, the likeliest first; where the editor's map placed it, that.
    """

    resource: ResourceId
    theme: str
    placed: str
    by: str
    guesses: tuple[str, ...]

    @property
    def is_right(self) -> bool:
        """The first choice was the editors'."""
        return self.guesses[:1] == (self.theme,)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the attempts come to.

    Attributes:
        themed: those that editors put under a theme; ``right`` and ``in_three`` are of these.
        right: the first choice was right.
        in_three: the right one was among three.
        ruled: placed by rules.
        ruled_right: of these the right ones.
        learnt: filed by what was learnt, without asking.
        learnt_right: of these the right ones.
        asked: left to an editor, ``asked_first`` of them with the right theme suggested first,
            ``asked_among`` with it second or third.
        confused: (editors' theme, first choice, how often), the most frequent first.
    """

    items: int
    themed: int
    right: int
    in_three: int
    ruled: int
    ruled_right: int
    learnt: int
    learnt_right: int
    asked: int
    asked_first: int
    asked_among: int
    confused: tuple[tuple[str, str, int], ...]

    @property
    def to_correct(self) -> int:
        """Filed without asking, and wrong."""
        return self.ruled - self.ruled_right + self.learnt - self.learnt_right

    @property
    def touched(self) -> int:
        """What an editor would have had to touch: questions to answer and mistakes to correct."""
        return self.asked + self.to_correct


def replay(
    journal: Sequence[Taught],
    themes: Sequence[Theme],
    rules: RuleFiler,
    embedder: Embedder | None = None,
) -> Iterator[Attempt]:
    """File each resource by what was learnt before it, then learn where editors filed it.

    Args:
        journal: all rows, in order; of a resource the first one is when it came, the last one
            what is true.
        themes: those of the site, at least one.
        rules: those of the configuration.
        embedder: a model of language, if there is one.
    """
    model, truths = Model(themes, embedder=embedder), standing(journal)
    known: set[ResourceId] = set()
    for _, together in groupby(journal, key=lambda row: row.batch):
        batch = list(together)
        sorter = Sorter(rules, model.filer)
        for row in batch:
            if row.resource not in known and row.resource in truths:
                yield _attempt(sorter, row, model.lesson(truths[row.resource]).theme)
        known.update(row.resource for row in batch)
        model.follow(batch)


def verdict(attempts: Sequence[Attempt]) -> Verdict:
    """Count."""
    themed = [one for one in attempts if one.theme != OTHER]
    asked = [one for one in attempts if one.placed == OTHER]
    placed = [one for one in attempts if one.placed != OTHER]
    learnt = [one for one in placed if one.by == LEARNT]
    ruled = [one for one in placed if one.by != LEARNT]
    wrong = Counter((one.theme, one.guesses[0]) for one in themed if not one.is_right)
    return Verdict(
        items=len(attempts),
        themed=len(themed),
        right=sum(one.is_right for one in themed),
        in_three=sum(one.theme in one.guesses for one in themed),
        ruled=len(ruled),
        ruled_right=_placed_well(ruled),
        learnt=len(learnt),
        learnt_right=_placed_well(learnt),
        asked=len(asked),
        asked_first=sum(one.is_right for one in asked),
        asked_among=sum(one.theme in one.guesses[1:] for one in asked),
        confused=tuple((*pair, count) for pair, count in wrong.most_common()),
    )


def _placed_well(attempts: Sequence[Attempt]) -> int:
    return sum(one.placed == one.theme for one in attempts)


def _attempt(sorter: Sorter, row: Taught, theme: str) -> Attempt:
    filing = sorter.file(_facts(row.example))
    guesses = tuple(guess.theme for guess in filing.guesses[:_SHOWN]) or (filing.theme,)
    return Attempt(row.resource, theme, filing.theme, filing.by, guesses)


def _facts(example: Example) -> Facts:
    return Facts(
        canonical=example.url,
        url=example.url,
        title=example.title,
        summary=example.summary,
        tags=example.tags,
        issuer=example.issuer,
        sources=example.sources,
    )
