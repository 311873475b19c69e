"""Vectors of features: how rare each is, and unit-length weights."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Self

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
        most = 255
        return cls(tuple(counted), bytes(min(count, most) for count in counted.values()))


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

    def vector(self, bag: Bag) -> dict[str, float]:
        """Unit-length weights: how often here, times how rare elsewhere."""
        weights = _damped(bag.counts)
        rarity = self.rarity(bag.names)
        return _unit(bag.names, [a * b for a, b in zip(weights, rarity, strict=True)])

    def rows(self) -> Iterator[tuple[str, int]]:
        """Each feature with its count; the number of examples as that of the empty feature."""
        yield "", self._total
        yield from self._seen.items()

    def restore(self, feature: str, count: int) -> None:
        """Put a row back."""
        if feature:
            self._seen[feature] = self._seen.get(feature, 0) + count
        else:
            self._total += count


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
    return [1 + math.log(count) if count > 1 else 1.0 for count in counts]


def _unit(names: Iterable[str], weights: list[float]) -> dict[str, float]:
    length = math.hypot(*weights) or 1.0
    return {name: weight / length for name, weight in zip(names, weights, strict=True)}
