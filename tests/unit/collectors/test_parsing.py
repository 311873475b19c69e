from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from digest.collectors import parsing
from digest.collectors.parsing import read
from digest.errors import ParseError

GOLDEN = Path(__file__).parents[2] / "golden/collect"
FEEDS = [path.read_bytes() for path in sorted(GOLDEN.glob("*.rss")) + sorted(GOLDEN.glob("*.atom"))]


def rss(*items: str) -> bytes:
    inner = "".join(f"<item>{item}</item>" for item in items)
    return f'<rss version="2.0"><channel><title>T</title>{inner}</channel></rss>'.encode()


def _sentence(body: bytes) -> str:
    """Why this is no feed; empty when it is one."""
    try:
        read(body, "https://example.org/feed")
    except ParseError as error:
        return str(error)
    return ""


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """A feed some bytes of which went wrong on the way."""
    feed = bytearray(draw(st.sampled_from(FEEDS)))
    for _ in range(draw(st.integers(1, 8))):
        start = draw(st.integers(0, len(feed)))
        feed[start : start + draw(st.integers(0, 60))] = draw(st.binary(max_size=20))
    return bytes(feed)


@pytest.fixture
def no_second_try(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parsing, "_read_again", lambda *_: {})


@pytest.mark.usefixtures("no_second_try")
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.one_of(st.binary(), damaged(), st.text().map(str.encode)))
def test_any_bytes_are_a_feed_or_none(body: bytes) -> None:
    """Items or a ParseError, never anything else."""
    try:
        items = read(body, "")
    except ParseError:
        return
    assert all(isinstance(item.title, str) for item in items)


@settings(max_examples=10, deadline=None)
@given(damaged())
def test_a_damaged_feed_survives_the_second_parser_too(body: bytes) -> None:
    """The child process may die of it; we do not."""
    refusal = _sentence(body)
    assert refusal == "" or refusal.startswith("this is ")


@pytest.mark.parametrize(
    "body", [b"", b"no markup", b"<html><body>Not found</body></html>", b"{}", b"[1]", b"{" * 9999]
)
def test_what_is_no_feed_is_told(body: bytes) -> None:
    """Many a site answers a vanished feed with a page and "200 OK"."""
    with pytest.raises(ParseError, match="this"):
        read(body, "")


def test_an_empty_feed_is_a_feed() -> None:
    """Nothing new is no fault."""
    assert read(rss(), "") == ()


def test_a_guid_is_no_date() -> None:
    """Fastfeedparser reads "77" as the year 1977 where an item has no date."""
    item = "<title>A</title><link>https://e.org/</link><guid>77</guid>"
    assert read(rss(item), "")[0].published is None


def test_a_guid_that_is_a_date_is_one() -> None:
    """Some feeds name their items by day, and nothing else dates them."""
    item = "<title>A</title><link>https://e.org/</link><guid>2026-11-03</guid>"
    assert str(read(rss(item), "")[0].published) == "2026-11-03"


def test_an_item_without_a_link_goes_to_the_second_parser() -> None:
    """Because feedparser recovers links that fastfeedparser does not."""
    feed = rss("<title>A</title><link>https://e.org/a b</link>", "<title>B</title>")
    assert [item.url for item in read(feed, "")] == ["https://e.org/a b", ""]


def test_a_bomb_of_entities_does_not_go_off() -> None:
    """Billion laughs: the item is what it is, in bounded time and memory."""
    levels = "".join(
        f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefghi", "bcdefghij", strict=True)
    )
    bomb = f'<!DOCTYPE r [<!ENTITY a "ha">{levels}]>'.encode()
    items = read(bomb + rss("<title>&j;</title><link>https://e.org/</link>"), "")
    assert all(len(item.title) < 1000 for item in items)


def test_an_outer_entity_is_not_read(tmp_path: Path) -> None:
    """XXE: a feed cannot make us show it our files."""
    secret = tmp_path / "secret"
    secret.write_text("hidden")
    head = f'<!DOCTYPE r [<!ENTITY s SYSTEM "{secret.as_uri()}">]>'.encode()
    items = read(head + rss("<title>x&s;</title><link>https://e.org/</link>"), "")
    assert "hidden" not in repr(items)


def test_the_second_parser_is_stopped_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """A feed made to be slow costs its seconds, and is then what the first parser made of it."""
    monkeypatch.setattr(parsing, "_SECONDS", 0.01)
    assert read(rss("<title>only a title</title>"), "")[0].title == "only a title"


@given(
    st.recursive(
        st.none() | st.text() | st.integers(),
        lambda v: (
            st.lists(v)
            | st.dictionaries(
                st.sampled_from(
                    ["items", "id", "url", "title", "tags", "authors", "author", "name"]
                ),
                v,
            )
        ),
    )
)
def test_any_json_is_a_feed_or_none(value: object) -> None:
    """A JSON Feed whose fields are of any type gives items or a ParseError."""
    refusal = _sentence(json.dumps({"items": value}).encode())
    assert (refusal == "") is isinstance(value, list)
