"""Words as templates write them."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.renderers.wording import (
    day,
    direction,
    dotted,
    excerpt,
    host,
    published_date,
    safe_url,
    wrapped,
)


@pytest.mark.parametrize(
    ("text", "language", "written"),
    [
        ("2022", "en", "2022"),
        ("2022-03", "en", "March 2022"),
        ("2022-03-14", "en", "14 March 2022"),
        ("2022-03-14T23:30:00Z", "en", "14 March 2022"),
        ("2022-03-14", "en-US", "March 14, 2022"),
        ("2022-03", "de", "März 2022"),
        ("2022-03-14", "fr-CH", "14 mars 2022"),
        ("2022-03-14", "xx-unknown", "14 March 2022"),
        ("2022-13-45", "en", ""),
        ("soon", "en", ""),
        ("", "en", ""),
    ],
)
def test_a_date_is_as_exact_as_its_source(text: str, language: str, written: str) -> None:
    """Nothing is made up: "2022" stays a year, and what is no date stays unsaid."""
    assert published_date(text, language) == written


def test_a_day_is_the_readers_day() -> None:
    """A moment late in the evening of UTC is the next day in Berlin."""
    moment = datetime(2026, 11, 22, 23, 30, tzinfo=UTC)
    assert day(moment, "en", ZoneInfo("Europe/Berlin")) == "Monday, 23 November 2026"


@pytest.mark.parametrize(("language", "way"), [("ar", "rtl"), ("he-IL", "rtl"), ("de", "ltr")])
def test_a_language_has_its_direction(language: str, way: str) -> None:
    """Arabic and Hebrew are mirrored."""
    assert direction(language) == way


def test_an_excerpt_is_one_sentence() -> None:
    """The first sentence says what it is about."""
    assert excerpt("A guide to bends. It has maps.") == "A guide to bends."


@given(st.text())
def test_a_safe_url_is_safe(url: str) -> None:
    """Whatever a source calls a link is http(s) and holds nothing to escape, or is dropped."""
    safe = safe_url(url)
    assert not safe or safe.startswith(("http://", "https://"))
    assert not set(safe) & set("<>\"' \n\t") or "'" in safe


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "/relative", "", "x y"])
def test_what_is_no_web_address_is_no_link(url: str) -> None:
    """Other schemes and relative addresses never become links."""
    assert safe_url(url) == ""


def test_parts_keep_their_own_direction() -> None:
    """Between Arabic words a Latin name is set apart, and stays text."""
    assert dotted(["", "A & B", "ج"], "ar") == "<bdi>A &amp; B</bdi> · <bdi>ج</bdi>"
    assert dotted(["", "A & B", "c"]) == "A & B · c"


def test_readers_see_where_a_link_leads() -> None:
    """The host stands for the place, without the www."""
    assert host("https://www.example.org/files/a.pdf") == "example.org"


@given(st.lists(st.text(st.characters(categories=("L", "P")), min_size=1), min_size=1))
def test_wrapping_changes_only_white_space(words: list[str]) -> None:
    """No word, and so no address, is broken; lines are short unless a word is long."""
    lines = wrapped(" ".join(words), 30)
    assert lines.split() == " ".join(words).split()
    assert all(len(line) <= 30 or " " not in line for line in lines.splitlines())
