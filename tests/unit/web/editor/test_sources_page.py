"""The sources desk."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from digest.core.account import Role
from tests.desk import Desk
from tests.fakes import FakeWeb

FEED = """<?xml version="1.0"?><rss version="2.0"><channel><title>City news</title>
<item><title>A flood wall is built</title><link>https://city.example/1</link><guid>1</guid></item>
<item><title>No link</title></item></channel></rss>"""
PAGE = '<link rel="alternate" type="application/rss+xml" title="City news" href="/feed">'
OPML = b"""<opml version="2.0"><body><outline text="Floods"><outline type="rss" text="Dam blog"
xmlUrl="https://dam.example/feed"/></outline><outline text="Bad" xmlUrl="ftp://x"/></body></opml>"""
DRAFT = {
    "name": "city-news",
    "title": "City news",
    "kind": "feed",
    "url": "https://city.example/feed",
    "theme": "floods",
    "every": "6h",
}


@pytest.fixture
def desk(tmp_path: Path, migrated_file: Path) -> Iterator[Desk]:
    """A desk whose web has one feed."""
    with Desk(tmp_path, migrated_file) as desk:
        web = FakeWeb().shows("https://city.example/", PAGE)
        desk.house.__dict__["fetcher"] = web.shows("https://city.example/feed", FEED)
        yield desk


def test_from_an_address_to_a_source(desk: Desk) -> None:
    """Pasted, found, tried without a trace, saved, and then collected like any other."""
    mira = desk.signed_in("mira", Role.EDITOR)

    found = mira.post("sources/find", address="city.example")
    assert 'name="url" value="https://city.example/feed"' in found.text
    assert 'name="name" value="city-news"' in found.text
    before = desk.state()
    tried = mira.post("sources/try", **DRAFT).text
    assert "A flood wall is built" in tried
    assert "1 could not be used" in tried
    assert desk.state() == before

    saved = mira.does("sources/save", **DRAFT)
    assert "The source is saved" in saved
    report = desk.house.collect("city-news", now=True)
    assert (report.new, report.rejected, report.error) == (1, 1, "")
    assert "added at the desk" in mira.get("sources/").text
    page = mira.get("sources/city-news/").text
    assert "1 new, 1 could not be used" in " ".join(page.split())
    assert [d.act for d in desk.house.seats.deeds(1)] == ["added a source"]


def test_another_process_reads_an_added_source(desk: Desk) -> None:
    """What was saved in one house is there in the next, with its title and theme."""
    desk.signed_in().does("sources/save", **DRAFT)

    desk.house.close()
    for part in ("roster", "collect", "source_titles"):
        desk.house.__dict__.pop(part, None)

    assert desk.house.source_titles["city-news"] == "City news"
    assert list(desk.house.collect.sources) == ["library", "city-news"]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"name": "City News"}, "expected lower-case letters"),
        ({"name": "library"}, "here is a source"),
        ({"url": "ftp://x.example"}, "url"),
        ({"kind": "telepathy"}, "telepathy"),
        ({"theme": "weather"}, "o theme"),
        ({"every": "often"}, "expected a duration"),
    ],
)
def test_what_cannot_be_saved(desk: Desk, change: dict[str, str], sentence: str) -> None:
    """A sentence says what was expected, and nothing is kept."""
    mira = desk.signed_in()
    before = desk.state()

    answer = mira.post("sources/save", **{**DRAFT, **change})

    assert answer.status_code == 422
    assert sentence in answer.text
    assert desk.state() == before


def test_a_path_of_this_machine_is_no_source(desk: Desk) -> None:
    """Editors reach the web, not the files of the server."""
    answer = desk.signed_in().post(
        "sources/try", **{**DRAFT, "kind": "folder", "url": ""}, path="/etc"
    )

    assert answer.status_code == 422


def test_an_address_that_does_not_answer(desk: Desk) -> None:
    """The fetcher's sentence is shown, with the address to correct."""
    answer = desk.signed_in().post("sources/find", address="https://gone.example/")

    assert answer.status_code == 422
    assert "404" in answer.text
    assert 'value="https://gone.example/"' in answer.text


def test_a_source_rests_and_wakes(desk: Desk) -> None:
    """Resting it is not read, by nobody; waking it is."""
    mira = desk.signed_in()
    desk.note("A flood")

    assert "Rests" in mira.does("sources/library/mute")
    assert desk.house.collect("library", now=True).skipped
    assert "Rests" in mira.get("sources/").text
    mira.does("sources/library/unmute")
    assert desk.house.collect("library", now=True).new == 1
    acts = [deed.act for deed in desk.house.seats.deeds(2)]
    assert acts == ["woke a source", "let a source rest"]


def test_only_an_added_source_can_be_taken_away(desk: Desk) -> None:
    """What stands in the configuration is taken out there."""
    mira = desk.signed_in()
    mira.does("sources/save", **DRAFT)

    assert mira.post("sources/library/drop").status_code == 422
    assert "is gone" in mira.does("sources/city-news/drop")
    assert list(desk.house.roster.entries()) == ["library"]


def test_lists_go_in_and_out(desk: Desk) -> None:
    """A folder is its theme; the list that is given holds what was taken."""
    mira = desk.signed_in()
    answer = mira.client.post(
        "/editor/sources/list",
        data={"csrf": mira.token},
        files={"file": ("feeds.opml", OPML)},
        headers={"origin": "http://digest.example.org"},
    )
    assert answer.status_code == 303
    page = mira.get("sources/").text
    assert "1 sources added" not in page
    assert "1 source added, 0 known already, 1 without a usable address." in page

    given = mira.get("sources/list")
    assert given.headers["content-type"].startswith("text/x-opml")
    assert 'xmlUrl="https://dam.example/feed"' in given.text
    assert desk.house.roster.entries()["dam-blog"].theme == "floods"


def test_a_file_that_is_no_list(desk: Desk) -> None:
    """It says so; nothing is kept."""
    mira = desk.signed_in()
    answer = mira.client.post(
        "/editor/sources/list",
        data={"csrf": mira.token},
        files={"file": ("cat.png", b"\x89PNG")},
        headers={"origin": "http://digest.example.org"},
    )
    assert answer.status_code == 422


def test_an_added_source_whose_theme_is_gone_harms_no_other(desk: Desk) -> None:
    """It is named on the page; the others are read."""
    desk.house.tend.add(
        "old", '{"name": "old", "kind": "feed", "url": "https://o.example", "theme": "x"}', "m"
    )
    desk.house.tend.add("broken", "{", "m")

    page = desk.signed_in().get("sources/").text

    assert "old, broken" in page
    assert list(desk.house.roster.entries()) == ["library"]


def test_a_failing_source_is_told_in_words(desk: Desk) -> None:
    """How often it failed, why, and what happens next."""
    mira = desk.signed_in()
    mira.does("sources/save", **{**DRAFT, "url": "https://gone.example/feed"})
    for _ in range(2):
        desk.house.collect("city-news", now=True)

    page = " ".join(mira.get("sources/city-news/").text.split())

    assert "Gone" in page
    assert "Failed</span> 2 times" in page
    assert "answered 404" in page
