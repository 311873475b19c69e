"""The filer as its editor meets it."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.core.filing.example import Example
from digest.core.filing.filer import LearningFiler
from digest.core.filing.knowledge import counted, counts
from digest.core.filing.lesson import Lesson
from digest.core.filing.model import Model
from digest.core.filing.packing import packed
from digest.core.newsletter import OTHER, Theme
from digest.core.resource import Facts, ResourceId

THEMES = (
    Theme("garden", "Garden", "Plants and soil", ("rose", "compost")),
    Theme("kitchen", "Kitchen", "Cooking", ("bread", "soup")),
)
WORDS = st.sampled_from(["rose", "bread", "soup", "tree", "oven", "stone", "2026", "供应链"])
EXAMPLES = st.builds(
    Example,
    title=st.lists(WORDS, max_size=4).map(" ".join),
    url=st.sampled_from(["", "https://a.example.org/x/1", "https://b.example.com/"]),
    tags=st.lists(WORDS, max_size=2).map(tuple),
)
FILED = st.lists(
    st.tuples(st.sampled_from(["garden", "kitchen"]), EXAMPLES, st.dates(date(2020, 1, 1))),
    max_size=8,
).map(lambda rows: [Lesson(ResourceId(n), t, e, day) for n, (t, e, day) in enumerate(rows)])


@given(FILED, st.randoms(use_true_random=False))
@settings(max_examples=40)
def test_the_order_of_filings_does_not_change_the_counts(
    filed: list[Lesson], chance: Random
) -> None:
    """Learnt one by one in any order, the counts are those of learning all at once."""
    one, other = LearningFiler(THEMES), LearningFiler(THEMES)
    one.learn(filed)
    shuffled = list(filed)
    chance.shuffle(shuffled)
    for lesson in shuffled:
        other.learn([lesson])
    assert counts(one) == counts(other) == counted(THEMES, filed)


@given(FILED)
@settings(max_examples=40)
def test_a_correction_and_its_undo_change_no_count(filed: list[Lesson]) -> None:
    """Moved to the other theme and back, every item leaves the counts as they were."""
    filer = LearningFiler(THEMES)
    filer.learn(filed)
    before = counts(filer)
    for lesson in filed:
        moved = "kitchen" if lesson.theme == "garden" else "garden"
        filer.learn([replace(lesson, theme=moved)])
        filer.learn([lesson])
    assert counts(filer) == before


@given(FILED)
@settings(max_examples=40)
def test_what_is_taken_back_leaves_nothing(filed: list[Lesson]) -> None:
    """A filer that unlearnt all lessons counts nothing."""
    filer = LearningFiler(THEMES)
    filer.learn(filed)
    for lesson in filed:
        filer.unlearn(lesson.key)
    assert counts(filer) == ()


def test_learning_twice_is_learning_once(lessons: list[Lesson], themes: Sequence[Theme]) -> None:
    """A job that runs again teaches nothing new."""
    once, twice = LearningFiler(themes), LearningFiler(themes)
    once.learn(lessons)
    twice.learn(lessons)
    twice.learn(lessons)
    assert packed(Model(themes, once)) == packed(Model(themes, twice))


def test_it_files_before_it_learnt(themes: Sequence[Theme]) -> None:
    """Keywords and descriptions are enough for a first guess."""
    assert LearningFiler(themes).rank(Example("Bread from the oven")).best.theme == "kitchen"


def test_it_learns_words_that_nobody_configured(
    themes: Sequence[Theme], lesson: Callable[..., Lesson]
) -> None:
    """What the editor files teaches what the configuration did not know."""
    filer = LearningFiler(themes)
    filer.learn([lesson(n, "kitchen", f"Sourdough notes {n}") for n in range(5)])
    assert filer.rank(Example("More sourdough")).best.theme == "kitchen"


def test_a_correction_counts_at_once(themes: Sequence[Theme], lessons: list[Lesson]) -> None:
    """After one correction the same series is filed as the editor said."""
    filer = LearningFiler(themes)
    filer.learn(lessons)
    odd = Lesson(ResourceId(99), "workshop", Example("Zymurgy monthly"), date(2026, 2, 1))
    filer.learn([odd])
    assert filer.rank(Example("Zymurgy monthly")).best.theme == "workshop"
    filer.learn([replace(odd, theme="kitchen")])
    assert filer.rank(Example("Zymurgy monthly")).best.theme == "kitchen"


def test_the_publisher_speaks(themes: Sequence[Theme], lessons: list[Lesson]) -> None:
    """A title that says nothing is filed as its publisher was before."""
    filer = LearningFiler(themes)
    filer.learn(lessons)
    asked = Example("Ramblings", url="https://garden.example.org/posts/777")
    assert filer.rank(asked).best.theme == "garden"


def test_unsure_items_wait_with_suggestions(themes: Sequence[Theme]) -> None:
    """Without decisions nothing is filed by itself, but three themes are offered."""
    suggestion = LearningFiler(themes).suggest(Example("Bread and roses"))
    assert not suggestion.automatic
    assert suggestion.filing.theme == OTHER
    assert len(suggestion.choices) == 3


def test_what_was_right_often_is_filed_without_asking(
    themes: Sequence[Theme], lesson: Callable[..., Lesson]
) -> None:
    """After enough agreement a clear item needs no editor."""
    filer = LearningFiler(themes)
    for start in range(0, 180, 3):
        slugs = ("garden", "kitchen", "workshop")
        filer.learn([lesson(start + n, slug) for n, slug in enumerate(slugs)])
    suggestion = filer.suggest(Example("Rye bread overnight", url="https://kitchen.example.org/x"))
    assert suggestion.automatic
    assert suggestion.filing.theme == "kitchen"


def test_a_reason_names_words_and_alternatives(
    themes: Sequence[Theme], lessons: list[Lesson]
) -> None:
    """The sentence says what spoke for the theme, how sure it is, and what came next."""
    filer = LearningFiler(themes)
    filer.learn(lessons)
    suggestion = filer.suggest(Example("Sharpen a plane of oak"))
    assert 1 <= len(suggestion.terms) <= 3
    assert '"plane"' in suggestion.reason.detail
    assert "spoke for Workshop" in suggestion.reason.detail
    assert "next" in suggestion.reason.detail


def test_a_reason_writes_words_as_the_item_does(
    themes: Sequence[Theme], lesson: Callable[..., Lesson]
) -> None:
    """Capitals and plurals that are nothing to the filer are something to people."""
    filer = LearningFiler(themes)
    filer.learn([lesson(n, "kitchen", f"Dutch Stroopwafels {n}") for n in range(5)])
    terms = filer.suggest(Example("New STROOPWAFELS, cherries and more")).terms
    assert terms[0] == '"STROOPWAFELS"'


@pytest.mark.parametrize("grammar", ["with the", "für die", "it is", "и на"])
def test_words_of_grammar_explain_nothing(
    grammar: str, themes: Sequence[Theme], lesson: Callable[..., Lesson]
) -> None:
    """What comes under every theme, and short words without capitals, are no reasons."""
    filer = LearningFiler(themes)
    told = [
        lesson(number, slug, f"{grammar} {slug}thing {grammar} {number}")
        for number, slug in enumerate(["garden", "kitchen", "workshop"] * 8)
    ]
    filer.learn(told)
    terms = filer.suggest(Example(f"{grammar} kitchenthing {grammar}")).terms
    assert '"kitchenthing"' in terms
    assert not {word for term in terms for word in term.strip('"').split()} & {*grammar.split()}


def test_other_is_no_theme_to_learn(themes: Sequence[Theme], lesson: Callable[..., Lesson]) -> None:
    """An item the editor left unfiled changes no count, but the filer knows it was wrong."""
    filer = LearningFiler(themes)
    filer.learn([replace(lesson(1, "garden"), theme=OTHER)])
    assert counts(filer) == ()
    assert [decision.right for decision in filer.decisions] == [False]


def test_one_theme_is_enough(themes: Sequence[Theme]) -> None:
    """With nothing to choose from, the only theme is certain."""
    suggestion = LearningFiler(themes[:1]).suggest(Example("Anything"))
    assert suggestion.ranking.best.probability == pytest.approx(1)


def test_an_example_is_taken_from_facts() -> None:
    """Labels and tags become one list, and an author stands in for an issuer."""
    facts = Facts("x", "https://x.example", "Title", labels=("A",), tags=("A", "B"), author="Ann")
    example = Example.of(facts)
    assert example.tags == ("A", "B")
    assert example.issuer == "Ann"


@pytest.mark.parametrize(
    ("theme", "title"),
    [
        ("work", "工厂的强迫劳动报告"),
        ("law", "法院对公司的判决"),
        ("work", "Pakkotyö tehtaissa"),
        ("law", "Oikeuden päätökset yhtiöistä"),
    ],
)
def test_other_languages_are_learnt(theme: str, title: str) -> None:
    """Text without spaces and inflected words are filed like what was filed in other forms."""
    taught = {
        "work": [
            "强迫劳动在工厂",
            "工厂工人与劳动权利",
            "Pakkotyötä tehtaassa",
            "Tehtaan työntekijät",
        ],
        "law": [
            "法院判决公司",
            "公司法与法院",
            "Oikeus päätti yhtiöstä",
            "Yhtiön oikeudellinen päätös",
        ],
    }
    filer = LearningFiler([Theme("work", "A"), Theme("law", "B")])
    filer.learn(
        [
            Lesson(ResourceId(hash_), slug, Example(text), date(2026, 1, 1))
            for slug, texts in taught.items()
            for hash_, text in enumerate(texts, start=10 * len(slug))
        ]
    )
    assert filer.rank(Example(title)).best.theme == theme
