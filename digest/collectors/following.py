"""From the items of a listing to their own pages."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from digest.collectors.cards import Rules, read
from digest.collectors.item import Item
from digest.collectors.selecting import document
from digest.errors import FetchError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from digest.collectors.page import Fetches

ACCEPT = "text/html, application/xhtml+xml, */*;q=0.5"
_TAKEN = (*("title", "summary", "labels", "tags", "author", "issuer", "published", "download"),)


@dataclass(frozen=True, slots=True)
class Followed:
    """What following brought.

    Attributes:
        items: to be collected; not those whose own page was read before.
        marks: of all items whose own page need not be read again.
        missed: why something is left for the next collection; empty: nothing is.
    """

    items: tuple[Item, ...]
    marks: tuple[str, ...]
    missed: str


class Follower:
    """Reads the own pages of items, each once for as long as the listing says the same of it.

    An item that was followed and whose card did not change is known already and left out: the
    card alone would say less than what was collected before. An item whose page does not come,
    or comes after ``limit`` others, is collected with the card's text, and followed next time.

    Args:
        rules: how to read such a page.
        limit: pages to fetch in one collection.
        fetcher: where they come from.
    """

    def __init__(self, rules: Rules, limit: int, fetcher: Fetches) -> None:
        self._rules = rules
        self._limit = limit
        self._fetcher = fetcher

    def follow(self, cards: Iterable[Item], known: frozenset[str]) -> Followed:
        """Read the pages of all cards whose mark is not known."""
        items, marks, left, missed = list[Item](), list[str](), self._limit, ""
        for card in cards:
            mark = _mark(card)
            if mark in known:
                marks.append(mark)
                continue
            try:
                items.append(self._whole(card, left))
                marks.append(mark)
                left -= 1
            except FetchError as error:
                items.append(replace(card, raw={**_fields(card), "detail": str(error)}))
                if error.permanent:
                    marks.append(mark)
                else:
                    # The site is in trouble: it is left in peace for this time.
                    left, missed = 0, str(error)
                left -= 1
        return Followed(tuple(items), tuple(marks), missed)

    def _whole(self, card: Item, left: int) -> Item:
        if left <= 0:
            raise FetchError("its own page is left for the next collection")
        if not card.url:
            raise FetchError("it has no link to follow", permanent=True)
        page = self._fetcher.fetch(card.url, accept=ACCEPT)
        root = document(page.body, page.charset)
        detail = read(root, root, self._rules, page.url)
        said = {
            name: value
            for name in _TAKEN
            if (value := getattr(detail, name))
            and (name != "summary" or len(value) > len(card.summary))
        }
        raw = {
            **_fields(card),
            **{f"detail {name}": text for name, text in _fields(detail).items()},
        }
        return replace(card, **said, raw=raw)


def _fields(item: Item) -> Mapping[str, object]:
    return item.raw if isinstance(item.raw, Mapping) else {"text": item.raw}


def _mark(card: Item) -> str:
    """Changes when the listing says anything else of the item; four bytes are told apart enough."""
    said = repr((card.url, card.title, card.summary, card.labels, card.tags, card.published))
    return hashlib.blake2b(said.encode("utf-8", "replace"), digest_size=4).hexdigest()
