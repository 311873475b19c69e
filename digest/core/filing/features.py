"""The features of an example: what the members of the filer count."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from digest.core.filing.example import Example
from digest.core.filing.meaning import Embedder, Vector
from digest.core.filing.places import place
from digest.core.filing.tokens import humps, pieces, words
from digest.core.filing.vectors import Bag
from digest.core.newsletter import Theme

_TITLE_WEIGHT = 2
"""A word in the title counts as two in the summary."""


@dataclass(frozen=True, slots=True)
class Features:
    """What an example shows.

    Attributes:
        words: words, neighbouring pairs (``a_b``), parts of the address, tags: each with a prefix
            of its kind, but plain words.
        pieces: four-letter pieces of words.
        publishers: keys of the place it was published, coarse to fine.
        meaning: what a model of language makes of it; empty without one.
    """

    words: Bag
    pieces: Bag
    publishers: tuple[str, ...] = ()
    meaning: Vector = ()


def features(example: Example, embedder: Embedder | None = None) -> Features:
    """Take an example apart; the same example always gives the same features."""
    where = place(example.url)
    told = _told(example.title, example.summary)
    told.update(where.publishers)
    told.update(where.hints)
    told.update(_named("tag", example.tags))
    told.update(_named("by", (example.issuer,)))
    told.update(_named("source", example.sources))
    meaning = embedder.vector(f"{example.title}. {example.summary}") if embedder else ()
    parts = _pieces(example.title, example.summary)
    return Features(Bag.of(told), parts, where.publishers, meaning)


def seed(theme: Theme, embedder: Embedder | None = None) -> Features:
    """What the configuration says of a theme, as if it were an example."""
    text = ", ".join(filter(None, (theme.description, *theme.keywords)))
    told = _told(theme.title, text)
    told.update(_named("tag", theme.tags))
    meaning = embedder.vector(f"{theme.title}. {text}") if embedder else ()
    return Features(Bag.of(told), _pieces(theme.title, text), meaning=meaning)


def _told(title: str, summary: str) -> Counter[str]:
    heading, body = words(title), words(summary)
    told = Counter(heading * _TITLE_WEIGHT)
    told.update(body)
    for text in (heading, body):
        told.update([f"{one}_{two}" for one, two in pairwise(text)])
    told.update(humps(title))
    return told


def _pieces(title: str, summary: str) -> Bag:
    found = Counter(pieces(title) * _TITLE_WEIGHT)
    found.update(pieces(summary))
    return Bag.of(found)


def _named(kind: str, names: Iterable[str]) -> list[str]:
    return [f"{kind}:{' '.join(name.casefold().split())}" for name in names if name.strip()]
