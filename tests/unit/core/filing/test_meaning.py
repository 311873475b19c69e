"""A filer with a model of language, here a very small one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

import pytest

from digest.core.filing import Example, LearningFiler, Lesson
from digest.core.filing.knowledge import Kind, counted, knowledge, recalled
from digest.core.filing.mixture import Member
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
    assert knowledge(one).counts == knowledge(other).counts
    assert knowledge(one).counts == counted(themes, lessons, TONGUE)
    assert any(count.kind is Kind.MEANING for count in knowledge(one).counts)
    for lesson in lessons:
        one.unlearn(lesson.key)
    assert knowledge(one).counts == ()


def test_it_is_recalled(themes: Sequence[Theme], lessons: list[Lesson]) -> None:
    """Rows out and in, it answers the same."""
    filer = LearningFiler(themes, embedder=TONGUE)
    filer.learn(lessons)
    again = recalled(themes, knowledge(filer), embedder=TONGUE)
    asked = Example("Pastry and oak")
    assert again.rank(asked).shares == pytest.approx(filer.rank(asked).shares)
    assert set(knowledge(again).counts) == set(knowledge(filer).counts)
    assert knowledge(again).trusts == knowledge(filer).trusts


def test_without_the_model_the_others_go_on(
    themes: Sequence[Theme], lessons: list[Lesson], lesson: Callable[..., Lesson]
) -> None:
    """What it counted is left out where the model is no more; it never votes without."""
    filer = LearningFiler(themes, embedder=TONGUE)
    filer.learn(lessons)
    bare = recalled(themes, knowledge(filer))
    bare.learn([lesson(99, "kitchen")])
    assert {trust.member for trust in knowledge(bare).trusts} == set(Member) - {Member.MEANING}
    assert all(count.kind is not Kind.MEANING for count in knowledge(bare).counts)
    assert len(bare.rank(Example("Soup")).votes) == len(Member) - 1


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
