"""What a source says about one thing, before and after it is made presentable."""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from digest.collectors.sanitising import content, heading
from digest.core.address import absolute, canonical
from digest.core.hygiene import cut, first_sentence, line, prose
from digest.core.published import Published, plausible
from digest.core.source import Reject, Sighting

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

_TITLE, _SUMMARY, _TERM, _KEY, _TERMS, _RAW = 500, 5_000, 100, 500, 30, 10_000

# NUL is the one escape that PostgreSQL's JSON refuses; behind an even number of backslashes only.
_NUL = re.compile(r"(?<!\\)((?:\\\\)*)\\u0000")
_TWICE = "the source shows it more than once; the first one was kept"


@dataclass(frozen=True, slots=True)
class Item:
    """One thing as the source says it: nothing is clean or checked yet.

    Attributes:
        key: the source's own identity for it; empty when it gives none.
        url: perhaps relative.
        summary: plain text.
        content: HTML.
        raw: the source's own fields, or their text as it stood there.
        where: its place in the source, such as ``table.csv:12``, for who has to mend it.
    """

    key: str = ""
    url: str = ""
    title: str = ""
    summary: str = ""
    content: str = ""
    labels: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    author: str = ""
    issuer: str = ""
    published: Published | None = None
    download: str = ""
    language: str = ""
    raw: Mapping[str, object] | str = field(default_factory=dict)
    where: str = ""


def gather(
    items: Iterable[Item], source: str, now: datetime, base: str = ""
) -> tuple[tuple[Sighting, ...], tuple[Reject, ...]]:
    """Make a sighting of each item, or a reject with the reason.

    The identity of an item within its source is, in this order: the source's own key where no
    other item of the same fetch has it, the canonical address, title and source.

    Args:
        items: in the order of the source.
        source: its name.
        now: when this was seen.
        base: address that relative links start from.
    """
    found = list(items)
    keys = Counter(item.key for item in found)
    sightings: dict[str, Sighting] = {}
    rejects = []
    for item in found:
        unique = item.key if keys[item.key] == 1 else ""
        try:
            sighting = _sighting(item, unique, source, now, base)
        except ValueError as error:
            rejects.append(_refused(item, source, str(error)))
            continue
        if sightings.setdefault(sighting.key, sighting) is not sighting:
            rejects.append(_refused(item, source, _TWICE))
    return tuple(sightings.values()), tuple(rejects)


def reject(source: str, key: str, reason: str, raw: Mapping[str, object] | str = "") -> Reject:
    """Say why an item could not be used."""
    return Reject(source, _short(line(key)), line(reason), _json(raw))


def _refused(item: Item, source: str, reason: str) -> Reject:
    where = f"{item.where}: " if item.where else ""
    return reject(
        source, item.where or item.key or item.url or item.title, where + reason, item.raw
    )


def _sighting(item: Item, key: str, source: str, now: datetime, base: str) -> Sighting:
    url = absolute(item.url, base)
    summary = cut(prose(item.summary), _SUMMARY)
    title = cut(heading(item.title), _TITLE) or first_sentence(summary, 100)
    if not title:
        raise ValueError("it has no title and no text")
    return Sighting(
        source=source,
        key=_short(line(key) or canonical(url)),
        url=url,
        title=title,
        seen_at=now,
        summary=summary,
        content=content(item.content, url),
        labels=_terms(item.labels),
        tags=_terms(item.tags),
        author=cut(heading(item.author), _TERM * 2),
        issuer=cut(heading(item.issuer), _TERM * 2),
        published=plausible(item.published, now),
        download=_optional(item.download, url),
        language=line(item.language)[:35],
        raw=_json(item.raw),
    )


def _terms(terms: Iterable[str]) -> tuple[str, ...]:
    clean = dict.fromkeys(cut(heading(term), _TERM) for term in terms)
    return tuple(filter(None, clean))[:_TERMS]


def _optional(url: str, base: str) -> str:
    try:
        return absolute(url, base)
    except ValueError:
        return ""


def _short(key: str) -> str:
    return key if len(key) <= _KEY else hashlib.blake2b(key.encode(), digest_size=16).hexdigest()


def _json(raw: Mapping[str, object] | str) -> str:
    """Word for word, but not endlessly: a value longer than 10,000 characters is cut."""
    if isinstance(raw, str):
        raw = {"text": raw}
    small = {
        str(name): value[:_RAW] if isinstance(value, str) else value for name, value in raw.items()
    }
    text = json.dumps(small, default=str, ensure_ascii=False).encode("utf-8", "replace").decode()
    text = _NUL.sub(r"\1", text)
    return text if len(text) <= 5 * _RAW else json.dumps({"text": text[:_RAW]})
