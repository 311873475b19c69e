"""Titles so alike that two resources are perhaps the same: a hint for editors, never a merge.

The address tells what is the same (:func:`digest.core.address.canonical`). What one publisher
shows at two addresses, or a mirror shows again, only its title betrays; and a title may lie: parts
of a series differ by a number or one word. So nothing is merged by it. Measured on titles of the
same and of different links: see ``benchmarks/title_likeness.py``.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from digest.core.filing.tokens import words

ALIKE = 0.92
"""Titles at least this much alike are worth an editor's look."""
_MOST = 2
"""A title that resembles more others than this is the title of a series or of a column."""
_FEWEST = 2
"""One word alone is too little to go by (*Introduction*, *Editorial*)."""
_FEWEST_LEFT = 3
_WORD = re.compile(r"\w+")
_NUMBER = re.compile(r"\d+")
_NAME = re.compile(r"^[^:|]{2,40}: +| +[|\u2013\u2014-] +[^|\u2013\u2014]{2,40}$| +\([^()]*\)$")
"""Who wrote it, or where: before a colon, or behind a stroke or in brackets at the end."""


@dataclass(frozen=True, slots=True)
class Likeness:
    """Two titles that are much alike.

    Attributes:
        one: its place among the titles; the earlier of the two.
        other: the place of the later one.
        share: how much they have in common, up to 1.
    """

    one: int
    other: int
    share: float


@dataclass(frozen=True, slots=True)
class _Title:
    """A title, read.

    Attributes:
        text: what is compared: its words sorted, without case and punctuation.
        bare: the same without the name of an author or a site; empty when there is none.
        words: what it is found by; of text without spaces pairs of characters.
        numbers: all that are in it.
    """

    text: str
    bare: str
    words: frozenset[str]
    numbers: tuple[str, ...]


def alike(titles: Sequence[str], least: float = ALIKE) -> list[Likeness]:
    """The pairs that may be the same, the most alike first.

    Args:
        titles: of resources with different addresses; some hundreds of a draft take a moment.
        least: how much they must have in common.
    """
    read = [_read(title) for title in titles]
    pairs = [
        Likeness(one, other, share)
        for one, other in _worth_comparing(read)
        if (share := _share(read[one], read[other], least)) >= least
    ]
    partners = Counter(place for pair in pairs for place in (pair.one, pair.other))
    lone = [p for p in pairs if max(partners[p.one], partners[p.other]) <= _MOST]
    return sorted(lone, key=lambda pair: (-pair.share, pair.one, pair.other))


def likeness(one: str, other: str) -> float:
    """How much two titles have in common, between 0 and 1, whatever the order of their words.

    One of them may name its author or site where the other does not. 0 when their numbers differ
    or one is too short to tell.
    """
    return _share(_read(one), _read(other), 0.0)


def _read(title: str) -> _Title:
    text, bare = _sorted(title), _NAME.sub("", title, count=1)
    named = bare != title and len(words(bare)) >= _FEWEST_LEFT
    numbers = tuple(sorted(_NUMBER.findall(text)))
    return _Title(text, _sorted(bare) if named else "", frozenset(words(title)), numbers)


def _sorted(title: str) -> str:
    return " ".join(sorted(_WORD.findall(unicodedata.normalize("NFKC", title).casefold())))


def _worth_comparing(titles: Sequence[_Title]) -> Iterator[tuple[int, int]]:
    """Pairs with the same numbers that share one of their rarer words.

    Titles that are alike have most words in common, so it does to look at the rarest of each:
    common words bring together what has nothing else in common.
    """
    spread = Counter(word for title in titles for word in title.words)
    homes: dict[tuple[str, tuple[str, ...]], list[int]] = {}
    for place, title in enumerate(titles):
        rarest = sorted(title.words, key=lambda word: (spread[word], word))
        met = set[int]()
        for word in rarest[: len(rarest) * 3 // 4 + 1]:
            home = homes.setdefault((word, title.numbers), [])
            met.update(home)
            home.append(place)
        yield from ((earlier, place) for earlier in sorted(met))


def _share(one: _Title, other: _Title, least: float) -> float:
    if one.numbers != other.numbers or min(len(one.words), len(other.words)) < _FEWEST:
        return 0.0
    forms = ((one.text, other.text), (one.bare, other.text), (one.text, other.bare))
    return max(_common_share(*form, least) for form in forms)


def _common_share(one: str, other: str, least: float) -> float:
    """Twice what they have in common by their lengths together (the indel ratio)."""
    together = len(one) + len(other)
    if not (one and other) or 2 * min(len(one), len(other)) < least * together:
        return 0.0
    return 2 * _common(one, other) / together


def _common(one: str, other: str) -> int:
    """The length of the longest common subsequence, by bits (Hyyrö, 2004)."""
    places: dict[str, int] = {}
    for place, character in enumerate(one):
        places[character] = places.get(character, 0) | 1 << place
    full = (1 << len(one)) - 1
    unmatched = full
    for character in other:
        found = unmatched & places.get(character, 0)
        unmatched = ((unmatched + found) | (unmatched - found)) & full
    return (full & ~unmatched).bit_count()
