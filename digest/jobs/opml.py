"""Lists of feeds in and out, as OPML 2.0, which every feed reader takes and gives.

Outlines may stand in folders; a folder becomes the theme when one is called so.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from lxml import etree

from digest.core.address import absolute, canonical
from digest.core.hygiene import line
from digest.core.newsletter import Theme
from digest.errors import ParseError

_LONGEST_NAME = 40
_LONGEST_TITLE = 200


@dataclass(frozen=True, slots=True)
class ListedFeed:
    """A feed as a list names it.

    Attributes:
        name: of the source it is or may become.
        theme: slug of its theme; empty: none.
    """

    name: str
    title: str
    url: str
    theme: str = ""


@dataclass(frozen=True, slots=True)
class FeedList:
    """What a list brings.

    Attributes:
        feeds: those to add.
        known: addresses that are sources already, or stand in the list twice.
        unusable: (title, reason) of outlines that name no feed on the web.
    """

    feeds: tuple[ListedFeed, ...]
    known: tuple[str, ...]
    unusable: tuple[tuple[str, str], ...]


def read(
    document: bytes, themes: Sequence[Theme], names: Collection[str], urls: Collection[str]
) -> FeedList:
    """Read a list.

    Args:
        document: the OPML file.
        themes: those configured.
        names: of the sources there are.
        urls: of the sources there are.

    Raises:
        ParseError: it is no OPML.
    """
    taken, seen = set(names), {canonical(url) for url in urls}
    feeds: list[ListedFeed] = []
    known: list[str] = []
    unusable: list[tuple[str, str]] = []
    for outline, folder in _outlines(_body(document)):
        title = line(outline.get("title") or outline.get("text") or "")[:_LONGEST_TITLE]
        try:
            url = absolute(outline.get("xmlUrl") or "")
        except ValueError as error:
            unusable.append((title, str(error)))
            continue
        if canonical(url) in seen:
            known.append(url)
        else:
            seen.add(canonical(url))
            name = free_name(title or str(urlsplit(url).hostname), taken)
            taken.add(name)
            feeds.append(ListedFeed(name, title, url, _theme(folder, themes)))
    return FeedList(tuple(feeds), tuple(known), tuple(unusable))


def write(title: str, feeds: Sequence[ListedFeed], themes: Mapping[str, str]) -> bytes:
    """Write a list, the feeds of a theme in a folder of their own.

    Args:
        title: of the list.
        feeds: in any order.
        themes: titles by slug, in the order of the folders.
    """
    root = etree.Element("opml", version="2.0")
    etree.SubElement(etree.SubElement(root, "head"), "title").text = title
    body = etree.SubElement(root, "body")
    for slug in ("", *themes):
        inside = [feed for feed in feeds if feed.theme == slug]
        folder = etree.SubElement(body, "outline", text=themes[slug]) if slug and inside else body
        for feed in inside:
            etree.SubElement(
                folder, "outline", type="rss", text=feed.title, title=feed.title, xmlUrl=feed.url
            )
    return etree.tostring(root, encoding="utf-8", xml_declaration=True, pretty_print=True)


def _body(document: bytes) -> etree._Element:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, recover=True)
    try:
        root = etree.fromstring(document, parser)
    except etree.XMLSyntaxError as error:
        raise ParseError(f"the list of feeds is no XML: {error.msg}") from None
    body = root.find("body") if getattr(root, "tag", "") == "opml" else None
    if body is None:
        raise ParseError("the list of feeds is no OPML: expected <opml> with a <body>")
    return body


def _outlines(parent: etree._Element) -> Iterator[tuple[etree._Element, str]]:
    """Every outline that names a feed, with the title of the folder it is in."""
    for outline in parent.iter("outline"):
        if outline.get("xmlUrl") is not None:
            folder = outline.getparent()
            yield outline, (folder.get("text") or "") if folder is not None else ""


def _theme(folder: str, themes: Sequence[Theme]) -> str:
    wanted = folder.strip().casefold()
    return next((t.slug for t in themes if wanted in {t.slug, t.title.casefold()}), "")


def free_name(title: str, taken: Collection[str]) -> str:
    """Make a name of its own, in lower-case ASCII letters, digits and hyphens."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:_LONGEST_NAME].strip("-") or "feed"
    name, count = slug, 1
    while name in taken:
        count += 1
        name = f"{slug}-{count}"
    return name
