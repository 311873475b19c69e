"""Feeds between the catalogue and their formats."""

from __future__ import annotations

import json

from lxml import etree

from digest.renderers.feedgen_adapter import atom, rss
from digest.renderers.jsonfeed import json_feed
from digest.renderers.links import feeds
from digest.renderers.syndication import Channel
from tests.builders import a_site

CHANNEL = Channel(
    id="https://digest.example.org/weekly/",
    title="Weekly",
    description="",
    page="https://digest.example.org/weekly/",
    language="en",
    author="Riverbank",
    contact="editors@example.org",
    hubs=("https://hub.example.org/",),
)
ATOM, RSS, JSON = feeds(a_site(), "weekly", "Weekly")
NAMES = {"a": "http://www.w3.org/2005/Atom"}


def test_xml_feeds_name_their_hubs() -> None:
    """WebSub finds the hub in Atom and, through Atom's namespace, in RSS."""
    for document in (atom(CHANNEL, ATOM, ()), rss(CHANNEL, RSS, ())):
        hubs = etree.fromstring(document).xpath("//a:link[@rel='hub']/@href", namespaces=NAMES)
        assert hubs == ["https://hub.example.org/"]


def test_json_feeds_name_their_hubs() -> None:
    """JSON Feed has a list for them."""
    feed = json.loads(json_feed(CHANNEL, JSON, ()))
    assert feed["hubs"] == [{"type": "WebSub", "url": "https://hub.example.org/"}]


def test_rss_without_a_description_says_its_title() -> None:
    """RSS requires a description."""
    tree = etree.fromstring(rss(CHANNEL, RSS, ()))
    assert tree.findtext("channel/description") == "Weekly"
