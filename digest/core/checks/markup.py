"""HTML read as browsers read it; whatever it holds, reading it raises nothing."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from lxml import etree, html

_INVISIBLE = frozenset({"head", "script", "style", "title", "template"})


class Markup:
    """A document."""

    def __init__(self, source: str) -> None:
        # Bytes with a given encoding: text with an encoding of its own would be refused.
        parser = html.HTMLParser(encoding="utf-8", huge_tree=True, remove_pis=True)
        encoded = source.replace("\0", "").encode("utf-8", "replace")
        try:
            self.root = html.document_fromstring(encoded, parser=parser, ensure_head_body=True)
        except etree.ParserError:  # nothing that could be an element is in it
            self.root = html.document_fromstring("<p>", ensure_head_body=True)

    def all(self, *tags: str) -> Iterator[html.HtmlElement]:
        """The elements of these kinds, or all, in the order of the document."""
        for element in self.root.iter(*tags):
            if isinstance(element.tag, str):
                yield element

    @cached_property
    def visible(self) -> tuple[tuple[str, html.HtmlElement], ...]:
        """Each piece of text that people see, with the element it stands in."""
        hidden = {element for element in self.all() if _is_hidden(element)}
        found = []
        for element in self.all():
            if not hidden.isdisjoint((element, *element.iterancestors())):
                continue
            pieces = (element.text, *(child.tail for child in element))
            found += [(text, element) for piece in pieces if (text := words(piece))]
        return tuple(found)

    @cached_property
    def styles(self) -> str:
        """All style sheets, one after the other."""
        return "\n".join(element.text or "" for element in self.all("style"))


def line_of(element: html.HtmlElement) -> str:
    """Where an element stands, for people."""
    return f"line {element.sourceline} of the HTML" if element.sourceline else ""


def name_of(element: html.HtmlElement) -> str:
    """What people hear of an element: its text, and what its pictures are said to show."""
    pictures = [picture.get("alt", "") for picture in element.iter("img")]
    return words(" ".join([element.get("aria-label", ""), element.text_content(), *pictures]))


def words(text: str | None) -> str:
    """The text as one line, without what nobody sees."""
    return " ".join((text or "").replace("\u200c", "").replace("\u034f", "").split())


def declarations(style: str | None) -> dict[str, str]:
    """What a style says, by property, both in lower case; the last word counts."""
    said = (part.partition(":") for part in (style or "").lower().split(";"))
    return {name.strip(): value.strip() for name, mark, value in said if mark}


def _is_hidden(element: html.HtmlElement) -> bool:
    if element.tag in _INVISIBLE:
        return True
    return declarations(element.get("style")).get("display", "").startswith("none")
