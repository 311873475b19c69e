from __future__ import annotations

import json

from hypothesis import example, given
from hypothesis import strategies as st

from digest.collectors.item import Item, gather
from digest.core.hygiene import line
from tests.builders import MONDAY

ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=40)
URLS = st.one_of(ANY_TEXT, st.sampled_from(["https://example.org/a", "//x.org", "/b", "?c", "a b"]))
ITEMS = st.builds(
    Item,
    key=st.one_of(ANY_TEXT, st.sampled_from(["1", "2"])),
    url=URLS,
    title=ANY_TEXT,
    summary=ANY_TEXT,
    content=ANY_TEXT,
    labels=st.lists(ANY_TEXT).map(tuple),
    tags=st.lists(ANY_TEXT).map(tuple),
    author=ANY_TEXT,
    download=URLS,
    raw=st.dictionaries(ANY_TEXT, ANY_TEXT, max_size=2),
)


@given(st.lists(ITEMS, max_size=6))
def test_every_item_becomes_a_sighting_or_a_reject(items: list[Item]) -> None:
    """Nothing is dropped silently, whatever a source says."""
    sightings, rejects = gather(items, "source", MONDAY, "https://example.org/")
    assert len(sightings) + len(rejects) == len(items)


@given(st.lists(ITEMS, max_size=6))
@example([Item(raw={"\\u0000": "\\\0\ud800"})])
def test_a_sighting_is_clean_and_its_key_unique(items: list[Item]) -> None:
    """Its text is plain, its address absolute, its raw record JSON that any database takes."""
    sightings, rejects = gather(items, "source", MONDAY, "https://example.org/")
    assert len({sighting.key for sighting in sightings}) == len(sightings)
    for sighting in sightings:
        assert sighting.title
        assert sighting.title == line(sighting.title)
        assert sighting.url.startswith(("http://", "https://"))
        assert all(term == line(term) for term in sighting.labels + sighting.tags)
    for raw in [*(one.raw for one in sightings), *(one.raw for one in rejects)]:
        assert "\0" not in "".join(f"{k}{v}" for k, v in json.loads(raw).items())
        assert raw.encode()


def test_the_sources_own_key_is_the_identity() -> None:
    """So that a changed address or title is a change, not another item."""
    sightings, _ = gather([Item(key="7", url="https://e.org/a", title="A")], "s", MONDAY)
    assert sightings[0].key == "7"


def test_a_key_that_two_items_share_identifies_neither() -> None:
    """Then the canonical address does."""
    items = [Item(key="7", url=f"https://www.e.org/{n}/", title="A") for n in "ab"]
    sightings, _ = gather(items, "s", MONDAY)
    assert [sighting.key for sighting in sightings] == ["https://e.org/a", "https://e.org/b"]


def test_the_same_item_twice_is_told() -> None:
    """The first one is kept, the second one has a reason."""
    twice = [Item(url="https://e.org/a", title="A"), Item(url="http://e.org/a/", title="B")]
    sightings, rejects = gather(twice, "s", MONDAY)
    assert [sighting.title for sighting in sightings] == ["A"]
    assert "more than once" in rejects[0].reason


def test_a_reject_says_where_it_stands() -> None:
    """Who mends a file wants the line."""
    _, rejects = gather([Item(title="A", where="table.csv:12")], "s", MONDAY)
    assert (rejects[0].key, rejects[0].reason) == (
        "table.csv:12",
        "table.csv:12: the link is empty",
    )


def test_an_item_without_a_title_is_called_by_its_first_sentence() -> None:
    """Microblogs have no titles."""
    items = [Item(url="https://e.org/a", summary="It rained. The river rose.")]
    assert gather(items, "s", MONDAY)[0][0].title == "It rained."


def test_an_item_that_says_nothing_is_rejected() -> None:
    """There is nothing to show a reader."""
    assert "no title" in gather([Item(url="https://e.org/a")], "s", MONDAY)[1][0].reason


def test_an_unusable_download_costs_only_the_download() -> None:
    """An optional field never spoils an item."""
    items = [Item(url="https://e.org/a", title="A", download="javascript:x")]
    assert gather(items, "s", MONDAY)[0][0].download == ""
