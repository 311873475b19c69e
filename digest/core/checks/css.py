"""Which features of HTML and CSS a letter uses, by their names in Can I email."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from digest.core.checks.markup import Markup, declarations

_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_AT = re.compile(r"@([a-z-]{1,40})([^{;]{0,400})")
_WISH = re.compile(r"prefers-color-scheme|prefers-reduced-motion|orientation|hover")
_RULE = re.compile(r"([^{}]{0,2000})\{([^{}]{0,20000})\}")
_PSEUDO = re.compile(r"(::?)([a-z-]{2,40})")
_DIMENSION = re.compile(r"[\d.](vh|vw|vmin|vmax|rem|em|ch|ex)\b")
_FUNCTION = re.compile(r"\b([a-z-]{2,30})\(")
_PICTURE = re.compile(r"\.(webp|avif|svg|apng|heic|bmp|tiff?)(?:[?#]|$)", re.IGNORECASE)
_SIDE = re.compile(r"(margin|padding)-(?:top|right|bottom|left)")
_CORNER = re.compile(r"border-[a-z-]+-radius")
_SECTIONS = frozenset(
    ["article", "section", "header", "footer", "main", "nav", "aside", "figure", "figcaption"]
)


def features(markup: Markup) -> Counter[str]:
    """How often each feature is used; names that nobody knows are among them."""
    found: Counter[str] = Counter(_of_elements(markup))
    sheet = _COMMENT.sub("", markup.styles.lower())
    found.update(_of_sheet(sheet))
    return found


def _of_elements(markup: Markup) -> Iterator[str]:
    for element in markup.all():
        yield f"html-{element.tag!s}"
        if element.tag in _SECTIONS:
            yield "html-semantics"
        url = element.get("href", "")
        if url.startswith("#") and len(url) > 1:
            yield "html-anchor-links"
        if element.tag == "img":
            yield from _of_picture(element.get("src", ""))
        yield from _of_style(element.get("style"))


def _of_picture(url: str) -> Iterator[str]:
    if url.startswith("data:"):
        yield "image-base64"
    elif found := _PICTURE.search(url):
        yield f"image-{found[1].lower()}"


def _of_style(style: str | None) -> Iterator[str]:
    for name, value in declarations(style).items():
        yield from (f"css-{name}", f"css-{name}-{value}")
        if name.startswith("--"):
            yield "css-variables"
        elif side := _SIDE.fullmatch(name):
            yield f"css-{side[1]}"
        elif _CORNER.fullmatch(name):
            yield "css-border-radius"
        if "!important" in value:
            yield "css-important"
        yield from (f"css-unit-{unit}" for unit in _DIMENSION.findall(value))
        for called in _FUNCTION.findall(value):
            yield "css-variables" if called == "var" else f"css-function-{called}"


def _of_sheet(sheet: str) -> Iterator[str]:
    for at, about in _AT.findall(sheet):
        yield f"css-at-{at}"
        yield from (f"css-at-{at}-{wish}" for wish in _WISH.findall(about))
    for selector, style in _RULE.findall(sheet):
        for marks, name in _PSEUDO.findall(selector):
            yield f"css-pseudo-{'element' if marks == '::' else 'class'}-{name}"
        yield from _of_style(style)
