"""A filer with a model of language, here a very small one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pytest

from digest.core.filing.example import Example
from digest.core.filing.filer import LearningFiler
from digest.core.filing.knowledge import Kind, counted, counts
from digest.core.filing.lesson import Lesson
from digest.core.newsletter import Theme
from digest.core.resource import ResourceId
from tests.fakes import WordlistEmbedder

TONGUE = WordlistEmbedder(
    {"plants": ("rose", "tulip", "compost"), "food": ("bread", "pastry", "soup"), "wood": ("oak",)}
)


def test_it_knows_the_kin_of_words(themes: Sequence[Theme]) -> None:
    """A word that was neither configured nor filed is placed by what it means."""
    asked = Example("Tulip")
    knowing = LearningFiler(themes, embedder=TONGUE)
    knowing.learn([Lesson(ResourceId(1), "garden", Example("A rose"), date(2026, 1, 1))])
    assert knowing.rank(asked).best.theme == "garden"
    share = knowing.rank(asked).best.probability
    assert share > LearningFiler(themes).rank(asked).best.probability


def test_its_counts_are_exact(themes: Sequence[Theme], lessons: list[Lesson]) -> None:
    """Sums of vectors depend on no order, are counted again, and taken back without a trace."""
    one, other = LearningFiler(themes, embedder=TONGUE), LearningFiler(themes, embedder=TONGUE)
    one.learn(lessons)
    for lesson in reversed(lessons):
        other.learn([lesson])
    assert counts(one) == counts(other)
    assert counts(one) == counted(themes, lessons, TONGUE)
    assert any(count.kind is Kind.MEANING for count in counts(one))
    for lesson in lessons:
        one.unlearn(lesson.key)
    assert counts(one) == ()


def test_a_model_that_knows_nothing_does_no_harm(
    themes: Sequence[Theme], lessons: list[Lesson]
) -> None:
    """Where all texts mean the same to it, the answers are those without it."""
    dull, bare = LearningFiler(themes, embedder=WordlistEmbedder({"-": ()})), LearningFiler(themes)
    for filer in (dull, bare):
        filer.learn(lessons)
    knowing, other = (
        {share.theme: share.probability for share in filer.rank(Example("Oak and bread")).shares}
        for filer in (dull, bare)
    )
    assert knowing == pytest.approx(other)
