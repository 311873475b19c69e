from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from lxml import etree

from digest.core.hygiene import ELLIPSIS, cut, first_sentence, line, prose, without

ANY_TEXT = st.text(st.characters(exclude_categories=()))


@given(ANY_TEXT)
@example("a\r\nBcc: b\x00\ud800\u202e")
def test_a_line_is_one_line_that_xml_and_utf8_can_carry(text: str) -> None:
    """Nothing in it breaks a line, a header, an XML document or an encoding."""
    clean = line(text)
    assert clean.splitlines() in ([], [clean])
    element = etree.Element("a")
    element.text = clean
    assert etree.fromstring(etree.tostring(element)).text in {clean, None}


@given(ANY_TEXT)
def test_a_clean_line_stays_as_it_is(text: str) -> None:
    """Cleaning twice is cleaning once, and the form is NFC."""
    clean = line(text)
    assert line(clean) == clean
    assert unicodedata.is_normalized("NFC", clean)


@given(ANY_TEXT)
def test_no_character_turns_the_reading_direction(text: str) -> None:
    """Embeddings, overrides and isolates are gone."""
    assert not re.search("[\u202a-\u202e\u2066-\u2069]", line(text))


@given(st.lists(ANY_TEXT))
def test_prose_keeps_its_paragraphs_and_nothing_else(paragraphs: list[str]) -> None:
    """Each paragraph is a clean line, and one empty line parts them."""
    clean = prose("\n\n".join(paragraphs))
    assert prose(clean) == clean
    assert all(part and part == line(part) for part in clean.split("\n\n") if clean)


def test_a_single_line_break_is_only_white_space() -> None:
    """Sources wrap their lines anywhere."""
    assert prose("one\r\ntwo\r\n \r\nthree") == "one two\n\nthree"


@given(ANY_TEXT.map(line), st.integers(1, 60))
def test_a_cut_text_fits_and_says_that_it_was_cut(text: str, limit: int) -> None:
    """It is the text itself, or a beginning of it with an ellipsis."""
    short = cut(text, limit)
    assert len(short) <= limit
    assert short == text or (
        short.endswith(ELLIPSIS) and text.startswith(short.removesuffix(ELLIPSIS))
    )


@pytest.mark.parametrize(
    ("limit", "answer"),
    [(100, "One two, three"), (13, "One two…"), (9, "One two…"), (8, "One two…"), (2, "O…")],
)
def test_the_cut_falls_between_words(limit: int, answer: str) -> None:
    """No half word and no loose comma before the ellipsis."""
    assert cut("One two, three", limit) == answer


@given(ANY_TEXT, st.integers(1, 80))
def test_a_first_sentence_is_a_clean_beginning(text: str, limit: int) -> None:
    """It fits, and is how the clean line starts."""
    sentence = first_sentence(text, limit)
    assert len(sentence) <= limit
    assert line(text).startswith(sentence.removesuffix(ELLIPSIS))


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("One. Two.", "One."),
        ("The U.S. and Dr. Wu agree (No. 4). More.", "The U.S. and Dr. Wu agree (No. 4)."),
        ("It is 3.5 times more, e.g. Here. And so.", "It is 3.5 times more, e.g. Here."),
        ('He said "Stop!" Then he left.', 'He said "Stop!"'),
        ("第一句。第二句。", "第一句。"),
        ("No end at all", "No end at all"),
        ("It ends... but goes on. Next.", "It ends... but goes on."),
    ],
)
def test_sentences_end_where_a_reader_thinks_so(text: str, sentence: str) -> None:
    """Abbreviations, initials and numbers end no sentence."""
    assert first_sentence(text, 200) == sentence


@pytest.mark.parametrize(
    "cut_off",
    [
        "Some text...Read More",
        "Some text... Read more »",
        "Some text [&hellip;]".replace("&hellip;", "…"),
        "Some text [...]",
        "Some text…",
        "Some text … Continue reading A title of some length →",
        "Some text … Weiterlesen",
        "Some text […] The post A title first appeared on A site.",
        "Some text [...] The post A title appeared first on A site.",
    ],
)
def test_remains_of_a_cut_are_taken_away(cut_off: str) -> None:
    """Readers see the text, not the machinery that cut it."""
    assert without(cut_off) == "Some text"


@pytest.mark.parametrize(
    "text", ["I like to read more", "Wait… what?", "Read More Books: a plea", "A sentence."]
)
def test_text_that_only_looks_alike_stays(text: str) -> None:
    """Words of the text itself are not remains."""
    assert without(text) == text


@given(ANY_TEXT.map(line))
def test_nothing_is_left_to_take_away(text: str) -> None:
    """Taking away twice is taking away once."""
    assert without(without(text)) == without(text)
