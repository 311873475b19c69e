"""The feeds of a site."""

from __future__ import annotations

import json
import locale
import logging
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import feedparser
import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from digest.core.catalogue import Catalogue, Shelf
from digest.core.edition import FiledResource
from digest.core.newsletter import Theme
from digest.core.resource import ResourceId
from digest.renderers.feed import FeedRenderer
from digest.renderers.templating import environment
from tests.builders import (
    MONDAY,
    a_catalogue,
    a_filed_resource,
    a_newsletter,
    a_site,
    an_edition,
    an_issue,
)

GOLDEN = Path(__file__).parents[2] / "golden" / "render"
SCHEMA = json.loads((GOLDEN / "jsonfeed-1.1.schema.json").read_text(encoding="utf-8"))
XML = ("atom.xml", "rss.xml")
ATOM = {"a": "http://www.w3.org/2005/Atom"}


def feeds(catalogue: Catalogue) -> Mapping[str, bytes]:
    renderer = FeedRenderer(environment(None, a_site()))
    return {artifact.path: artifact.body for artifact in renderer.render(catalogue)}


def of_resources(*filed: FiledResource) -> Mapping[str, bytes]:
    """The three feeds of the latest resources, by file name."""
    made = feeds(a_catalogue(resources=filed, by_theme=()))
    return {p.removeprefix("resources/"): b for p, b in made.items() if p.startswith("resources/")}


def parsed(document: bytes) -> Any:
    feed = feedparser.parse(document)
    assert feed.bozo == 0, feed.get("bozo_exception")
    return feed


def titles(document: bytes) -> list[str]:
    return [entry.title for entry in parsed(document).entries]


def changed(number: int, **over: Any) -> FiledResource:
    """A filed resource whose identity or times are others."""
    filed = a_filed_resource(number)
    return replace(filed, resource=replace(filed.resource, **over))


def test_every_feed_has_three_formats() -> None:
    """Newsletters, themes and the latest resources, each as Atom, RSS and JSON Feed."""
    folders = ("weekly", "themes/theme-1", "themes/theme-2", "themes/theme-3", "resources")
    files = ("atom.xml", "rss.xml", "feed.json")
    assert set(feeds(a_catalogue())) == {f"{folder}/{file}" for folder in folders for file in files}


@pytest.mark.parametrize("path", sorted(feeds(a_catalogue())))
def test_readers_read_it_without_complaint(path: str) -> None:
    """Feedparser finds nothing wrong, or the schema of JSON Feed 1.1 does not."""
    document = feeds(a_catalogue())[path]
    if path.endswith(".json"):
        jsonschema.validate(json.loads(document), SCHEMA)
    else:
        assert parsed(document).feed.title


@pytest.mark.parametrize("file", XML)
def test_an_issue_is_one_entry_with_its_items_by_theme(file: str) -> None:
    """The content holds every item of the edition, under its theme, and nothing personal."""
    first, second = parsed(feeds(a_catalogue())[f"weekly/{file}"]).entries
    content = first.content[0].value if "content" in first else first.summary
    assert content.index("Theme 1") < content.index("items/1000") < content.index("Theme 2")
    assert first.link == "https://digest.example.org/weekly/2026-11-23/"
    assert (first.id, second.id) == (
        "tag:digest.example.org,2026:weekly/2026-11-23",
        "tag:digest.example.org,2026:weekly/2026-11-16",
    )
    assert "unsubscribe" not in content.lower()


@pytest.mark.parametrize("file", XML)
def test_a_resource_is_an_entry_that_leads_to_the_original(file: str) -> None:
    """Link, identity, author and tags are those of the resource."""
    entry = parsed(of_resources(a_filed_resource(1))[file]).entries[0]
    assert entry.link == "https://library.example.org/items/1"
    assert entry.id == "tag:digest.example.org,2026:resource/00000000000000000001"
    assert entry.author == "Institute of Flow"
    assert [tag.term for tag in entry.tags] == ["Guidance", "Global"]


def test_json_tells_the_original_from_our_page() -> None:
    """JSON Feed's external_url is what we write about, its url where we do."""
    item = json.loads(of_resources(a_filed_resource(1))["feed.json"])["items"][0]
    assert item["external_url"] == "https://library.example.org/items/1"
    assert item["url"] == "https://digest.example.org/themes/theme-1/#r1"


def test_dates_are_ours_and_never_the_present() -> None:
    """An entry is dated when we first saw it; the feed, when its newest entry changed."""
    late = changed(1, changed_at=MONDAY + timedelta(days=1))
    feed = parsed(of_resources(late, a_filed_resource(2))["atom.xml"])
    assert feed.entries[0].published == "2026-11-23T07:29:00+00:00"
    assert feed.feed.updated == feed.entries[0].updated == "2026-11-24T07:30:00+00:00"


def test_what_came_late_comes_first() -> None:
    """Entries are ordered by first sight, so that a back-dated item is not lost below the cut."""
    made = of_resources(a_filed_resource(3, title="old"), a_filed_resource(1, title="new"))
    assert titles(made["rss.xml"]) == titles(made["atom.xml"]) == ["new", "old"]


@pytest.mark.parametrize("file", XML)
def test_a_feed_names_itself_and_its_page(file: str) -> None:
    """One self link with its type, one alternate link to the page."""
    tree = etree.fromstring(feeds(a_catalogue())[f"weekly/{file}"])
    selves = tree.xpath("//a:link[@rel='self']", namespaces=ATOM)
    kind = "atom" if file == "atom.xml" else "rss"
    assert [dict(link.attrib) for link in selves] == [
        {
            "rel": "self",
            "type": f"application/{kind}+xml",
            "href": f"https://digest.example.org/weekly/{file}",
        }
    ]
    assert parsed(etree.tostring(tree)).feed.link == "https://digest.example.org/weekly/"


def test_a_download_keeps_its_type() -> None:
    """A PDF is an enclosure in Atom and an attachment in JSON; other files are related."""
    pdf = a_filed_resource(1, download="https://example.org/a.PDF?x=1")
    page = a_filed_resource(2, download="https://example.org/files/7")
    made = of_resources(pdf, page)
    first, second = parsed(made["atom.xml"]).entries
    assert [(link.rel, link.type) for link in first.links if link.rel == "enclosure"] == [
        ("enclosure", "application/pdf")
    ]
    assert [link.href for link in second.links if link.rel == "related"] == [
        "https://example.org/files/7"
    ]
    one, two = json.loads(made["feed.json"])["items"]
    assert one["attachments"][0]["mime_type"] == "application/pdf"
    assert "attachments" not in two


@pytest.mark.parametrize("file", ["atom.xml", "rss.xml", "feed.json"])
def test_at_most_fifty_entries(file: str) -> None:
    """Readers refuse very long feeds; the newest fifty stand."""
    document = of_resources(*map(a_filed_resource, range(1, 80)))[file]
    count = len(json.loads(document)["items"]) if "json" in file else len(titles(document))
    assert count == 50


@pytest.mark.parametrize("file", ["atom.xml", "rss.xml", "feed.json"])
def test_a_feed_stays_below_half_a_megabyte(file: str) -> None:
    """Long entries push the oldest ones out, never the newest."""
    filed = [a_filed_resource(n, title=f"no {n}", summary="word " * 8000) for n in range(1, 30)]
    document = of_resources(*filed)[file]
    assert len(document) <= 500_000
    found = feedparser.parse(document).entries if "xml" in file else json.loads(document)["items"]
    assert found[0]["title"] == "no 1"


BAD = {
    "a link that is none": a_filed_resource(2, url="javascript:alert(1)"),
    "an empty link": a_filed_resource(2, url=""),
    "a date of year one": changed(2, first_seen=datetime(1, 1, 1, tzinfo=UTC)),
    "a date without a zone": changed(2, first_seen=datetime(2026, 1, 1)),  # noqa: DTZ001 - the fault
    "an identity that is no URI": changed(2, tag="no uri"),
    "an identity another has": changed(3, tag=a_filed_resource(1).resource.tag),
}  # fmt: skip


@pytest.mark.parametrize("fault", BAD)
def test_a_bad_item_costs_only_itself(fault: str, caplog: pytest.LogCaptureFixture) -> None:
    """The others stand in all three formats, and the log says what was left out and why."""
    if fault == "a date without a zone":
        # Such a value cannot be compared with others; it is alone in its feed.
        made = of_resources(BAD[fault])
        assert json.loads(made["feed.json"])["items"] == []
    else:
        made = of_resources(a_filed_resource(1, title="good"), BAD[fault])
        assert titles(made["atom.xml"]) == titles(made["rss.xml"]) == ["good"]
        assert [item["title"] for item in json.loads(made["feed.json"])["items"]] == ["good"]
    warned = [r for r in caplog.records if "leaves out" in r.getMessage()]
    assert warned
    assert all(record.levelno == logging.WARNING for record in warned)


REPAIRED = [
    ({"title": "a\x0bb\x00c"}, "a bc"),
    ({"title": "", "summary": "Nine herons. And more."}, "Nine herons. And more."),
    ({"title": " \n", "summary": ""}, "library.example.org/items/2"),
    ({"title": "x", "url": "https://example.org/a b"}, "x"),
    ({"title": "=?utf-8?q?a=0D=0A?= <b>&amp;</b> ]]>"}, "=?utf-8?q?a=0D=0A?= <b>&amp;</b> ]]>"),
]


@pytest.mark.parametrize(("over", "title"), REPAIRED)
def test_what_can_be_repaired_is(over: dict[str, str], title: str) -> None:
    """Control characters go, a missing title is made, a space in a link is encoded."""
    made = of_resources(a_filed_resource(2, **over))
    assert json.loads(made["feed.json"])["items"][0]["title"] == title
    assert len(titles(made["atom.xml"])) == len(titles(made["rss.xml"])) == 1
    jsonschema.validate(json.loads(made["feed.json"]), SCHEMA)


@settings(max_examples=60, deadline=None)
@given(
    st.fixed_dictionaries(
        {name: st.text() for name in ("url", "title", "summary", "author", "issuer", "download")}
        | {name: st.lists(st.text(), max_size=3).map(tuple) for name in ("labels", "tags")}
    )
)
def test_no_text_breaks_a_feed(fields: dict[str, Any]) -> None:
    """Whatever stands in a resource, the feed parses and the good item is in it."""
    made = of_resources(a_filed_resource(1, title="good"), a_filed_resource(2, **fields))
    for file in XML:
        assert "good" in titles(made[file])
    jsonschema.validate(json.loads(made["feed.json"]), SCHEMA)


@pytest.mark.parametrize("file", XML)
def test_markup_in_a_value_stays_text(file: str) -> None:
    """A summary that looks like HTML is shown as it was written."""
    document = of_resources(a_filed_resource(1, summary="<img src=x onerror=y>"))[file]
    content = etree.fromstring(document).xpath("//a:content|//item/description", namespaces=ATOM)
    assert "&lt;img src=x onerror=y&gt;" in content[0].text


def test_writing_dates_leaves_the_locale_alone() -> None:
    """Feedgen's own formatter sets the locale of the whole process to C."""
    before = locale.setlocale(locale.LC_ALL)
    feeds(a_catalogue())
    assert locale.setlocale(locale.LC_ALL) == before


def test_an_empty_feed_is_valid_and_stable() -> None:
    """A new site has feeds that readers can already follow."""
    catalogue = Catalogue(
        a_site(), (Theme("theme-1", "T"),), (Shelf(a_newsletter(), ()),), (), (), ()
    )
    made = feeds(catalogue)
    assert made == feeds(catalogue)
    assert parsed(made["weekly/atom.xml"]).entries == []
    jsonschema.validate(json.loads(made["weekly/feed.json"]), SCHEMA)


def test_an_issue_of_featured_item_alone_is_an_entry() -> None:
    """An edition without sections' items still says what it holds."""
    issue = an_issue(an_edition(sections=()))
    document = feeds(a_catalogue(shelves=(Shelf(a_newsletter(), (issue,)),)))["weekly/rss.xml"]
    assert "The sponge street" in parsed(document).entries[0].summary


def test_numbers_of_resources_order_equal_times() -> None:
    """Resources first seen at the same moment have one fixed order."""
    same = [changed(n, first_seen=MONDAY, id=ResourceId(n)) for n in (1, 2, 3)]
    made, turned = of_resources(*same), of_resources(*reversed(same))
    assert made == turned
