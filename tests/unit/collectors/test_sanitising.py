from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from lxml import html as lxml_html

from digest.collectors.sanitising import content, heading, plain

BASE = "https://example.org/dir/page"
HTMLISH = st.lists(
    st.one_of(
        st.text(max_size=20),
        st.sampled_from(["<", ">", "&", "<p>", "</p>", "<b>", "<script>", "</script>", "<!--"]),
        st.sampled_from(
            ['<a href="', "javascript:", '" onclick="', "<svg><style>", "<math>", "]]>"]
        ),
    )
).map("".join)
ALLOWED = {
    "p",
    "a",
    "em",
    "strong",
    "ul",
    "ol",
    "li",
    "code",
    "blockquote",
    "h3",
    "h4",
    "br",
    "pre",
}


@given(HTMLISH)
@example("&#27;&#xFFFF;\ud800")
@example("<noscript><p title='</noscript><img src=x onerror=alert(1)>'>")
def test_content_holds_only_what_a_digest_can_show(html: str) -> None:
    """No tag, attribute or scheme is left that was not allowed."""
    cleaned = content(html, BASE)
    for element in lxml_html.fragment_fromstring(cleaned, create_parent="main").iterdescendants():
        assert element.tag in ALLOWED
        assert set(element.attrib) <= {"href", "rel"}
        assert re.match(r"https?://|mailto:", element.get("href", "https://"))


@given(HTMLISH)
def test_clean_content_stays_as_it_is(html: str) -> None:
    """Cleaning twice is cleaning once."""
    cleaned = content(html, BASE)
    assert content(cleaned, BASE) == cleaned


@pytest.mark.parametrize(
    ("html", "cleaned"),
    [
        ("<h1>A</h1><b>b</b><i>c</i>", "<h3>A</h3><strong>b</strong><em>c</em>"),
        ('<p style="x" class="y" id="z">a</p>', "<p>a</p>"),
        ("<form><input>a</form><img src=x><script>b</script>", "a"),
        (
            '<a href="../b c">d</a>',
            '<a href="https://example.org/b%20c" rel="noopener noreferrer">d</a>',
        ),
        ('<a href="//e.org/">d</a>', '<a href="https://e.org/" rel="noopener noreferrer">d</a>'),
        ('<a href="javascript:x()">d</a>', '<a rel="noopener noreferrer">d</a>'),
    ],
)
def test_html_is_brought_into_our_form(html: str, cleaned: str) -> None:
    """Old tags are renamed, links resolved, everything else dropped."""
    assert content(html, BASE) == cleaned


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>One<br>two</p><p>three</p>", "One two\n\nthree"),
        ("a <3 b &amp;lt; c", "a <3 b &lt; c"),
        ("<ul><li>a<li>b</ul>", "a\n\nb"),
        ("<style>p{}</style>a<script>b</script>", "a"),
        ("line\nbreaks\nare space", "line breaks are space"),
        ("<table><tr><td>1</td><td>2</td></tr></table>", "1 2"),
    ],
)
def test_text_keeps_its_paragraphs(html: str, text: str) -> None:
    """Blocks part paragraphs, everything else is space."""
    assert plain(html) == text


@pytest.mark.parametrize(
    ("raw", "title"),
    [
        ("A <b>bold</b> title", "A bold title"),
        ("Fish &amp; chips", "Fish & chips"),
        ("The <picture> element", "The <picture> element"),
        ("1 < 2 and 3 > 2", "1 < 2 and 3 > 2"),
        ('<a href="x">Link</a>\n text', "Link text"),
    ],
)
def test_a_title_is_plain_text_and_stays_whole(raw: str, title: str) -> None:
    """Markup that titles carry goes; words that only look like it stay."""
    assert heading(raw) == title
