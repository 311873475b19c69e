"""JSON Feed 1.1 (https://www.jsonfeed.org/version/1.1/)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from digest.renderers.links import FeedLink
    from digest.renderers.syndication import Channel, Item

_VERSION = "https://jsonfeed.org/version/1.1"


def json_feed(channel: Channel, link: FeedLink, items: Sequence[Item]) -> bytes:
    """Write a JSON Feed; ``items`` are clean, the newest first."""
    feed = {
        "version": _VERSION,
        "title": channel.title,
        "home_page_url": channel.page,
        "feed_url": link.url,
        "description": channel.description,
        "language": channel.language,
        "authors": [{"name": channel.author, "url": f"mailto:{channel.contact}"}],
        "hubs": [{"type": "WebSub", "url": hub} for hub in channel.hubs],
        "items": [_item(item) for item in items],
    }
    kept = {name: value for name, value in feed.items() if value or name == "items"}
    return (json.dumps(kept, ensure_ascii=False, indent=1) + "\n").encode()


def _item(item: Item) -> dict[str, object]:
    fields: dict[str, object] = {
        "id": item.id,
        # Where we write about it, and what we write about: readers open the second.
        "url": item.page or item.url,
        "external_url": item.url if item.page else "",
        "title": item.title,
        "content_html": item.content,
        "summary": item.summary,
        "date_published": _moment(item.published),
        "date_modified": _moment(item.updated),
        "authors": [{"name": item.author}] if item.author else [],
        "tags": list(item.tags),
        "language": item.language,
        "attachments": _attachments(item),
    }
    return {
        name: value for name, value in fields.items() if value or name in {"id", "content_html"}
    }


def _attachments(item: Item) -> list[dict[str, str]]:
    """Only with a type that is known for certain: the format requires one."""
    if item.download.partition("?")[0].lower().endswith(".pdf"):
        return [{"url": item.download, "mime_type": "application/pdf"}]
    return []


def _moment(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
