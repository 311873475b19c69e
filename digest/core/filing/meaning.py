"""A member, where there is a model of language: how near an item's meaning is to each theme's.

The other members know words; this one knows that *wages* and *salaries* are akin, so it helps
most where little was filed and texts are prose. The vectors come from outside
(:class:`Embedder`); what is kept are sums of whole numbers, as with every other member.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Iterator, Sequence
from operator import mul
from typing import Protocol

from digest.core.filing.columns import ColumnReader, ColumnWriter

_SHARPNESS = 1 / 0.08
"""Cosines lie close together; this spreads them into votes (measured, flat around it)."""

Vector = tuple[int, ...]
"""What a text means: whole numbers, so that sums are exact; only the direction tells."""


class Embedder(Protocol):
    """A model of language; the same text always has the same vector."""

    @property
    def name(self) -> str:
        """Which model and which version; vectors of different ones cannot be compared."""

    def vector(self, text: str) -> Vector:
        """What a text means; every text has a vector of the same length."""


class Meaning:
    """Sums of vectors by theme, compared by the cosine, apart from what all have in common."""

    def __init__(self, themes: int) -> None:
        self.sums: list[list[int]] = [[] for _ in range(themes)]
        self.filed = [0] * themes
        self._directions: list[list[float]] | None = None
        self._middle: list[float] = []

    def add(self, vector: Vector, theme: int, times: int = 1) -> None:
        """Add a vector to a theme; negative times take it away."""
        sums = self.sums[theme] or [0] * len(vector)
        self.sums[theme] = [one + times * part for one, part in zip(sums, vector, strict=True)]
        self.filed[theme] += times
        self._directions = None

    def write(self, out: ColumnWriter) -> None:
        """Write all sums: of each theme the number filed, then its vector."""
        for filed, sums in zip(self.filed, self.sums, strict=True):
            out.numbers(array("q", [filed, *sums]))

    def read(self, kept: ColumnReader, themes: Sequence[int]) -> None:
        """Take what was written in place of all sums."""
        for theme in themes:
            self.filed[theme], *self.sums[theme] = kept.numbers()
        self._directions = None

    def votes(self, vector: Vector) -> list[float]:
        """Score each theme; higher is nearer."""
        if self._directions is None:
            self._directions = self._aligned()
        shifted = [part - middle for part, middle in zip(vector, self._middle, strict=True)]
        scale = _SHARPNESS / (math.hypot(*shifted) or 1.0)
        return [scale * sum(map(mul, shifted, direction)) for direction in self._directions]

    def rows(self) -> Iterator[tuple[str, int, int]]:
        """Each place in the vector, theme and amount; the number filed as that of the empty one."""
        for theme, (sums, filed) in enumerate(zip(self.sums, self.filed, strict=True)):
            yield "", theme, filed
            yield from ((str(place), theme, amount) for place, amount in enumerate(sums))

    def _aligned(self) -> list[list[float]]:
        """Where each theme lies, seen from the middle of all, at a distance of one.

        A theme of which nothing is known lies in the middle.
        """
        filed = sum(self.filed)
        self._middle = [sum(parts) / filed for parts in zip(*filter(None, self.sums), strict=True)]
        return [
            _unit([part / count - middle for part, middle in zip(sums, self._middle, strict=True)])
            if count > 0
            else [0.0] * len(self._middle)
            for sums, count in zip(self.sums, self.filed, strict=True)
        ]


def _unit(parts: Sequence[float]) -> list[float]:
    length = math.hypot(*parts) or 1.0
    return [part / length for part in parts]
