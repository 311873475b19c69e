from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from digest.core.address import absolute, canonical, untracked

URLISH = st.one_of(
    st.text(),
    st.text().map("https://{}".format),
    st.builds(
        "{}://{}{}/{}?{}#{}".format,
        st.sampled_from(["http", "https", "ftp", "javascript"]),
        st.sampled_from(["www.example.org", "youtu.be", "arxiv.org", "github.com", "bücher.de"]),
        st.sampled_from(["", ":80", ":443", ":8080", ":x"]),
        st.text(),
        st.text(),
        st.text(),
    ),
)


@given(URLISH)
@example("https://[::1")
@example("http://example.org:99999/")
@example("https://\ud800/")
@example("http://www.m.example.org//index.html/index.html/")
@example("https://youtube.com/watch?v=a%26b&v=c")
@example("https://arxiv.org/pdf/1234.5678v2v3.pdf.pdf")
@example("https://github.com/a/b.git.git")
def test_canonical_is_its_own_canonical_form(url: str) -> None:
    """Any text has an identity, and the identity of an identity is itself."""
    once = canonical(url)
    assert canonical(once) == once


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("http://example.org/a", "https://example.org/a"),
        ("https://www.example.org/a/", "https://example.org/a"),
        ("https://m.example.org/a", "https://amp.example.org/a"),
        ("https://EXAMPLE.org:443/a", "https://example.org/a"),
        ("https://example.org/a/index.html", "https://example.org/a"),
        ("https://example.org/a#part", "https://example.org/a"),
        ("https://example.org/a?utm_source=x&b=1&a=2", "https://example.org/a?a=2&b=1&fbclid=3"),
        ("https://example.org/%7Eme/caf%c3%a9", "https://example.org/~me/café"),
        ("https://bücher.example/", "https://xn--bcher-kva.example"),
        ("https://youtu.be/abc?t=3", "https://www.youtube.com/watch?v=abc&feature=share"),
        ("https://arxiv.org/pdf/2101.00001v2.pdf", "http://arxiv.org/abs/2101.00001"),
        ("https://github.com/a/b.git", "https://github.com/a/b"),
        ("https://x.blogspot.com/a.html?m=1", "http://x.blogspot.com/a.html"),
    ],
)
def test_spellings_of_one_address_are_one(one: str, other: str) -> None:
    """What differs only in how it was linked to is the same resource."""
    assert canonical(one) == canonical(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://example.org/?p=1", "https://example.org/?p=2"),
        ("https://example.org/?https://a.org", "https://example.org/?https://b.org"),
        ("https://example.org/#!/a", "https://example.org/#!/b"),
        ("https://example.org/#/a", "https://example.org/#/b"),
        ("https://example.org/a", "https://example.org/A"),
        ("https://example.org:8080/", "https://example.org/"),
        ("https://amp.org/", "https://www.org/"),
        ("https://example.org/a%2Fb", "https://example.org/a/b"),
    ],
)
def test_different_pages_stay_apart(one: str, other: str) -> None:
    """What leads to another page is another resource."""
    assert canonical(one) != canonical(other)


@given(URLISH)
@example("https://a.blogspot.com/x?utm_source=b&m=1")
def test_an_address_without_its_tracking_is_the_same_resource(url: str) -> None:
    """What is taken away names no page; taken away again, nothing changes."""
    assert canonical(untracked(url)) == canonical(url)
    assert untracked(untracked(url)) == untracked(url)


@pytest.mark.parametrize(
    ("url", "answer"),
    [
        ("https://example.org/a?utm_source=rss&utm_medium=feed", "https://example.org/a"),
        ("https://example.org/a?b=2&fbclid=x&a=1#part", "https://example.org/a?b=2&a=1#part"),
        ("https://example.org/a#xtor=RSS-3208", "https://example.org/a"),
        ("https://example.org/A/?b=%7e&&a", "https://example.org/A/?b=%7e&&a"),
        ("https://example.org/#/a?b", "https://example.org/#/a?b"),
        ("", ""),
    ],
)
def test_only_tracking_is_taken_from_an_address(url: str, answer: str) -> None:
    """Order, spelling and the part of the page stay as the source wrote them."""
    assert untracked(url) == answer


def _absolute(url: str, base: str) -> str:
    """The address, or why there is none."""
    try:
        return absolute(url, base)
    except ValueError as error:
        return str(error)


@given(URLISH, st.sampled_from(["", "https://example.org/dir/page"]))
@example("https://example.org/a b", "")
@example("//host.example/x", "https://example.org/")
@example("http://a@b:c@d/", "")
@example("HTTP://0:¡", "")
def test_absolute_gives_a_plain_http_address_or_says_no(url: str, base: str) -> None:
    """The answer is ASCII without spaces, http(s), and comes out the same a second time."""
    answer = _absolute(url, base)
    assert re.fullmatch(r"https?://[!-~]+|the link [ -~]+", answer)
    assert answer.startswith("the link ") or absolute(answer) == answer


@pytest.mark.parametrize(
    ("url", "answer"),
    [
        ("../b c", "https://example.org/b%20c"),
        ("//other.example/x", "https://other.example/x"),
        ("?page=2", "https://example.org/dir/page?page=2"),
        (
            " https://bücher.example/ä?q=ö#ü ",
            "https://xn--bcher-kva.example/%C3%A4?q=%C3%B6#%C3%BC",
        ),
        ("https://example.org/100%", "https://example.org/100%25"),
        ("https://bank.example@evil.example/", "https://evil.example/"),
        ("https://example.org/a\nb\x00", "https://example.org/ab"),
        ("https://example.org", "https://example.org/"),
    ],
)
def test_links_are_resolved_and_encoded(url: str, answer: str) -> None:
    """Relative links lead from their page; nothing unprintable stays in."""
    assert absolute(url, "https://example.org/dir/page") == answer


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("", "is empty"),
        ("javascript:alert(1)", "javascript: is not http or https"),
        ("java\nscript:alert(1)", "javascript: is not http or https"),
        ("data:text/html,x", "data: is not http or https"),
        ("/path", "it is relative"),
        ("https:///path", "names no valid host"),
        ("https://exa mple.org/", "names no valid host"),
        ("https://example.org:port/", "cannot be used"),
        ("https://example.org/" + "a" * 8000, "longer than 8000"),
    ],
)
def test_a_link_nobody_should_follow_is_refused_with_a_sentence(url: str, says: str) -> None:
    """The refusal names what is wrong."""
    with pytest.raises(ValueError, match=re.escape(says)):
        absolute(url)
