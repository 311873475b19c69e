"""One page that an editor points at."""

from __future__ import annotations

import pytest

from digest.collectors.single import PageReader
from digest.core.source import BY_HAND, Sighting
from digest.errors import FetchError, ParseError
from tests.builders import MONDAY
from tests.fakes import FakeWeb

URL = "https://www.library.example.org/sponge"


def look(web: FakeWeb, url: str = URL) -> Sighting:
    return PageReader(web).look(url, MONDAY)


def test_a_page_is_read_by_what_it_tells_machines() -> None:
    """Title, summary, publisher, date, download and language, each from where it usually is."""
    page = """<html lang="en-GB"><head><title>Sponge | Library</title>
    <meta property="og:title" content="The &amp; sponge street">
    <meta name="description" content="How a street soaks up rain.">
    <meta property="og:site_name" content="Riverbank Library">
    <meta property="article:published_time" content="2026-11-20T10:00:00Z">
    <meta name="citation_pdf_url" content="/files/sponge.pdf"></head><body><h1>Other</h1></body>"""
    found = look(FakeWeb().shows(URL, page, media_type="text/html"))
    assert (found.source, found.title, found.url) == (BY_HAND, "The & sponge street", URL)
    assert (found.summary, found.issuer) == ("How a street soaks up rain.", "Riverbank Library")
    assert str(found.published)[:10] == "2026-11-20"
    assert found.download == "https://www.library.example.org/files/sponge.pdf"
    assert found.language == "en-GB"


def test_a_plain_page_gives_its_heading_and_its_host() -> None:
    """Where nothing better is said."""
    found = look(FakeWeb().shows(URL, "<h1>Sponge</h1><p>Text.", media_type="text/html"))
    assert (found.title, found.issuer) == ("Sponge", "library.example.org")


def test_a_file_gives_its_name_and_is_the_download() -> None:
    """Its bytes are not searched for a title."""
    url = f"{URL}/Annual%20report.pdf"
    found = look(FakeWeb().shows(url, b"%PDF-1.7", media_type="application/pdf"), url)
    assert (found.title, found.download) == ("Annual report.pdf", url)


def test_hostile_markup_is_only_text() -> None:
    """What comes from outside goes through the same cleaning as every item of a source."""
    page = "<meta property='og:title' content='<script>alert(1)</script>&#x202E;moc'>"
    found = look(FakeWeb().shows(URL, page, media_type="text/html"))
    assert "\u202e" not in found.title
    assert found.content == ""


def test_what_cannot_be_read_is_told() -> None:
    """By the fetcher, or because the page says nothing."""
    with pytest.raises(FetchError):
        look(FakeWeb())
    with pytest.raises(ParseError, match="no title"):
        look(FakeWeb().shows(URL, "<p>", media_type="text/html"))
