"""A member: how near an item is to the middle of what was filed under each theme.

The theme's own description and keywords are part of that middle from the first day, so it files
before anything is learnt, and keeps the others sane while they know little.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from digest.core.filing.columns import ColumnReader, ColumnWriter
from digest.core.filing.tally import Tally

_SHARPNESS = 1 / 0.06
"""Cosines lie close together; this spreads them into votes (measured, flat around it)."""


class Centroid:
    """Sums of vectors by theme, compared by the cosine."""

    def __init__(self, themes: int) -> None:
        self.tally = Tally()
        self._squares = [0] * themes

    def add(self, amounts: Mapping[str, int], theme: int, times: int = 1) -> None:
        """Add a vector to a theme; negative times take it away."""
        square = self._squares[theme]
        for feature, amount in amounts.items():
            change = amount * times
            square += change * (2 * self.tally.add(feature, theme, change) + change)
        self._squares[theme] = square

    def write(self, out: ColumnWriter) -> None:
        """Write all sums."""
        self.tally.write(out)

    def read(self, kept: ColumnReader, themes: Sequence[int]) -> None:
        """Take what was written in place of all sums."""
        self.tally.read(kept, themes)
        self._squares = [0] * len(self._squares)
        for _, theme, amount in self.tally.rows():
            self._squares[theme] += amount * amount

    def votes(self, vector: Mapping[str, float], rarity: Sequence[float]) -> list[float]:
        """Score each theme; higher is nearer."""
        dots = [0.0] * len(self._squares)
        length = 0.0
        for (feature, weight), rare in zip(vector.items(), rarity, strict=True):
            telling = weight * rare
            length += telling * telling
            for theme, amount in self.tally.row(feature).items():
                dots[theme] += telling * amount
        scale = _SHARPNESS / (math.sqrt(length) or 1.0)
        return [
            dot * scale / math.sqrt(square) if square > 0 else 0.0
            for dot, square in zip(dots, self._squares, strict=True)
        ]

    def pull(self, feature: str, telling: float, theme: int) -> float:
        """What a feature of that weight adds to the vote for a theme."""
        square = self._squares[theme]
        amount = self.tally.row(feature).get(theme, 0)
        return telling * amount * _SHARPNESS / math.sqrt(square) if square > 0 else 0.0
