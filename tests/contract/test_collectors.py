from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from digest.collectors.feed import FeedCollector, FeedOptions
from digest.collectors.folder import FolderCollector, FolderOptions
from digest.collectors.listing import ListingCollector, ListingOptions
from digest.collectors.wordpress import WordPressCollector, WordPressOptions
from digest.core.source import Bookmark, Reject, Source
from digest.errors import FetchError
from digest.plugins import kinds
from digest.ports import Collector
from tests.builders import MONDAY, a_sighting
from tests.fakes import FakeCollector, FakeWeb

GOOD, BAD = "https://example.org/good", "javascript:bad"
Kind = Callable[[Path], Collector]


def _source(kind: str) -> Source:
    return Source("library", "Library", kind)


def _feed(root: Path) -> Collector:
    items = "".join(f"<item><title>T</title><link>{url}</link></item>" for url in (GOOD, BAD))
    (root / "feed.xml").write_text(f"<rss><channel>{items}</channel></rss>")
    return FeedCollector(_source("feed"), FeedOptions(path="feed.xml"), FakeWeb(), root)


def _wordpress(root: Path) -> Collector:
    posts = [{"id": n, "link": url, "title": "T"} for n, url in enumerate((GOOD, BAD))]
    (root / "posts.json").write_text(json.dumps(posts))
    options = WordPressOptions(path="posts.json")
    return WordPressCollector(_source("wordpress"), options, FakeWeb(), root)


def _listing(root: Path) -> Collector:
    items = "".join(f'<li><a href="{url}">T</a></li>' for url in (GOOD, BAD))
    (root / "list.html").write_text(f"<ul>{items}</ul>")
    fields = {"title": "a", "url": "a::attr(href)"}
    table = {"path": "list.html", "item": "li", "fields": fields}
    options = ListingOptions.model_validate(table)
    return ListingCollector(_source("listing"), options, FakeWeb(), root)


def _folder(root: Path) -> Collector:
    (root / "desk").mkdir()
    (root / "desk/table.csv").write_text(f"title,url\nT,{GOOD}\nT,{BAD}\n")
    return FolderCollector(_source("folder"), FolderOptions(path="desk"), FakeWeb(), root)


def _fake(root: Path) -> Collector:
    del root
    reject = Reject("library", BAD, "the link cannot be used")
    return FakeCollector().shows(a_sighting(url=GOOD, title="T"), reject).stays_the_same()


KINDS: dict[str, Kind] = {
    "feed": _feed,
    "folder": _folder,
    "listing": _listing,
    "wordpress": _wordpress,
    "fake": _fake,
}


@pytest.fixture(params=sorted(KINDS))
def collector(request: pytest.FixtureRequest, tmp_path: Path) -> Collector:
    """Each kind, over a source that shows one good item and one bad one."""
    return KINDS[request.param](tmp_path)


def test_every_kind_is_held_to_the_contract() -> None:
    """A kind that is added is added here."""
    assert set(kinds("collectors")) <= set(KINDS)


def test_a_bad_item_spoils_no_other(collector: Collector) -> None:
    """The good one is a sighting, the bad one a reject with a reason."""
    harvest = collector.collect(Bookmark(), MONDAY)
    assert [sighting.url for sighting in harvest.sightings] == [GOOD]
    assert len(harvest.rejects) == 1
    assert harvest.rejects[0].reason


def test_everything_says_where_and_when_it_was_seen(collector: Collector) -> None:
    """The name of the source and the moment that was given, not the clock's."""
    harvest = collector.collect(Bookmark(), MONDAY)
    assert {sighting.source for sighting in harvest.sightings} == {"library"}
    assert {reject.source for reject in harvest.rejects} == {"library"}
    assert [sighting.seen_at for sighting in harvest.sightings] == [MONDAY]
    assert all(sighting.key for sighting in harvest.sightings)


def test_what_a_source_said_is_kept_as_json(collector: Collector) -> None:
    """For the editor who wonders."""
    harvest = collector.collect(Bookmark(), MONDAY)
    raws = [*(one.raw for one in harvest.sightings), *(one.raw for one in harvest.rejects)]
    assert all(isinstance(json.loads(raw), dict) for raw in raws)


def test_an_unchanged_source_brings_nothing(collector: Collector) -> None:
    """And the bookmark still knows it."""
    first = collector.collect(Bookmark(), MONDAY)
    second = collector.collect(first.bookmark, MONDAY)
    assert second.unchanged
    assert second.sightings == ()
    assert second.bookmark.cursor


def test_a_strange_bookmark_is_as_none(collector: Collector) -> None:
    """Options change, programs change; then everything is looked at again."""
    strange = Bookmark("https://elsewhere.example.org/", '"x"', "Mon", "a strange  cursor")
    assert len(collector.collect(strange, MONDAY).sightings) == 1


@pytest.mark.parametrize("kind", sorted(set(KINDS) - {"fake"}))
def test_a_source_that_is_not_there_is_told(kind: str, tmp_path: Path) -> None:
    """As a FetchError with the name in its sentence."""
    collector = KINDS[kind](tmp_path)
    for path in sorted(tmp_path.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    with pytest.raises(FetchError, match=r"desk|feed\.xml|list\.html|posts\.json"):
        collector.collect(Bookmark(), MONDAY)


def test_the_fake_fails_when_told_to() -> None:
    """With the very error, and then goes on."""
    fake = FakeCollector().fails(FetchError("down")).shows(a_sighting())
    with pytest.raises(FetchError, match="down"):
        fake.collect(Bookmark(), MONDAY)
    assert fake.collect(Bookmark(), MONDAY).sightings
