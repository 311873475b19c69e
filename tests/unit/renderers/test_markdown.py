"""The editor's letter, from Markdown."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from parsel import Selector

from digest.core.hygiene import printable
from digest.renderers.markdown import markdown, markdown_text

LETTER = """\
# Dear *readers*

See [the street](https://example.org/a?b=1&c=2), or <https://example.org/>.

2. two
3. three
   - inner

> A reader
"""


def test_a_letter_becomes_html_below_the_headings_of_the_edition() -> None:
    """Lists, quotations, emphasis and links; its first heading stands at the third level."""
    html = markdown(LETTER)
    assert "<h3>Dear <em>readers</em></h3>" in html
    assert '<a href="https://example.org/a?b=1&amp;c=2">the street</a>' in html
    assert '<ol start="2">' in html
    assert "<blockquote>" in html


def test_a_letter_becomes_text_that_reads_well() -> None:
    """Addresses stand behind their words, and only once where they are the words."""
    assert markdown_text(LETTER) == (
        "Dear readers\n\n"
        "See the street (https://example.org/a?b=1&c=2), or https://example.org/.\n\n"
        "2. two\n\n3. three\n\n   - inner\n\n> A reader"
    )


def test_plain_paragraphs_stay_plain() -> None:
    """Who knows no Markdown writes as ever."""
    assert markdown("One.\n\nTwo & three.") == "<p>One.</p>\n<p>Two &amp; three.</p>"
    assert markdown_text("One.\n\nTwo & three.") == "One.\n\nTwo & three."
    assert (markdown(""), markdown_text("")) == ("", "")


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[x](javascript:alert(1))",
        "[x](data:text/html,<script>alert(1)</script>)",
        "[x](//elsewhere.example.org/)",
        "![x](https://elsewhere.example.org/pixel.png)",
        "<a href='https://x' onclick=alert(1)>x</a>",
        '[x](https://example.org/ "onmouseover=alert(1)")',
        "[x]: javascript:alert(1)\n\n[x]",
        "<style>*{display:none}</style>",
    ],
)
def test_markup_is_what_markdown_says_and_no_more(hostile: str) -> None:
    """No HTML of its own, no image, no link but to the web and to mail."""
    html = markdown(hostile)
    assert not any(f"<{tag}" in html for tag in ("script", "img", "style", "iframe"))
    for scheme in ("javascript:", "data:", "//elsewhere"):
        assert f'href="{scheme}' not in html
    assert {name for tag in Selector(text=html).css("*") for name in tag.attrib} <= {"href"}


@given(st.text(max_size=200))
def test_any_text_is_a_letter(text: str) -> None:
    """Whatever somebody types, both forms come, without an attribute but where a link leads."""
    attributes = {
        name for tag in Selector(text=markdown(text) or " ").css("*") for name in tag.attrib
    }
    assert attributes <= {"href", "start"}
    plain = markdown_text(text)
    assert printable(plain) == plain
