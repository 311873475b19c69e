"""What was counted, as rows that can be compared.

A count is a sum over the lessons and nothing else, whatever their order: :func:`counted` makes
it again from them, so a difference is a fault. Weights, trusts and decisions depend on the order;
learning all lessons again gives them back.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from digest.core.filing.filer import LearningFiler
from digest.core.filing.lesson import Lesson
from digest.core.filing.meaning import Embedder
from digest.core.filing.members import Members
from digest.core.newsletter import Theme


class Kind(StrEnum):
    """What is counted; the first two regardless of the theme."""

    SEEN_WORD = "seen word"
    SEEN_PIECE = "seen piece"
    WORD = "word"
    PIECE = "piece"
    PUBLISHER = "publisher"
    MEANING = "meaning"


@dataclass(frozen=True, slots=True, order=True)
class Count:
    """How much of a feature was filed under a theme.

    Attributes:
        theme: slug; empty for ``SEEN_WORD`` and ``SEEN_PIECE``.
        feature: empty for the number of examples, or of all publishers; of ``MEANING`` the place
            in the vector.
        amount: never 0.
    """

    kind: Kind
    theme: str
    feature: str
    amount: int


def counts(filer: LearningFiler) -> tuple[Count, ...]:
    """What a filer counted, sorted, without what the configuration told it."""
    return _counts(filer.members, filer.themes)


def counted(
    themes: Sequence[Theme], lessons: Iterable[Lesson], embedder: Embedder | None = None
) -> tuple[Count, ...]:
    """The counts that these lessons add up to, sorted; to check those that are kept."""
    numbers = {theme.slug: number for number, theme in enumerate(themes)}
    members = Members(themes, embedder)
    for lesson in lessons:
        if (theme := numbers.get(lesson.theme)) is not None:
            members.count(members.look(lesson.example), theme, lesson.day)
    return _counts(members, themes)


def _counts(members: Members, themes: Sequence[Theme]) -> tuple[Count, ...]:
    with members.unplanted():
        return tuple(sorted(_rows(members, [theme.slug for theme in themes])))


def _rows(members: Members, slugs: Sequence[str]) -> Iterator[Count]:
    for kind, vocabulary in (
        (Kind.SEEN_WORD, members.words),
        (Kind.SEEN_PIECE, members.letters),
    ):
        yield from (Count(kind, "", *row) for row in vocabulary.rows() if row[1])
    for kind, tally in (
        (Kind.WORD, members.centroid.tally),
        (Kind.PIECE, members.bayes.tally),
        (Kind.PUBLISHER, members.history.tally),
        (Kind.MEANING, members.meaning),
    ):
        yield from (Count(kind, slugs[theme], name, n) for name, theme, n in tally.rows() if n)
