"""Selectors: where on a page something stands, in the words of a configuration.

A selector is CSS with parsel's ``::attr(NAME)``, or XPath after ``xpath:``. It starts from the
item; after ``page:`` it starts from the whole page. A list of selectors means the first that
finds anything.
"""

from __future__ import annotations

import codecs
import re
from copy import deepcopy
from typing import Annotated

from lxml.html import HtmlElement, tostring
from parsel import Selector
from pydantic import AfterValidator, BeforeValidator

from digest.collectors.sanitising import plain
from digest.core.hygiene import leads_on, line

_PAGE, _XPATH = "page:", "xpath:"
_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
_WEB_CHARSET = re.compile(
    r"utf-?(?:8|16)|iso-?(?:8859|2022-jp)|windows-|cp125|latin|us-ascii|koi8|gb|big5|euc-|shift_jis",
    re.IGNORECASE,
)
_HEAD = 4_096


def _checked(selector: str) -> str:
    find(Selector(text="<p></p>"), selector)
    return selector


def _listed(value: object) -> object:
    return (value,) if isinstance(value, str) else value


OneSelector = Annotated[str, AfterValidator(_checked)]
Selectors = Annotated[tuple[OneSelector, ...], BeforeValidator(_listed)]


def document(body: bytes, charset: str = "") -> Selector:
    """Parse a page; where the server names no charset, the page's own ``<meta charset>`` counts."""
    declared = _CHARSET.search(body, 0, _HEAD)
    names = (charset, declared[1].decode() if declared else "")
    text = body.decode(next(filter(_known, names), "utf-8"), "replace")
    return Selector(text=text or " ", type="html")


def _known(charset: str) -> bool:
    """Whether the web uses it; Python knows others that are slow, or no encodings of text."""
    if not _WEB_CHARSET.match(charset):
        return False
    try:
        codecs.lookup(charset)
    except LookupError:
        return False
    return True


def find(node: Selector, selector: str) -> list[Selector]:
    """Everything that one selector finds.

    Raises:
        ValueError: it is no selector; the sentence says what is wrong.
    """
    path = selector.removeprefix(_PAGE).strip()
    try:
        if path.startswith(_XPATH):
            return list(node.xpath(path.removeprefix(_XPATH)))
        return list(node.css(path))
    except Exception as error:  # noqa: BLE001 - cssselect's and lxml's errors share no base
        what = str(error) or type(error).__name__
        expected = 'expected a CSS selector, or "xpath:" and an XPath'
        raise ValueError(f'{expected}, not "{selector}": {what}') from None


def texts(node: Selector, page: Selector, selectors: tuple[str, ...]) -> tuple[str, ...]:
    """What the first fruitful selector finds, each as plain text with its paragraphs."""
    for selector in selectors:
        places = find(page if selector.startswith(_PAGE) else node, selector)
        if found := tuple(filter(None, (_text(place.root) for place in places))):
            return found
    return ()


def terms(node: Selector, page: Selector, selectors: tuple[str, ...]) -> tuple[str, ...]:
    """As :func:`texts`, but the parts of an element that only holds others come one by one.

    So that labels which stand side by side in one box do not run together.
    """
    for selector in selectors:
        places = find(page if selector.startswith(_PAGE) else node, selector)
        parts = (part for place in places for part in _parts(place.root))
        if found := tuple(filter(None, map(_text, parts))):
            return found
    return ()


def _parts(root: object) -> list[object]:
    if not isinstance(root, HtmlElement):
        return [root]
    own = [root.text, *(child.tail for child in root)]
    return [root] if any(text and text.strip() for text in own) or not len(root) else list(root)


def _text(root: object) -> str:
    if not isinstance(root, HtmlElement):
        return line(str(root))
    element = deepcopy(root)
    element.tail = None
    for link in element.xpath(".//a | .//button"):
        if leads_on(link.text_content()):
            link.drop_tree()
    return plain(tostring(element, encoding="unicode"))
