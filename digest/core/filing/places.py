"""What an address says about its theme: who published there, and the words in its path."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from digest.core.filing.tokens import words

_MIRROR = re.compile(r"^(?:www\d?|m|amp|old)\.(?=[^.]+\.)")
_DIGITS = re.compile(r"\d+")
_WORD = re.compile(r"[^\W\d_]{3,}")
_FORMAL = frozenset({"html", "htm", "www", "php", "index"})
_DEEPEST = 5
_LABELS = 2


@dataclass(frozen=True, slots=True)
class Place:
    """An address, taken apart.

    Attributes:
        publishers: keys from coarse to fine: domain, host, host and first, and second part of
            the path, their digits masked. Each says more than the one before and is rarer.
        hints: what else the address tells.
    """

    publishers: tuple[str, ...] = ()
    hints: tuple[str, ...] = ()


def place(url: str) -> Place:
    """Take an address apart; of one that cannot be read nothing is told."""
    try:
        parts = urlsplit(url)
        host = _MIRROR.sub("", parts.hostname or "")
    except ValueError:
        return Place()
    if not host or parts.scheme not in {"http", "https"}:
        return Place()
    path = unquote(parts.path).lower()
    segments = [_DIGITS.sub("#", segment) for segment in path.split("/") if segment]
    return Place(_publishers(host, segments), tuple(_hints(host, path, parts.query, segments)))


def _publishers(host: str, segments: list[str]) -> tuple[str, ...]:
    labels = host.split(".")
    domain = (f"d:{'.'.join(labels[-_LABELS:])}",) if len(labels) > _LABELS else ()
    below = [f"h{depth}:{host}/{'/'.join(segments[:depth])}" for depth in (1, 2)]
    return (*domain, f"h:{host}", *below[: len(segments)])


def _hints(host: str, path: str, query: str, segments: list[str]) -> list[str]:
    spoken = _WORD.findall(f"{path} {unquote(query).lower()}")
    return [
        f"tld:{host.rpartition('.')[2]}",
        f"depth:{min(len(segments), _DEEPEST)}",
        *(f"seg:{segment}" for segment in segments[:-1]),
        *(f"u:{word}" for run in spoken if run not in _FORMAL for word in words(run)),
    ]
