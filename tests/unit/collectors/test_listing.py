from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from digest.collectors.listing import ListingCollector, ListingOptions
from digest.config import read_options
from digest.core.source import Bookmark, Harvest, Source
from digest.errors import ConfigError, FetchError, ParseError
from tests.builders import MONDAY
from tests.fakes import FakeWeb

URL = "https://hub.example.org/resources/"
FIELDS: dict[str, object] = {
    "title": "h3 a",
    "url": "h3 a::attr(href)",
    "labels": ".types",
    "tags": ".tags",
    "summary": ".teaser",
    "date": "time",
}
DETAIL: dict[str, object] = {
    "summary": ".story p",
    "citation": ".cite",
    "download": "a.get::attr(href)",
}


def a_card(number: int = 1, more: str = '...<a href="#">Read More</a>', extra: str = "") -> str:
    return (
        f'<li><h3><a href="/r/{number}">Resource {number}</a></h3>'
        '<div class="types"><span>Guidance</span><span>Codes &amp; Standards</span></div>'
        f'<p class="teaser">How to read a river{more}</p><p class="tags">TAGS: Global, Floods</p>'
        f"<time>March 2022</time>{extra}</li>"
    )


def a_page(*cards: str, after: str = "") -> str:
    return f"<html><body><ul>{''.join(cards)}</ul>{after}</body></html>"


def a_detail(number: int = 1) -> str:
    return (
        '<div class="story"><p>How to read a river, told at length.</p><p>And then some.</p></div>'
        f'<p class="cite">Resource {number} - Ford Institute, May 2021</p>'
        '<a class="get" href="/f.pdf">'
    )


def options(**over: object) -> ListingOptions:
    table: dict[str, Any] = {"url": URL, "item": "li", "fields": FIELDS, **over}
    return ListingOptions.model_validate(table)


def collect(web: FakeWeb, bookmark: Bookmark | None = None, **over: object) -> Harvest:
    collector = ListingCollector(Source("hub", "Hub", "listing"), options(**over), web, Path())
    return collector.collect(bookmark or Bookmark(), MONDAY)


@pytest.fixture
def web() -> FakeWeb:
    """A listing of two items, with their own pages."""
    return (
        FakeWeb()
        .shows(URL, a_page(a_card(1), a_card(2)))
        .shows("https://hub.example.org/r/1", a_detail(1))
        .shows("https://hub.example.org/r/2", a_detail(2))
    )


def following(**over: object) -> dict[str, Any]:
    return {"follow": True, "detail": DETAIL, **over}


def test_a_card_is_read_as_people_see_it(web: FakeWeb) -> None:
    """Link resolved, labels apart, tags split, remains cut away, date as exact as written."""
    card = collect(web).sightings[0]
    assert (card.title, card.url) == ("Resource 1", "https://hub.example.org/r/1")
    assert card.labels == ("Guidance", "Codes & Standards")
    assert card.tags == ("Global", "Floods")
    assert card.summary == "How to read a river"
    assert str(card.published) == "2022-03"


@pytest.mark.parametrize(
    "more",
    [
        "...Read More",
        "… Read more »",
        " [&hellip;]",
        '<a href="#">Read More</a>',
        "<button>Learn more</button>",
        '&nbsp;<a href="#">[Read more...]</a>',
    ],
)
def test_what_a_cut_leaves_behind_is_taken_away(more: str) -> None:
    """As text or as an element of its own."""
    web = FakeWeb().shows(URL, a_page(a_card(more=more)))
    assert collect(web).sightings[0].summary == "How to read a river"


def test_configured_clean_ups_come_first(web: FakeWeb) -> None:
    """Each site has habits of its own."""
    clean = {"title": ["^Resource "], "tags": [r",.*$"]}
    card = collect(web, clean=clean).sightings[0]
    assert (card.title, card.tags) == ("1", ("Global",))


def test_selectors_are_tried_in_turn() -> None:
    """A page often shows two kinds of items."""
    web = FakeWeb().shows(URL, a_page("<li><h1>Head</h1><a href='/h'>x</a></li>", a_card()))
    fields = {"title": ["h1", "h3"], "url": ["h3 a::attr(href)", "xpath:./a/@href"]}
    assert [s.title for s in collect(web, fields=fields).sightings] == ["Head", "Resource 1"]


def test_a_page_may_itself_be_the_item() -> None:
    """Its address then stands in the head, outside of the item."""
    head = '<link rel="canonical" href="https://hub.example.org/r/7">'
    web = FakeWeb().shows(URL, f"{head}<article><h1>Seven</h1></article>")
    fields = {"title": "h1", "url": "page:link[rel=canonical]::attr(href)"}
    assert collect(web, item="article", fields=fields).sightings[0].key.endswith("/r/7")


def test_links_start_where_the_page_says() -> None:
    """``<base href>`` outranks the address."""
    page = '<base href="https://files.example.org/x/">' + a_page(a_card())
    web = FakeWeb().shows(URL, page)
    assert collect(web).sightings[0].url == "https://files.example.org/r/1"


def test_the_pages_own_charset_counts_where_the_server_is_silent() -> None:
    """Old sites are not in UTF-8."""
    page = '<meta charset="iso-8859-1">' + a_page(a_card(more=" à pied"))
    web = FakeWeb().shows(URL, page.encode("iso-8859-1"))
    assert collect(web).sightings[0].summary == "How to read a river à pied"


def test_an_item_without_a_link_is_rejected_alone(web: FakeWeb) -> None:
    """The others are collected."""
    web.shows(URL, a_page("<li><h3>No link</h3></li>", a_card()))
    harvest = collect(web)
    assert [s.title for s in harvest.sightings] == ["Resource 1"]
    assert "the link is empty" in harvest.rejects[0].reason


@pytest.mark.parametrize(
    ("over", "says"),
    [
        ({"item": "article"}, 'the item selector "article" finds nothing'),
        (
            {"fields": FIELDS | {"url": "h9::attr(href)"}},
            r'the url selector "h9::attr\(href\)" finds',
        ),
        ({"fields": FIELDS | {"title": ["h8", "h9"]}}, 'the title selector "h8", "h9" finds'),
    ],
)
def test_a_page_that_was_rebuilt_is_told(web: FakeWeb, over: dict[str, Any], says: str) -> None:
    """The sentence names the selector that finds nothing."""
    with pytest.raises(ParseError, match=says):
        collect(web, **over)


def test_the_listing_goes_on(web: FakeWeb) -> None:
    """To the page after, and the one after that, but never in a circle."""
    link = '<a rel="next" href="?page={}">'
    web.shows(URL, a_page(a_card(1), after=link.format(2)))
    web.shows(f"{URL}?page=2", a_page(a_card(2), after=link.format(3)))
    web.shows(f"{URL}?page=3", a_page(a_card(3), after=link.format(2)))
    pages = {"next": "a[rel=next]::attr(href)", "max": 10}
    assert len(collect(web, pages=pages).sightings) == 3
    assert len(collect(web, pages=pages | {"max": 2}).sightings) == 2


def test_a_lost_next_page_is_told_and_asked_for_again(web: FakeWeb) -> None:
    """What came before it is kept."""
    web.shows(URL, a_page(a_card(1), after='<a rel="next" href="?page=2">'), etag="1")
    web.fails(f"{URL}?page=2")
    pages = {"next": "a[rel=next]::attr(href)"}
    harvest = collect(web, pages=pages)
    assert [s.title for s in harvest.sightings] == ["Resource 1"]
    assert "out of order" in harvest.rejects[0].reason
    web.shows(f"{URL}?page=2", a_page(a_card(2)))
    assert len(collect(web, harvest.bookmark, pages=pages).sightings) == 2


def test_an_items_own_page_says_more(web: FakeWeb) -> None:
    """The full summary, and what its citation says."""
    item = collect(web, **following()).sightings[0]
    assert item.summary == "How to read a river, told at length.\n\nAnd then some."
    assert (item.issuer, item.download) == ("Ford Institute", "https://hub.example.org/f.pdf")
    assert str(item.published) == "2021-05"
    assert item.labels == ("Guidance", "Codes & Standards")


def test_what_was_followed_is_not_followed_again(web: FakeWeb) -> None:
    """Nor collected again from its card, which would take back what its page said."""
    first = collect(web, **following())
    web.shows(URL, a_page(a_card(3), a_card(1), a_card(2)))
    web.shows("https://hub.example.org/r/3", a_detail(3))
    asked = len(web.asked)
    second = collect(web, first.bookmark, **following())
    assert [s.title for s in second.sightings] == ["Resource 3"]
    assert [url for url, *_ in web.asked[asked:]] == [URL, "https://hub.example.org/r/3"]


def test_a_changed_card_is_followed_again(web: FakeWeb) -> None:
    """Its page has probably changed too."""
    first = collect(web, **following())
    web.shows(URL, a_page(a_card(1, more=" or a brook"), a_card(2)))
    second = collect(web, first.bookmark, **following())
    assert [s.title for s in second.sightings] == ["Resource 1"]


def test_an_unchanged_listing_keeps_what_was_followed(web: FakeWeb) -> None:
    """So that a later change follows only what is new."""
    first = collect(web, **following())
    second = collect(web, first.bookmark, **following())
    assert second.unchanged
    assert second.bookmark.cursor == first.bookmark.cursor


def test_more_than_the_limit_is_followed_next_time(web: FakeWeb) -> None:
    """Every item is collected at once, the rest of what it says comes later."""
    first = collect(web, **following(follow_limit=1))
    assert [s.issuer for s in first.sightings] == ["Ford Institute", ""]
    second = collect(web, first.bookmark, **following(follow_limit=1))
    assert [(s.title, s.issuer) for s in second.sightings] == [("Resource 2", "Ford Institute")]


def test_a_page_in_trouble_never_loses_the_item(web: FakeWeb) -> None:
    """It is collected from its card, the site is left in peace, and asked again next time."""
    web.fails("https://hub.example.org/r/1")
    first = collect(web, **following())
    assert [s.issuer for s in first.sightings] == ["", ""]
    assert "out of order" in first.sightings[0].raw
    web.shows("https://hub.example.org/r/1", a_detail(1))
    second = collect(web, first.bookmark, **following())
    assert [s.issuer for s in second.sightings] == ["Ford Institute", "Ford Institute"]


def test_a_page_that_is_gone_is_not_asked_for_again(web: FakeWeb) -> None:
    """Or twenty dead links would use up every collection."""
    web.fails("https://hub.example.org/r/1", permanent=True)
    first = collect(web, **following())
    assert [s.issuer for s in first.sightings] == ["", "Ford Institute"]
    assert collect(web, first.bookmark, **following()).unchanged


def test_saved_pages_stand_for_own_pages(tmp_path: Path) -> None:
    """Each says its address itself; an item without one keeps its card."""
    (tmp_path / "list.html").write_text(a_page(a_card(1), a_card(2)))
    link = '<link rel="canonical" href="https://hub.example.org/r/1">'
    (tmp_path / "one.html").write_text(link + a_detail())
    table = {"url": None, "path": "list.html", "base": URL, "detail_path": "*.html"}
    collector = ListingCollector(
        Source("hub", "Hub", "listing"), options(**table, **following()), FakeWeb(), tmp_path
    )
    harvest = collector.collect(Bookmark(), MONDAY)
    assert [s.issuer for s in harvest.sightings] == ["Ford Institute", ""]


def test_a_listing_out_of_order_is_told() -> None:
    """The error is the fetcher's."""
    with pytest.raises(FetchError, match="404"):
        collect(FakeWeb())


@pytest.mark.parametrize("body", [b"", b"\0\0", b"\xff\xfe<", b"<div>" * 5000, b"<li>" * 3000])
def test_any_page_is_a_listing_or_not(body: bytes) -> None:
    """Garbage is a page on which the selectors find nothing."""
    with pytest.raises(ParseError, match="finds nothing"):
        collect(FakeWeb().shows(URL, body))


@pytest.mark.parametrize(
    ("over", "says"),
    [
        ({"item": "li["}, r"item: expected a CSS selector"),
        ({"item": "xpath://["}, r"item: expected a CSS selector"),
        ({"item": ""}, r"item: expected a CSS selector"),
        ({"fields": {"title": "h3"}}, r"expected fields\.url"),
        ({"fields": FIELDS | {"colour": "x"}}, r"fields\.colour: unknown key"),
        ({"clean": {"title": ["("]}}, r"clean\.title\[1\]: .*regular expression"),
        ({"clean": {"colour": ["x"]}}, r"clean\.colour"),
        ({"citation_pattern": "(?P<who>.*)"}, r'expected groups named "title"'),
        ({"follow": True}, r'expected a table "detail"'),
        ({"path": "x"}, r'expected either "url" or "path"'),
        ({"pages": {"next": "a", "max": 0}}, r"pages\.max"),
    ],
)
def test_wrong_rules_are_told_in_a_sentence(over: dict[str, Any], says: str) -> None:
    """Before anything is fetched."""
    table = {"url": URL, "item": "li", "fields": FIELDS, **over}
    with pytest.raises(ConfigError, match=says):
        read_options(ListingOptions, table, file="config.toml", key="sources[1]")
