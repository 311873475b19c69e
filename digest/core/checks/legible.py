"""Whether text stands out from what is behind it, by the colours in ``style`` attributes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from lxml.html import HtmlElement

from digest.core.checks.markup import Markup, declarations, line_of
from digest.core.colour import contrast

_SMALL, _LARGE = 4.5, 3.0
"""The contrast that WCAG 2.2 (1.4.3, AA) asks of text, and of large text."""

_LARGE_FROM, _BOLD_FROM = 24.0, 18.66
"""Pixels."""

_Look = Callable[[HtmlElement], str]

_HEX = re.compile(r"#(?:[0-9a-f]{6}|[0-9a-f]{3})\b")
_PIXELS = re.compile(r"([0-9.]{1,8})px")
_BODY_SIZE = 16.0
_WEIGHT = 700
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6", "b", "strong"})
_NAMED = {"white": "#ffffff", "black": "#000000"}


def faults(markup: Markup) -> Iterator[tuple[str, str]]:
    """Each pair of colours that is too close: what, and where first."""
    told: set[tuple[str, str]] = set()
    for text, element in markup.visible:
        ink, paper = _found(element, _ink, "#000000"), _found(element, _paper, "#ffffff")
        if (ink, paper) in told:
            continue
        ratio = contrast(ink, paper)
        if ratio < (_LARGE if _is_large(element) else _SMALL):
            told.add((ink, paper))
            what = f"text in {ink} on {paper} has a contrast of {ratio:.1f}, too little to be read"
            yield what, f"“{text[:60]}”, {line_of(element)}"


def _found(element: HtmlElement, look: _Look, otherwise: str) -> str:
    for each in (element, *element.iterancestors()):
        if found := look(each):
            return found
    return otherwise


def _ink(element: HtmlElement) -> str:
    return _colour(declarations(element.get("style")).get("color", ""))


def _paper(element: HtmlElement) -> str:
    style = declarations(element.get("style"))
    said = style.get("background-color") or style.get("background") or element.get("bgcolor") or ""
    return _colour(said.lower())


def _colour(said: str) -> str:
    """``#rrggbb``, or nothing where it is said in another way."""
    if name := _NAMED.get(said.split(" ", 1)[0]):
        return name
    if not (found := _HEX.search(said)):
        return ""
    digits = found[0][1:]
    return f"#{digits}" if len(digits) == len("rrggbb") else "#" + "".join(d + d for d in digits)


def _is_large(element: HtmlElement) -> bool:
    size, bold = 0.0, False
    for each in (element, *element.iterancestors()):
        style = declarations(each.get("style"))
        bold = bold or each.tag in _HEADINGS or _is_bold(style.get("font-weight", ""))
        if not size and (found := _PIXELS.match(style.get("font-size", ""))):
            size = _number(found[1])
    return (size or _BODY_SIZE) >= (_BOLD_FROM if bold else _LARGE_FROM)


def _is_bold(weight: str) -> bool:
    return weight.startswith("bold") or (weight[:3].isdecimal() and int(weight[:3]) >= _WEIGHT)


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0
