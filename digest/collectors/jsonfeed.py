"""JSON Feed 1.0 and 1.1 (jsonfeed.org)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from digest.collectors.dates import published
from digest.collectors.item import Item
from digest.errors import ParseError

if TYPE_CHECKING:
    from collections.abc import Iterator


def looks_like(body: bytes) -> bool:
    """Tell whether this can be a JSON Feed and nothing else."""
    return body.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{")


def read(body: bytes) -> tuple[Item, ...]:
    """Read the items; one that is not as it should be spoils no other.

    Raises:
        ParseError: this is no JSON Feed.
    """
    try:
        feed = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise ParseError(f"this is neither XML nor JSON: {error}") from None
    items = feed.get("items") if isinstance(feed, dict) else None
    if not isinstance(items, list):
        raise ParseError('this JSON is no JSON Feed: it holds no list named "items"')
    language = _text(feed, "language")
    return tuple(
        _item(item if isinstance(item, dict) else {"item": item}, language) for item in items
    )


def _item(fields: dict[str, object], language: str) -> Item:
    html = _text(fields, "content_html")
    text = _text(fields, "content_text")
    return Item(
        key=_text(fields, "id"),
        url=_text(fields, "external_url") or _text(fields, "url"),
        title=_text(fields, "title"),
        summary=_text(fields, "summary") or text,
        content=html,
        tags=tuple(map(str, _list(fields, "tags"))),
        author=", ".join(_names(fields)),
        published=published(_text(fields, "date_published") or _text(fields, "date_modified")),
        language=_text(fields, "language") or language,
        raw=fields,
    )


def _names(fields: dict[str, object]) -> Iterator[str]:
    for author in [*_list(fields, "authors"), fields.get("author")]:
        if isinstance(author, dict) and (name := _text(author, "name")):
            yield name


def _text(fields: dict[str, object], name: str) -> str:
    value = fields.get(name)
    return str(value) if isinstance(value, (str, int, float)) else ""


def _list(fields: dict[str, object], name: str) -> list[object]:
    value = fields.get(name)
    return value if isinstance(value, list) else []
