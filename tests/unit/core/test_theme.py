"""Filing under themes by the rules of the configuration."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from digest.core.newsletter import OTHER, Theme
from digest.core.resource import Facts
from digest.core.theme import RuleFiler

WATER = Theme(
    "water",
    "Water quality",
    keywords=("drinking water", "PFAS", "treatment works", "algae"),
    tags=("Drinking Water", "Bathing"),
)
FLOODS = Theme("floods", "Floods", keywords=("flood", "dike", "early warning"), tags=("Floods",))
MONEY = Theme("money", "Funding", keywords=("grant", "bursary", "loan"), tags=("Calls", "Floods"))
THEMES = (WATER, FLOODS, MONEY)
FILER = RuleFiler(THEMES, {"flood-room": "floods"})


def facts(title: str = "", summary: str = "", **over: object) -> Facts:
    fields: dict[str, object] = {
        "canonical": "https://example.org/1",
        "url": "https://example.org/1",
        "title": title,
        "summary": summary,
        "sources": ("library",),
    }
    return Facts(**{**fields, **over})  # type: ignore[arg-type] # the caller names the fields


@pytest.mark.parametrize(
    ("told", "theme", "rule"),
    [
        (facts("Nitrate in the drinking water of six valleys"), "water", "keyword"),
        (facts("A dike for the lower town, at last"), "floods", "keyword"),
        (facts("Small grants for river groups"), "money", "keyword"),
        (facts("Six bathing places", labels=("Report",), tags=("Bathing",)), "water", "tag"),
        (facts("Apply by May", labels=("Calls",)), "money", "tag"),
        (facts("Minutes of the meeting", sources=("flood-room",)), "floods", "source"),
        (facts("Minutes of the meeting"), OTHER, "unsure"),
    ],
)
def test_sample_items_are_filed_as_a_reader_would(told: Facts, theme: str, rule: str) -> None:
    """A handful of ordinary items stand where people look for them, by the rule that is named."""
    filing = FILER.file(told)
    assert (filing.theme, filing.reason.rule, filing.by) == (theme, rule, "rules")


def test_a_tag_of_the_source_outweighs_every_keyword() -> None:
    """What the source says it is about holds, whatever the title speaks of."""
    told = facts("PFAS, algae and drinking water", tags=("Floods",), sources=("flood-room",))
    assert FILER.file(told).theme == "floods"


def test_keywords_outweigh_the_default_of_the_source() -> None:
    """A source's own theme is only for items that speak of nothing else."""
    assert FILER.file(facts("A loan for pumps", sources=("flood-room",))).theme == "money"


def test_labels_count_as_tags() -> None:
    """Sources write types and subjects into either field."""
    assert FILER.file(facts(labels=("bathing",))).theme == "water"


def test_a_tag_of_two_themes_belongs_to_the_first() -> None:
    """The order of the configuration is the order of precedence."""
    assert FILER.file(facts(tags=("floods",))).theme == "floods"


def test_the_theme_with_most_tags_wins_and_the_others_are_named() -> None:
    """Two tags outvote one; the outvoted theme stands in "also in"."""
    filing = FILER.file(facts(tags=("Floods", "Bathing", "drinking water")))
    assert (filing.theme, filing.also) == ("water", ("floods",))


def test_the_reason_quotes_the_tags_as_the_source_wrote_them() -> None:
    """A label and a tag of the same words are one."""
    filing = FILER.file(facts(labels=("BATHING",), tags=("BATHING", "Drinking  water")))
    assert filing.reason.detail == 'the source tagged it "BATHING", "Drinking  water"'


def test_the_reason_quotes_the_keywords_as_configured() -> None:
    """Editors recognise their own words, at most three of them, those of the title first."""
    told = facts("Algae and pfas", "From the treatment\nworks to your drinking water")
    assert FILER.file(told).reason.detail == 'it speaks of "algae", "PFAS", "treatment works"'


def test_the_reason_names_the_source_and_its_theme() -> None:
    """An editor can check "items of flood-room go to Floods"."""
    told = facts("Minutes", sources=("library", "flood-room"))
    assert FILER.file(told).reason.detail == "items of flood-room go to Floods"


@pytest.mark.parametrize(
    "title",
    [
        "One flood",
        "Two FLOODS",
        "Flood: what now?",
        "(flood)",
        "flood-prone",
        "“Flood”",
        "Im Flood",
    ],
)
def test_a_keyword_is_found_as_a_word(title: str) -> None:
    """Case, punctuation and an English plural do not hide it."""
    assert FILER.file(facts(title)).theme == "floods"


@pytest.mark.parametrize("title", ["Floodlight", "unflooded", "flood2", "flo od", "Überflood"])
def test_a_keyword_is_not_found_within_a_word(title: str) -> None:
    """Half a word is another word."""
    assert FILER.file(facts(title)).theme == OTHER


@pytest.mark.parametrize(
    "title", ["Bursaries for students", "One bursary", "Early  warnings", "EARLY\u00a0WARNING"]
)
def test_plurals_and_white_space_within_phrases(title: str) -> None:
    """The plural of "bursary" is "bursaries", and any white space parts a phrase."""
    assert FILER.file(facts(title)).theme in {"money", "floods"}


@pytest.mark.parametrize(
    ("keyword", "text"),
    [
        ("Gewässer", "Saubere GEWÄSSER für alle"),
        ("straße", "DIE STRASSE AM FLUSS"),
        ("café", "Le cafe\u0301 du port"),
        ("cafe\u0301", "Le café du port"),
        ("наводнение", "Наводнение в долине"),
        ("C++", "Counting fish in C++ at night"),
        ("#clean-up", "Join the #clean-up today"),
        ("i", "\u0130 and I"),
    ],
)
def test_keywords_of_any_script(keyword: str, text: str) -> None:
    """Accents coded either way, sharp s, Cyrillic and signs are found like plain words."""
    filer = RuleFiler((Theme("here", "Here", keywords=(keyword,)),), {})
    assert filer.file(facts(text)).theme == "here"


def test_a_word_of_the_title_counts_double() -> None:
    """One keyword in the title outweighs one in the summary."""
    told = facts("The loan", "After the flood")
    assert FILER.file(told).theme == "money"


def test_a_keyword_counts_once_however_often_it_stands_there() -> None:
    """Repeating a word does not outvote two different ones."""
    told = facts("", "Flood, floods, flooding, FLOOD. A loan, a grant.")
    assert FILER.file(told).theme == "money"


def test_a_tie_of_single_words_decides_nothing() -> None:
    """One word each in the summary: the source's theme holds, or it is *other*."""
    told = facts("", "After the flood a loan")
    assert FILER.file(told).theme == OTHER
    assert FILER.file(facts("", "A flood, a loan", sources=("flood-room",))).reason.rule == "source"


def test_a_tie_of_strong_hits_goes_to_the_first_theme() -> None:
    """Both stand in the title: the order of the configuration decides, the other is "also"."""
    filing = FILER.file(facts("A loan for the dike"))
    assert (filing.theme, filing.also) == ("floods", ("money",))


def test_a_blank_keyword_matches_nothing() -> None:
    """An empty or blank line in the configuration does not file everything there."""
    filer = RuleFiler((Theme("all", "All", keywords=("", "  "), tags=("",)),), {})
    assert filer.file(facts("Anything at all", tags=("",))).theme == OTHER


def test_a_default_that_is_no_theme_is_no_default() -> None:
    """A source's theme that is not configured leaves its items in *other*."""
    assert RuleFiler(THEMES, {"library": "gone"}).file(facts("Minutes")).theme == OTHER


texts = st.text() | st.lists(
    st.sampled_from(["flood", "Loans", "grant", "dike", "PFAS", "drinking", "water", "ß", "\u0130"])
).map(" ".join)
any_facts = st.builds(
    facts,
    texts,
    texts,
    labels=st.lists(texts, max_size=3).map(tuple),
    tags=st.lists(texts | st.sampled_from(["Floods", "calls"]), max_size=3).map(tuple),
    sources=st.lists(st.sampled_from(["library", "flood-room"]), max_size=2).map(tuple),
)


@given(any_facts)
@example(facts("\ud800 flood \x00"))
def test_whatever_comes_is_filed_somewhere_with_a_reason(told: Facts) -> None:
    """Any text gets a known theme or *other*, never itself among "also", always a reason."""
    filing = FILER.file(told)
    known = {theme.slug for theme in THEMES}
    assert filing.theme in {*known, OTHER}
    assert set(filing.also) <= known - {filing.theme}
    assert filing.reason.detail


@given(any_facts)
def test_the_same_facts_get_the_same_answer(told: Facts) -> None:
    """Another filer made of the same configuration answers alike."""
    assert RuleFiler(THEMES, {"flood-room": "floods"}).file(told) == FILER.file(told)


@given(st.lists(st.text(max_size=8), max_size=5).map(tuple), st.text())
def test_any_keyword_can_be_configured(keywords: tuple[str, ...], text: str) -> None:
    """No keyword is read as a pattern, and none makes a filer that raises."""
    filer = RuleFiler((Theme("here", "Here", keywords=keywords, tags=keywords),), {})
    assert filer.file(facts(text, tags=(text,))).theme in {"here", OTHER}
