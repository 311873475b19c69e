"""A model that was put away, and is taken out again."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.core.filing.columns import ColumnReader, ColumnWriter
from digest.core.filing.example import Example
from digest.core.filing.knowledge import counts
from digest.core.filing.lesson import Lesson
from digest.core.filing.model import Model
from digest.core.filing.packing import packed, unpacked
from digest.core.filing.taught import FILED, Taught
from digest.core.newsletter import Theme
from digest.core.resource import ResourceId
from tests.fakes import WordlistEmbedder

THEMES = (
    Theme("garden", "Garden", "Plants and soil", ("rose", "compost")),
    Theme("kitchen", "Kitchen", "Cooking", ("bread", "soup")),
    Theme("workshop", "Workshop", "Wood", ("oak", "plane")),
)
TONGUE = WordlistEmbedder({"plants": ("rose", "tree"), "food": ("bread", "soup"), "wood": ("oak",)})
WORDS = st.sampled_from(
    ["rose", "bread", "soup", "tree", "oak", "stone", "2026", "供应链", "\udc80"]
)
EXAMPLES = st.builds(
    Example,
    title=st.lists(WORDS, max_size=4).map(" ".join),
    summary=st.lists(WORDS, max_size=4).map("\n".join),
    url=st.sampled_from(["", "https://a.example.org/x/1", "https://b.example.com/"]),
    tags=st.lists(WORDS, max_size=2).map(tuple),
    issuer=st.sampled_from(["", "A house"]),
    sources=st.sampled_from([(), ("one", "two")]),
)
ROWS = st.tuples(
    st.integers(1, 6),
    st.sampled_from(["garden", "kitchen", "workshop", "other", ""]),
    EXAMPLES,
    st.dates(date(2020, 1, 1), date(2030, 1, 1)),
)
JOURNALS = st.lists(ROWS, max_size=12).map(
    lambda rows: [
        Taught(ResourceId(key), theme, day, example, FILED, number, number // 3)
        for number, (key, theme, example, day) in enumerate(rows, 1)
    ]
)


def state(model: Model) -> object:
    """All that it knows, without the order in which tables hold it."""
    filer = model.filer
    logistic = filer.members.logistic
    return (
        counts(filer),
        {name: list(row) for name, row in logistic.weights.items()},
        {name: list(row) for name, row in logistic.energies.items()},
        (list(logistic.biases), list(logistic.bias_energies)),
        (filer.mixture.trusts, filer.mixture.energies, filer.decisions),
        (filer.shelf.lessons, filer.shelf.cursor, filer.latest),
        (model.number, model.judged),
    )


@given(JOURNALS, st.integers(0, 12), EXAMPLES, st.sampled_from([None, TONGUE]))
@settings(max_examples=60)
def test_it_goes_on_as_if_it_had_never_been_away(
    journal: list[Taught], away: int, asked: Example, tongue: WordlistEmbedder | None
) -> None:
    """Whenever it was put away, it learns, takes back and answers the same to the last digit."""
    stayed = Model(THEMES, embedder=tongue)
    stayed.follow(journal[:away])
    back = unpacked(THEMES, packed(stayed), tongue)
    assert back
    for model in (stayed, back):
        model.follow(journal[away:])
    assert state(back) == state(stayed)
    assert back.filer.rank(asked) == stayed.filer.rank(asked)
    assert back.filer.threshold == stayed.filer.threshold


def test_what_is_said_twice_at_once_counts_once() -> None:
    """As it was said last; taken back, nothing of it is left."""
    roses, oak = Example("Roses"), Example("An oak")
    day = date(2026, 11, 23)
    said = [("garden", roses), ("kitchen", roses), ("garden", oak)]
    rows = [
        Taught(ResourceId(7), theme, day, example, FILED, number, 1)
        for number, (theme, example) in enumerate(said, 1)
    ]
    twice, once, never = Model(THEMES), Model(THEMES), Model(THEMES)
    twice.follow(rows)
    once.follow(rows[-1:])
    assert counts(twice.filer) == counts(once.filer)
    assert len(twice.judged) == len(twice.filer.decisions) == 1
    twice.follow([replace(rows[0], theme="", number=4, batch=2)])
    assert counts(twice.filer) == counts(never.filer)


def test_another_order_of_themes_changes_no_answer(lessons: list[Lesson]) -> None:
    """Moved about in the configuration, each theme still has what it learnt."""
    model = Model(THEMES)
    model.filer.learn(lessons)
    shuffled = [THEMES[2], THEMES[0], THEMES[1]]
    again = unpacked(shuffled, packed(model))
    assert again
    asked = Example("Oak bread and roses")
    before, after = (
        {share.theme: share.probability for share in one.filer.rank(asked).shares}
        for one in (model, again)
    )
    assert after == pytest.approx(before)
    assert counts(again.filer) == counts(model.filer)


@pytest.mark.parametrize(
    ("themes", "tongue"),
    [(THEMES[:2], None), ((*THEMES, Theme("music", "Music")), None), (THEMES, TONGUE)],
)
def test_what_was_made_of_other_things_is_not_taken(
    themes: Sequence[Theme], tongue: WordlistEmbedder | None
) -> None:
    """With other themes, or a model of language come or gone, the journal is followed anew."""
    assert unpacked(themes, packed(Model(THEMES)), tongue) is None


def test_what_another_model_of_language_said_is_not_taken() -> None:
    """Sums of its vectors mean nothing beside those of the present one."""
    newer = WordlistEmbedder({"all": ("rose", "bread")})
    newer.name = "wordlist 2"
    kept = packed(Model(THEMES, embedder=TONGUE))
    assert unpacked(THEMES, kept, newer) is None
    assert unpacked(THEMES, kept, TONGUE)


@pytest.mark.parametrize("data", [b"", b"x\x9c\x03\x00", packed(Model(THEMES))[:-9], b"\0" * 40])
def test_what_is_damaged_is_not_taken(data: bytes) -> None:
    """Nothing stops because a copy cannot be read: the journal says the same again."""
    assert unpacked(THEMES, data) is None


@given(st.lists(st.text(max_size=5)), st.lists(st.integers(-(2**63), 2**63 - 1)))
@settings(max_examples=40)
def test_columns_come_back_as_they_were(names: list[str], numbers: list[int]) -> None:
    """Names of any characters and numbers of 64 bits."""
    out = ColumnWriter()
    out.names(names)
    out.numbers(array("q", numbers))
    kept = ColumnReader(out.written({"said": "plainly"}))
    assert list(kept.names()) == names
    assert list(kept.numbers()) == numbers
    assert kept.plain == {"said": "plainly"}
