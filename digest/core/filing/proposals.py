"""Themes that an archive asks for, and words that themes lack: proposals for an editor to judge.

Groups found by a machine are not the headings that people choose (at best they agree in a third
of what chance leaves, measured on eight archives). So a proposal shows what it is made of, and
does nothing by itself.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from digest.core.filing.example import Example
from digest.core.filing.tokens import words

_FEWEST = 4
"""Items that make a theme worth a thought."""
_MOST = 8
"""Proposals at a time: more are not read."""
_WIDEST = 0.7
"""A word in more than this part of much that is unfiled tells nothing apart, where there is little
else to compare with."""
_ENOUGH = 20
_TERMS, _TITLES = 8, 4
_KEYNESS = 2.0
"""How much more frequent than elsewhere a word must be."""
_NEAR = 0.16
"""Cosine from which an item without the leading word belongs to a group."""
_SHORTEST = 3
_PLAIN = frozenset({
    "about", "after", "all", "also", "and", "any", "are", "back", "been", "before", "being", "best",
    "better", "but", "can", "could", "does", "each", "first", "for", "from", "get", "has", "have",
    "her", "here", "his", "how", "into", "its", "just", "last", "like", "made", "make", "many",
    "may", "more", "most", "much", "must", "new", "next", "not", "now", "off", "one", "only",
    "other", "our", "out", "over", "own", "part", "said", "see", "she", "should", "since", "some",
    "still", "such", "than", "that", "the", "their", "them", "then", "there", "these", "they",
    "this", "those", "three", "time", "too", "two", "under", "until", "use", "used", "using",
    "very", "was", "way", "ways", "well", "were", "what", "when", "where", "which", "while", "who",
    "why", "will", "with", "without", "would", "year", "years", "you", "your",
})  # fmt: skip
"""Words that tell no theme in English; other languages lose nothing by them."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A theme that might be worth having.

    Attributes:
        terms: what its items have in common, the most telling first; its keywords, to begin with.
        titles: of some of its items, the most typical first.
        count: how many items it would take from *other*.
    """

    terms: tuple[str, ...]
    titles: tuple[str, ...]
    count: int

    @property
    def slug(self) -> str:
        """A name for it: the two most telling terms, as far as a slug can hold them."""
        spelled = "-".join(self.terms[:2]).replace(" ", "-").lower()
        return "-".join(filter(None, "".join(map(_plain, spelled)).split("-"))) or "theme"

    @property
    def title(self) -> str:
        """The same for people."""
        return " & ".join(term.capitalize() for term in self.terms[:2])


def proposals(
    unfiled: Sequence[Example],
    filed: Sequence[Example],
    rejected: Iterable[Collection[str]] = (),
) -> list[Proposal]:
    """Group what no theme holds, the largest and most telling group first.

    Args:
        unfiled: what stands under *other*.
        filed: what stands under themes; words that are as frequent there tell nothing new.
        rejected: terms of proposals that editors refused; groups like them stay away.
    """
    items = [(example, _terms(example)) for example in unfiled]
    unwanted = [frozenset(terms) for terms in rejected]
    elsewhere = Counter(term for example in filed for term in _terms(example))
    found: list[Proposal] = []
    while len(found) < _MOST and (group := _group(items, elsewhere, len(filed))):
        terms, members = group
        inside = {id(example) for example, _ in members}
        items = [item for item in items if id(item[0]) not in inside]
        if not any(_alike(terms, refused) for refused in unwanted):
            titles = tuple(example.title for example, _ in members[:_TITLES])
            found.append(Proposal(terms, titles, len(members)))
    return found


def keywords(
    own: Sequence[Example], others: Sequence[Example], known: Collection[str]
) -> tuple[str, ...]:
    """Words that speak for a theme and that its configuration lacks, the most telling first.

    Args:
        own: what editors filed under it.
        others: what they filed elsewhere.
        known: its keywords, and whatever else need not be said again.
    """
    inside = Counter(term for example in own for term in _terms(example))
    outside = Counter(term for example in others for term in _terms(example))
    said = {word for phrase in known for word in words(phrase)}
    keys = _keyness(inside, len(own), outside, len(others))
    telling = (term for term in sorted(keys, key=keys.__getitem__, reverse=True))
    return tuple(_apart(t for t in telling if not set(t.split()) & said))[:_TERMS]


_Item = tuple[Example, frozenset[str]]


def _group(
    items: Sequence[_Item], elsewhere: Mapping[str, int], total: int
) -> tuple[tuple[str, ...], list[_Item]] | None:
    """The items around the most telling word, and what they have in common."""
    counts = Counter(term for _, terms in items for term in terms)
    widest = _WIDEST if total < _ENOUGH <= len(items) else 1.0
    keys = _keyness(counts, len(items), elsewhere, total, widest)
    if not keys:
        return None
    lead = max(keys, key=lambda term: (keys[term], term))
    core = [terms for _, terms in items if lead in terms]
    weights = _weights(core, counts, len(items))
    near = {id(example): _cosine(terms, weights, counts, len(items)) for example, terms in items}
    members = [item for item in items if lead in item[1] or near[id(item[0])] >= _NEAR]
    members.sort(key=lambda item: -near[id(item[0])])
    inside = Counter(term for _, terms in members for term in terms)
    rest = Counter(elsewhere)
    rest.update(counts)
    rest.subtract(inside)
    common = _keyness(inside, len(members), rest, total + len(items) - len(members))
    common[lead] = math.inf
    ordered = sorted(common, key=lambda term: (-common[term], term))
    return tuple(_apart(ordered))[:_TERMS], members


def _keyness(
    inside: Mapping[str, int],
    items: int,
    outside: Mapping[str, int],
    others: int,
    widest: float = 1.0,
) -> dict[str, float]:
    """How telling each word is that is frequent here and rare elsewhere."""
    found = {}
    for term, count in inside.items():
        if _FEWEST <= count <= max(_FEWEST, widest * items):
            ratio = (count / items) / ((outside.get(term, 0) + 0.5) / (others + 1))
            if ratio >= _KEYNESS or not others:
                longer = 1 + 0.2 * term.count(" ")
                found[term] = count * math.log(max(ratio, _KEYNESS)) * longer
    return found


def _weights(
    core: Sequence[frozenset[str]], counts: Mapping[str, int], items: int
) -> dict[str, float]:
    frequent = Counter(term for terms in core for term in terms)
    return {term: n / len(core) * _rarity(counts[term], items) for term, n in frequent.items()}


def _cosine(
    terms: frozenset[str], weights: Mapping[str, float], counts: Mapping[str, int], items: int
) -> float:
    own = {term: _rarity(counts[term], items) for term in terms}
    length = math.hypot(*own.values()) * math.hypot(*weights.values())
    return sum(value * weights.get(term, 0.0) for term, value in own.items()) / (length or 1.0)


def _rarity(count: int, items: int) -> float:
    return math.log((items + 1) / count) if count else 0.0


def _alike(terms: Collection[str], refused: Collection[str]) -> bool:
    """Half of the fewer terms are the same."""
    shared = len(set(terms) & set(refused))
    return 2 * shared >= min(len(terms), len(refused))


def _apart(terms: Iterable[str]) -> Iterator[str]:
    """Of a pair of words and the words in it only what comes first."""
    said: set[str] = set()
    for term in terms:
        if not said & set(term.split()):
            yield term
            said.update(term.split())


def _terms(example: Example) -> frozenset[str]:
    """The words of title and summary that may tell a theme, and pairs of such."""
    found: set[str] = set()
    for text in (example.title, example.summary):
        last = ""
        for word in words(text):
            telling = _tells(word)
            if telling:
                found.add(word)
                if last:
                    found.add(f"{last} {word}")
            last = word if telling else ""
    return frozenset(found)


def _tells(word: str) -> bool:
    long = len(word) >= _SHORTEST or not word.isascii()
    return long and any(map(str.isalpha, word)) and word not in _PLAIN


def _plain(character: str) -> str:
    return character if character.isascii() and character.isalnum() else "-"
