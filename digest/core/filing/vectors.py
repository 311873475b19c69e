"""Vectors of features: how rare each is, and unit-length weights."""

from __future__ import annotations

import math
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Self

from digest.core.filing.columns import ColumnReader, ColumnWriter

SCALE = 10_000
"""Amounts are whole numbers of this part of one: sums of them are exact in any order."""


@dataclass(frozen=True, slots=True)
class Bag:
    """Features and how often each occurs, in little memory: at most 255 times."""

    names: tuple[str, ...]
    counts: bytes

    @classmethod
    def of(cls, counted: Mapping[str, int]) -> Self:
        """Pack them."""
        try:
            return cls(tuple(counted), bytes(counted.values()))
        except ValueError:
            return cls(tuple(counted), bytes(min(count, 255) for count in counted.values()))


_DAMPED = (0.0, *(1 + math.log(count) for count in range(1, 256)))
"""How much it says that a feature occurs so often."""


class Vocabulary:
    """In how many learnt examples each feature occurred."""

    def __init__(self) -> None:
        self._seen: dict[str, int] = {}
        self._total = 0

    def add(self, bag: Iterable[str], sign: int = 1) -> None:
        """Count one example, or with -1 take it back."""
        seen = self._seen
        self._total += sign
        for feature in bag:
            if left := seen.get(feature, 0) + sign:
                seen[feature] = left
            else:
                del seen[feature]

    def seen(self, feature: str) -> int:
        """How many examples held it."""
        return self._seen.get(feature, 0)

    def rarity(self, bag: Iterable[str]) -> list[float]:
        """The inverse document frequency of each, at least 1, in natural logarithms."""
        seen, total, log = self._seen.get, self._total + 1, math.log
        return [log(total / (1 + seen(feature, 0))) + 1 for feature in bag]

    def vector(self, bag: Bag, rarity: Sequence[float] | None = None) -> dict[str, float]:
        """Unit-length weights: how often here, times how rare elsewhere.

        Args:
            bag: the features.
            rarity: theirs, where it is known already.
        """
        weights = _damped(bag.counts)
        rarity = rarity or self.rarity(bag.names)
        return _unit(bag.names, [a * b for a, b in zip(weights, rarity, strict=True)])

    def rows(self) -> Iterator[tuple[str, int]]:
        """Each feature with its count; the number of examples as that of the empty feature."""
        yield "", self._total
        yield from self._seen.items()

    def write(self, out: ColumnWriter) -> None:
        """Write all counts."""
        out.names(self._seen)
        out.numbers(array("q", [*self._seen.values(), self._total]))

    def read(self, kept: ColumnReader, _themes: Sequence[int]) -> None:
        """Take what was written in place of all counts."""
        names, counts = kept.names(), kept.numbers()
        self._total = counts.pop()
        self._seen = dict(zip(names, counts, strict=True))


def amounts(bag: Bag) -> dict[str, int]:
    """Weights of unit length in parts of ``SCALE``; they depend on the example alone.

    Since rarity, which changes with every filing, comes in only when an item is scored, what a
    filing added can be taken back to the last digit.
    """
    return {
        feature: round(weight * SCALE)
        for feature, weight in _unit(bag.names, _damped(bag.counts)).items()
    }


def _damped(counts: Iterable[int]) -> list[float]:
    return [_DAMPED[count] for count in counts]


def _unit(names: Iterable[str], weights: list[float]) -> dict[str, float]:
    length = math.hypot(*weights) or 1.0
    return {name: weight / length for name, weight in zip(names, weights, strict=True)}
