from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from digest.collectors import feed
from digest.collectors.feed import FeedCollector, FeedOptions
from digest.config import read_options
from digest.core.source import Bookmark, Source
from digest.errors import ConfigError, FetchError, ParseError
from tests.builders import MONDAY
from tests.fakes import FakeWeb

URL = "https://example.org/feed"
MOVED = "https://new.example.org/feed"
ITEM = "<item><title>A</title><link>/a</link></item>"


def rss(*parts: str) -> str:
    return f"<rss><channel>{''.join(parts)}</channel></rss>"


def a_collector(web: FakeWeb, **options: str) -> FeedCollector:
    return FeedCollector(
        Source("s", "S", "feed"), FeedOptions(**(options or {"url": URL})), web, Path()
    )


def test_relative_links_start_at_the_feed() -> None:
    """Where a feed says only "/a", its own host is meant."""
    harvest = a_collector(FakeWeb().shows(URL, rss(ITEM))).collect(Bookmark(), MONDAY)
    assert [sighting.url for sighting in harvest.sightings] == ["https://example.org/a"]


def test_the_next_visit_sends_the_validators_back() -> None:
    """Byte for byte, and an unchanged feed costs nothing."""
    web = FakeWeb().shows(URL, rss(ITEM), etag='W/"1"', last_modified="Mon")
    first = a_collector(web).collect(Bookmark(), MONDAY)
    second = a_collector(web).collect(first.bookmark, MONDAY)
    assert web.asked[1] == (URL, 'W/"1"', "Mon")
    assert second.unchanged
    assert second.bookmark == first.bookmark


def test_the_same_bytes_are_unchanged_without_validators() -> None:
    """Many servers know no validators."""
    web = FakeWeb().shows(URL, rss(ITEM))
    first = a_collector(web).collect(Bookmark(), MONDAY)
    assert a_collector(web).collect(first.bookmark, MONDAY).unchanged


def test_other_options_make_everything_new() -> None:
    """What was remembered for one address says nothing of another."""
    web = FakeWeb().shows(URL, rss(ITEM), etag="1").shows(MOVED, rss(ITEM), etag="1")
    first = a_collector(web).collect(Bookmark(), MONDAY)
    other = a_collector(web, url=MOVED).collect(first.bookmark, MONDAY)
    assert web.asked[1] == (MOVED, "", "")
    assert other.sightings


def test_a_permanent_move_is_remembered() -> None:
    """The old address is not asked again."""
    web = FakeWeb().shows(URL, rss(ITEM), url=MOVED, permanent_url=MOVED).shows(MOVED, rss(ITEM))
    first = a_collector(web).collect(Bookmark(), MONDAY)
    a_collector(web).collect(first.bookmark, MONDAY)
    assert web.asked[1][0] == MOVED


def test_a_move_that_led_nowhere_is_forgotten() -> None:
    """Where the new address is gone, the configured one is asked again."""
    web = FakeWeb().shows(URL, rss(ITEM), url=MOVED, permanent_url=MOVED)
    first = a_collector(web).collect(Bookmark(), MONDAY)
    a_collector(web).collect(first.bookmark, MONDAY)
    assert [asked[0] for asked in web.asked] == [URL, MOVED, URL]


@pytest.mark.parametrize(
    ("asked", "ttl", "wait"),
    [
        (None, "", None),
        (timedelta(hours=1), "", timedelta(hours=1)),
        (timedelta(hours=1), "<ttl>90</ttl>", timedelta(minutes=90)),
        (None, "<ttl>999999</ttl>", timedelta(days=31)),
    ],
)
def test_the_longest_wish_to_be_left_alone_counts(
    asked: timedelta | None, ttl: str, wait: timedelta | None
) -> None:
    """The server's and the feed's, but no more than a month."""
    web = FakeWeb().shows(URL, rss(ttl, ITEM), wait=asked)
    assert a_collector(web).collect(Bookmark(), MONDAY).wait == wait


def test_an_endless_feed_is_cut_and_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """The newest items are taken; that there are more is not kept silent."""
    monkeypatch.setattr(feed, "LIMIT", 2)
    items = [ITEM.replace("/a", f"/{n}") for n in range(3)]
    harvest = a_collector(FakeWeb().shows(URL, rss(*items))).collect(Bookmark(), MONDAY)
    assert len(harvest.sightings) == 2
    assert "more than 2 items" in harvest.rejects[0].reason


def test_a_page_that_is_no_feed_is_told() -> None:
    """With a sentence that an editor understands."""
    with pytest.raises(ParseError, match="no feed that can be read"):
        a_collector(FakeWeb().shows(URL, "<html>")).collect(Bookmark(), MONDAY)


def test_a_missing_file_is_told() -> None:
    """With its name."""
    with pytest.raises(FetchError, match=r"nowhere\.rss"):
        a_collector(FakeWeb(), path="nowhere.rss").collect(Bookmark(), MONDAY)


@pytest.mark.parametrize(
    ("table", "says"),
    [
        ({}, 'expected either "url" or "path"'),
        ({"url": URL, "path": "x"}, 'expected either "url" or "path"'),
        ({"url": "ftp://example.org/"}, "ftp: is not http or https"),
        ({"url": "example.org/feed"}, "it is relative"),
        ({"path": "x", "colour": "red"}, "colour: unknown key"),
    ],
)
def test_wrong_options_are_told_in_a_sentence(table: dict[str, object], says: str) -> None:
    """Before anything is fetched."""
    with pytest.raises(ConfigError, match=says):
        read_options(FeedOptions, table, file="config.toml", key="sources[1]")
