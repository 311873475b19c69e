"""One item on a page, read by the rules of a configuration."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, get_args

from digest.collectors.citing import CITATION, cited
from digest.collectors.dates import published
from digest.collectors.item import Item
from digest.collectors.selecting import Selectors, terms, texts
from digest.config import Options
from digest.core.address import absolute
from digest.core.hygiene import REMAINS, line, without

if TYPE_CHECKING:
    from collections.abc import Iterator

    from parsel import Selector

FieldName = Literal[
    "title", "url", "summary", "labels", "tags", "date", "author", "issuer", "download", "citation"
]
_HEADED = (
    re.compile(
        r"^(?:tags?|topics?|labels?|category|categories|types?|filed under)\s*:\s*", re.IGNORECASE
    ),
)
_ALWAYS: Mapping[str, tuple[re.Pattern[str], ...]] = {
    "summary": REMAINS,
    "labels": _HEADED,
    "tags": _HEADED,
}
_NAMES: tuple[FieldName, ...] = get_args(FieldName)
_TERMS = frozenset({"labels", "tags"})
_SEPARATOR = re.compile(r"[,;|]")


class Fields(Options):
    """Where each field of an item stands; one selector, or a list to try in turn.

    Attributes:
        labels: every match is one label.
        tags: every match is split at commas.
        citation: a line that says title, issuer and date at once.
    """

    title: Selectors = ()
    url: Selectors = ()
    summary: Selectors = ()
    labels: Selectors = ()
    tags: Selectors = ()
    date: Selectors = ()
    author: Selectors = ()
    issuer: Selectors = ()
    download: Selectors = ()
    citation: Selectors = ()


@dataclass(frozen=True, slots=True)
class Rules:
    """How to read an item.

    Attributes:
        fields: where everything stands.
        clean: what to take away from a field, before what is always taken away: "...Read More"
            from summaries, "TAGS:" from tags and labels.
        citation: how a citation line is built.
    """

    fields: Fields
    clean: Mapping[FieldName, tuple[re.Pattern[str], ...]] = field(default_factory=dict)
    citation: re.Pattern[str] = CITATION


def read(node: Selector, page: Selector, rules: Rules, base: str) -> Item:
    """Read one item; a field that is not there stays empty.

    Args:
        node: the item.
        page: the whole page.
        rules: how to read it.
        base: address that relative links start from.
    """
    said = {
        name: (terms if name in _TERMS else texts)(node, page, getattr(rules.fields, name))
        for name in _NAMES
    }
    clean = {name: tuple(_cleaned(values, name, rules)) for name, values in said.items()}
    one = {name: line(next(iter(values), "")) for name, values in clean.items()}
    citation = cited(line(" ".join(clean["citation"])), one["title"], rules.citation)
    return Item(
        url=_absolute(one["url"], base),
        title=one["title"] or citation.title,
        summary="\n\n".join(clean["summary"]),
        labels=clean["labels"],
        tags=tuple(part for text in clean["tags"] for part in _SEPARATOR.split(text)),
        author=one["author"],
        issuer=one["issuer"] or citation.issuer,
        published=published(one["date"]) or published(citation.date),
        download=_absolute(one["download"], base),
        raw={name: " | ".join(values) for name, values in said.items() if values},
    )


def _cleaned(values: tuple[str, ...], name: FieldName, rules: Rules) -> Iterator[str]:
    patterns = (*rules.clean.get(name, ()), *_ALWAYS.get(name, ()))
    return filter(None, (without(value, patterns) for value in values))


def _absolute(url: str, base: str) -> str:
    """Resolve a link; one that cannot be used is told of later, with its item."""
    try:
        return absolute(url, base) if url else ""
    except ValueError:
        return url
