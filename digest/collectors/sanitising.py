"""HTML from outside: what of it readers may see."""

from __future__ import annotations

import re
from html import unescape

import nh3

from digest.core.address import absolute
from digest.core.hygiene import line, printable, prose

CONTENT_LIMIT = 200_000
"""Characters of one item's HTML that are looked at; nh3 cleans 4.6 MB in 1.1 s (measured)."""

_KEPT = {"p", "a", "em", "strong", "ul", "ol", "li", "code", "blockquote", "h3", "h4", "br", "pre"}
_DROPPED_WHOLE = {"script", "style", "noscript", "template", "iframe", "svg", "math", "textarea"}
_DROPPED_WHOLE |= {"select", "button", "title"}
_RENAMED = {"b": "strong", "i": "em", "h1": "h3", "h2": "h3", "h5": "h4", "h6": "h4"}
_OLD_TAG = re.compile(rf"(</?)({'|'.join(_RENAMED)})(?=[\s>/])", re.IGNORECASE)

_BLOCKS = {
    *("p", "div", "section", "article", "header", "footer", "aside", "main", "figure", "table"),
    *("tr", "ul", "ol", "li", "dl", "dt", "dd", "blockquote", "pre", "hr", "h1", "h2", "h3", "h4"),
    *("h5", "h6", "address", "details", "summary", "figcaption"),
}
_INLINE = {"br", "td", "th"}
_BLOCK_TAG = re.compile(rf"</?(?:{'|'.join(sorted(_BLOCKS))})>")
_ANY_TAG = re.compile(r"<[^<>]*>")
_TITLE_TAG = re.compile(
    r"</?(?:a|abbr|b|big|br|cite|code|del|div|em|font|h[1-6]|i|img|ins|kbd|mark|p|q|s|small|span"
    r"|strike|strong|sub|sup|tt|u|wbr)(?:\s[^<>]*)?/?>",
    re.IGNORECASE,
)


def content(html: str, base: str) -> str:
    """Keep the HTML that a digest can show; resolve its links.

    Args:
        html: anything.
        base: address that relative and ``//host`` links start from.
    """

    def attribute(_tag: str, name: str, value: str) -> str | None:
        return _link(value, base) if name == "href" else value

    cleaned = nh3.clean(
        _OLD_TAG.sub(
            lambda tag: tag[1] + _RENAMED[tag[2].lower()], printable(html[:CONTENT_LIMIT])
        ),
        tags=_KEPT,
        clean_content_tags=_DROPPED_WHOLE,
        attributes={"a": {"href"}},
        attribute_filter=attribute,
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer",
    )
    # A numeric reference may have become a control character meanwhile.
    return printable(cleaned).strip()


def plain(html: str) -> str:
    """Give the text of some HTML, its paragraphs parted by an empty line."""
    # After nh3 the only tags are ours, without attributes, and "<" in text is escaped; so a
    # pattern may find them, which in wild HTML it may not.
    safe = nh3.clean(
        printable(html[:CONTENT_LIMIT]),
        tags=_BLOCKS | _INLINE,
        clean_content_tags=_DROPPED_WHOLE,
        attributes={},
    )
    return prose(unescape(_ANY_TAG.sub(" ", _BLOCK_TAG.sub("\n\n", safe.replace("\n", " ")))))


def heading(text: str) -> str:
    """Give a title as one line; many sources put inline HTML or doubly escaped signs into it.

    Only tags that occur in titles are taken away: "The <picture> element" stays whole.
    """
    return line(unescape(_TITLE_TAG.sub("", text)))


def _link(value: str, base: str) -> str | None:
    if value.strip().lower().startswith("mailto:"):
        return line(value)
    try:
        return absolute(value, base)
    except ValueError:
        return None
