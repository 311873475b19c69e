"""A member: complement naive Bayes (Rennie and others, 2003) on pieces of words.

It asks which theme an item would be *least* surprising outside of, which serves small themes
beside large ones; pieces let it know words by their kin.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from digest.core.filing.columns import ColumnReader, ColumnWriter
from digest.core.filing.tally import Tally
from digest.core.filing.vectors import SCALE

_SMOOTH = 0.3 * SCALE
_SHARPNESS = 1 / 0.35
_NOWHERE = 1.0


class ComplementBayes:
    """Sums of vectors by theme and over all."""

    def __init__(self, themes: int) -> None:
        self.tally = Tally()
        self._sums = [0] * themes
        self._all = 0

    def add(self, amounts: Mapping[str, int], theme: int, times: int = 1) -> None:
        """Add a vector to a theme; negative times take it away."""
        total = 0
        for feature, amount in amounts.items():
            self.tally.add(feature, theme, amount * times)
            total += amount * times
        self._sums[theme] += total
        self._all += total

    def write(self, out: ColumnWriter) -> None:
        """Write all sums."""
        self.tally.write(out)

    def read(self, kept: ColumnReader, themes: Sequence[int]) -> None:
        """Take what was written in place of all sums."""
        self.tally.read(kept, themes)
        self._sums = [0] * len(self._sums)
        for _, theme, amount in self.tally.rows():
            self._sums[theme] += amount
        self._all = sum(self._sums)

    def share(self, theme: int) -> float:
        """The part of all that was filed which a theme has."""
        return self._sums[theme] / self._all if self._all else 0.0

    def votes(self, vector: Mapping[str, float]) -> list[float]:
        """Score each theme.

        A feature that no theme but one holds cancels out of all others' sums, so the work is
        that of the themes it occurs under.
        """
        log, scores, mass = math.log, [0.0] * len(self._sums), 0.0
        for feature, weight in vector.items():
            if row := self.tally.row(feature):
                mass += weight
                total = sum(row.values()) + _SMOOTH
                everywhere = log(total)
                for theme, amount in row.items():
                    scores[theme] += weight * (everywhere - log(total - amount))
        spread = self._all + _SMOOTH * (len(self.tally) + _NOWHERE)
        return [
            (score + mass * log(spread - own)) * _SHARPNESS
            for score, own in zip(scores, self._sums, strict=True)
        ]
