"""The order in which a page is read aloud: headings, words, links and pictures, one by one.

What a screen reader says, and what is left where styles and pictures are not shown. Wrong orders,
links that say nothing and missing texts of pictures are heard at once.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from lxml import etree, html

from digest.core.hygiene import line

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_SILENT = frozenset({"head", "script", "style", "title", "template", "noscript"})
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_INLINE = frozenset(
    {"a", "abbr", "b", "bdi", "cite", "code", "em", "i", "small", "span", "strong", "sub", "sup"}
)


class Kind(StrEnum):
    """What is read."""

    HEADING = "heading"
    TEXT = "text"
    LINK = "link"
    IMAGE = "image"


@dataclass(frozen=True, slots=True)
class Spoken:
    """One thing that is read.

    Attributes:
        text: what is said; of a picture its alternative text.
        level: of a heading, from 1; else 0.
        leads_to: where a link leads: its host, or ``#place`` on the same page.
        language: where it differs from that of the whole.
        hidden: it is read though nobody sees it, as a preheader is.
    """

    kind: Kind
    text: str
    level: int = 0
    leads_to: str = ""
    language: str = ""
    hidden: bool = False


def linearised(document: str) -> tuple[Spoken, ...]:
    """Read an HTML document from its first word to its last."""
    if not document.strip():
        return ()
    try:
        root = html.document_fromstring(document)
    except etree.ParserError:  # nothing but a comment or an instruction
        return ()
    body = root.find("body")
    walk = _Walk(root.get("lang", ""))
    return tuple(walk.read(root if body is None else body))


class _Walk:
    """Goes through a document, and gathers the words between two things of note."""

    def __init__(self, language: str) -> None:
        self._language = language
        self._words: list[str] = []

    def read(self, root: HtmlElement) -> Iterator[Spoken]:
        yield from self._inside(root, self._language, hidden=False)
        yield from self._said(self._language, hidden=False)

    def _inside(self, node: HtmlElement, language: str, *, hidden: bool) -> Iterator[Spoken]:
        self._words.append(node.text or "")
        for child in node:
            if isinstance(child.tag, str) and not _is_silent(child):
                own = child.get("lang", language)
                unseen = hidden or _is_unseen(child)
                changes = (own, unseen) != (language, hidden)
                if changes or child.tag not in _INLINE or child.tag == "a":
                    yield from self._said(language, hidden=hidden)
                yield from self._element(child, own, hidden=unseen)
                if changes or child.tag not in _INLINE:
                    yield from self._said(own, hidden=unseen)
            self._words.append(child.tail or "")

    def _element(self, node: HtmlElement, language: str, *, hidden: bool) -> Iterator[Spoken]:
        tag, told = str(node.tag), self._told(language)
        if tag == "img":
            yield Spoken(Kind.IMAGE, line(node.get("alt") or ""), language=told, hidden=hidden)
        elif tag == "a" and node.get("href"):
            text = line(node.get("aria-label") or _text(node))
            where = _where(node.get("href", ""))
            yield Spoken(Kind.LINK, text, leads_to=where, language=told, hidden=hidden)
        elif tag in _HEADINGS:
            text, level = line(_text(node)), _HEADINGS[tag]
            link = next((each.get("href", "") for each in node.iter("a")), "")
            where = _where(link) if link else ""
            yield Spoken(Kind.HEADING, text, level, where, language=told, hidden=hidden)
        else:
            yield from self._inside(node, language, hidden=hidden)

    def _said(self, language: str, *, hidden: bool) -> Iterator[Spoken]:
        text = line("".join(self._words))
        self._words.clear()
        if text:
            yield Spoken(Kind.TEXT, text, language=self._told(language), hidden=hidden)

    def _told(self, language: str) -> str:
        return language if language != self._language else ""


def _text(node: HtmlElement) -> str:
    pictures = " ".join(each.get("alt") or "" for each in node.iter("img"))
    return f"{node.text_content()} {pictures}"


def _is_silent(node: HtmlElement) -> bool:
    return (
        node.tag in _SILENT or node.get("aria-hidden") == "true" or node.get("hidden") is not None
    )


def _is_unseen(node: HtmlElement) -> bool:
    style = (node.get("style") or "").replace(" ", "").lower()
    return "display:none" in style or "mso-hide:all" in style


def _where(url: str) -> str:
    if url.startswith("#"):
        return url
    parts = urlsplit(url)
    return (parts.hostname or parts.path).removeprefix("www.")
