"""Whether feed readers can read what would be published."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime
from email.utils import parsedate_to_datetime

from lxml import etree

from digest.core.artifact import Artifact
from digest.core.checks.finding import Check, Finding
from digest.core.checks.proof import Proof

_ATOM = "{http://www.w3.org/2005/Atom}"
_FIX = "this is a fault of the feed template or the program"


def _find(proof: Proof) -> Iterator[Finding]:
    for feed in proof.feeds:
        for what in _faults(feed):
            yield Finding(what, feed.path, _FIX)


def _faults(feed: Artifact) -> Iterator[str]:
    try:
        found = _json(feed.body) if "json" in feed.media_type else _xml(feed.body)
    except (ValueError, etree.XMLSyntaxError) as error:
        yield f"it is not well-formed: {error}"
        return
    ids, dates = zip(*found, strict=True) if found else ((), ())
    twice = [name for name, times in Counter(ids).items() if times > 1 and name]
    if twice:
        yield f"two entries have the id {twice[0]}"
    if not all(ids):
        yield "an entry has no id"
    yield from _wrong(dates)


def _wrong(dates: Iterable[str]) -> Iterator[str]:
    for date in dates:
        if not _is_date(date):
            yield f"an entry has no date that can be read: {date or '(none)'}"
            return


def _json(body: bytes) -> list[tuple[str, str]]:
    items = json.loads(body).get("items", ())
    return [(str(item.get("id", "")), str(item.get("date_published", ""))) for item in items]


def _xml(body: bytes) -> list[tuple[str, str]]:
    """Id and date of each entry of an Atom or RSS document."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True)
    root = etree.fromstring(body, parser)
    if root.tag == f"{_ATOM}feed":
        names = f"{_ATOM}id", f"{_ATOM}updated"
        return [_both(entry, *names) for entry in root.iter(f"{_ATOM}entry")]
    return [_both(item, "guid", "pubDate") for item in root.iter("item")]


def _both(entry: etree._Element, name: str, date: str) -> tuple[str, str]:
    return entry.findtext(name, "").strip(), entry.findtext(date, "").strip()


def _is_date(text: str) -> bool:
    for read in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            return read(text).tzinfo is not None
        except (ValueError, TypeError):
            continue
    return False


CHECK = Check(
    "feeds",
    "Feeds",
    "A feed that is not well-formed is shown by no feed reader, and nobody is told.",
    _find,
)
