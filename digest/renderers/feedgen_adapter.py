"""Atom and RSS by feedgen, with what it lacks added by its own extensions.

What it lacks, and what is done: entry links lose their attributes (lkiesow/python-feedgen#143) and
the channel's link is whatever came last (#122), so all links but one are written by an extension;
every date defaults to the present, so every date is set; its date formatter changes the locale of
the whole process, so it is replaced; names without an address are dropped from RSS, so they are
written as ``dc:creator``.
"""

from __future__ import annotations

import email.utils
from typing import TYPE_CHECKING, Any

import feedgen.entry
import feedgen.feed
from feedgen.ext.base import BaseEntryExtension, BaseExtension
from feedgen.feed import FeedGenerator
from lxml import etree

from digest.renderers.syndication import updated

if TYPE_CHECKING:
    from collections.abc import Sequence

    from digest.renderers.links import FeedLink
    from digest.renderers.syndication import Channel, Item

# feedgen's own calls setlocale() for each date: in a threaded process that made later files ASCII.
feedgen.feed.formatRFC2822 = email.utils.format_datetime
feedgen.entry.formatRFC2822 = email.utils.format_datetime

_ATOM = "http://www.w3.org/2005/Atom"
_DC = "http://purl.org/dc/elements/1.1/"
_PDF = "application/pdf"


def atom(channel: Channel, link: FeedLink, items: Sequence[Item]) -> bytes:
    """Write an Atom feed (RFC 4287); ``items`` are clean, the newest first."""
    generator = _generator(channel, items)
    generator.author(name=channel.author, email=channel.contact)
    generator.subtitle(channel.description or None)
    generator.channel.links = _links(channel, link)
    for item in items:
        _atom_entry(generator.add_entry(order="append"), item)
    document: bytes = generator.atom_str(pretty=True)
    return document


def rss(channel: Channel, link: FeedLink, items: Sequence[Item]) -> bytes:
    """Write an RSS 2.0 feed after the RSS Board's profile; ``items`` are clean, newest first."""
    generator = _generator(channel, items)
    generator.description(channel.description or channel.title)
    generator.language(channel.language)
    generator.lastBuildDate(updated(items))
    generator.channel.links = _links(channel, link)
    for item in items:
        _rss_item(generator.add_entry(order="append"), item)
    document: bytes = generator.rss_str(pretty=True)
    return document


def _generator(channel: Channel, items: Sequence[Item]) -> Any:
    generator = FeedGenerator()
    generator.register_extension("channel", _ChannelExtension, _EntryExtension)
    generator.id(channel.id)
    generator.title(channel.title)
    generator.link(href=channel.page, rel="alternate", type="text/html")
    generator.updated(updated(items))
    generator.generator("digest")
    generator.language(channel.language)
    return generator


def _atom_entry(entry: Any, item: Item) -> None:
    _common(entry, item)
    entry.updated(item.updated)
    entry.content(item.content, type="html")
    if item.summary:
        entry.summary(item.summary)
    if item.author:
        entry.author(name=item.author)
    entry.channel.links = [{"rel": "alternate", "type": "text/html", "href": item.url}]
    if item.download:
        entry.channel.links.append(_download(item.download))


def _rss_item(entry: Any, item: Item) -> None:
    _common(entry, item)
    entry.link(href=item.url)
    entry.guid(item.id, permalink=False)
    entry.description(item.content)
    entry.channel.creator = item.author


def _common(entry: Any, item: Item) -> None:
    entry.id(item.id)
    entry.title(item.title)
    entry.published(item.published)
    entry.category([{"term": tag, "label": tag} for tag in item.tags])


def _download(url: str) -> dict[str, str]:
    """A file of a known type is an enclosure; else it is only related."""
    if url.partition("?")[0].lower().endswith(".pdf"):
        return {"rel": "enclosure", "type": _PDF, "href": url}
    return {"rel": "related", "href": url}


def _links(channel: Channel, link: FeedLink) -> list[dict[str, str]]:
    own = {"rel": "self", "type": link.media_type, "href": link.url}
    return [own, *({"rel": "hub", "href": hub} for hub in channel.hubs)]


class _ChannelExtension(BaseExtension):  # type: ignore[misc] # feedgen has no types
    """The feed's own links; feedgen would take the last one for the page's."""

    def __init__(self) -> None:
        self.links: list[dict[str, str]] = []

    def extend_ns(self) -> dict[str, str]:
        return {"dc": _DC}

    def extend_atom(self, feed: Any) -> Any:
        for link in self.links:
            etree.SubElement(feed, "link", link)
        return feed

    def extend_rss(self, feed: Any) -> Any:
        for link in self.links:
            etree.SubElement(feed[0], f"{{{_ATOM}}}link", link)
        return feed


class _EntryExtension(BaseEntryExtension):  # type: ignore[misc] # feedgen has no types
    """An entry's links with all their attributes, and its author's name."""

    def __init__(self) -> None:
        self.links: list[dict[str, str]] = []
        self.creator = ""

    def extend_atom(self, entry: Any) -> Any:
        for link in self.links:
            etree.SubElement(entry, "link", link)
        return entry

    def extend_rss(self, entry: Any) -> Any:
        if self.creator:
            etree.SubElement(entry, f"{{{_DC}}}creator").text = self.creator
        return entry
