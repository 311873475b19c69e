"""What is found behind an address that somebody pasted."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.collectors.finding import Finder, leads
from digest.collectors.page import Page
from digest.errors import FetchError, UsageError
from tests.fakes import FakeWeb

RSS = (
    '<?xml version="1.0"?><rss version="2.0"><channel><title>Water &amp; Co</title></channel></rss>'
)
PAGE = """<!doctype html><html><head><title>The river</title>
<link rel="alternate" type="application/atom+xml" title="News" href="/news.atom">
<link rel="alternate" type="application/rss+xml; charset=utf-8" href="comments.rss">
<link rel="alternate" type="text/html" hreflang="de" href="/de/">
<link rel="alternate" type="application/rss+xml" href="javascript:alert(1)">
<link rel="stylesheet" href="/x.css"></head><body></body></html>"""
WORDPRESS = """<html><head><title>Blog</title><link rel="https://api.w.org/" href="https://w.example/wp-json/">
<link rel="alternate" type="application/json" href="https://w.example/wp-json/wp/v2/pages/2">
<link rel="alternate" type="application/rss+xml" title="Blog » Feed" href="https://w.example/feed/">
</head></html>"""


def _found(web: FakeWeb, text: str) -> list[tuple[str, str, str]]:
    return [(lead.kind, lead.url, lead.title) for lead in Finder(web).find(text)]


def test_a_feed_is_itself() -> None:
    """A pasted feed is taken as it is, with its own title; no scheme means https."""
    web = FakeWeb().shows("https://w.example/feed", RSS)

    assert _found(web, " w.example/feed ") == [("feed", "https://w.example/feed", "Water & Co")]


def test_what_a_page_announces() -> None:
    """Feeds in the order of the page, with their titles or the page's; nothing else."""
    web = FakeWeb().shows("https://r.example/a/", PAGE)

    assert _found(web, "https://r.example/a/") == [
        ("feed", "https://r.example/news.atom", "News"),
        ("feed", "https://r.example/a/comments.rss", "The river"),
    ]


def test_wordpress_is_told_by_its_own_link() -> None:
    """The REST interface comes with the site's address; its answers are no feeds."""
    web = FakeWeb().shows("https://w.example/about", WORDPRESS)

    assert _found(web, "https://w.example/about") == [
        ("wordpress", "https://w.example", "Blog"),
        ("feed", "https://w.example/feed/", "Blog » Feed"),
    ]


def test_the_usual_places_are_tried_when_a_page_announces_nothing() -> None:
    """The first feed there is enough."""
    web = FakeWeb().shows("https://q.example/x", "<html><title>Quiet</title></html>")
    web.shows("https://q.example/rss.xml", RSS)

    assert _found(web, "https://q.example/x") == [
        ("feed", "https://q.example/rss.xml", "Water & Co")
    ]
    assert [url for url, _, _ in web.asked][-1] == "https://q.example/rss.xml"


def test_a_json_feed_is_a_feed() -> None:
    """By its version, whatever the server calls it."""
    body = '{"version": "https://jsonfeed.org/version/1.1", "title": "J", "items": []}'
    web = FakeWeb().shows("https://j.example/feed.json", body)

    assert [lead[:2] for lead in _found(web, "j.example/feed.json")] == [
        ("feed", "https://j.example/feed.json")
    ]


def test_nothing_is_found_where_nothing_is() -> None:
    """A plain page without a feed anywhere gives no lead."""
    web = FakeWeb().shows("https://q.example/", "<p>Only words about &lt;rss&gt;</p>")

    assert _found(web, "https://q.example/") == []


def test_a_page_that_cannot_be_fetched_says_so() -> None:
    """The error is the fetcher's own sentence."""
    with pytest.raises(FetchError, match="404"):
        Finder(FakeWeb()).find("https://gone.example/")


@pytest.mark.parametrize("text", ["", "   ", "ftp://x.example/", "javascript:alert(1)", "http://"])
def test_what_is_no_address(text: str) -> None:
    """Nothing is fetched for it."""
    web = FakeWeb()
    with pytest.raises((UsageError, FetchError)):
        Finder(web).find(text)


@given(st.binary(max_size=400))
def test_no_page_breaks_the_finder(body: bytes) -> None:
    """Whatever comes is a lead or none."""
    for lead in leads(Page("https://x.example/", body)):
        assert lead.url.startswith("http")


@given(st.text(max_size=80), st.text(max_size=80), st.text(max_size=80))
def test_no_link_breaks_the_finder(rel: str, media_type: str, href: str) -> None:
    """Whatever stands in a link is a lead with an address of the web, or none."""
    page = f'<link rel="alternate {rel}" type="application/rss+xml{media_type}" href="{href}">'
    for lead in leads(Page("https://x.example/", page.encode("utf-8", "replace"))):
        assert lead.url.startswith("http")
