"""A member: one-vs-rest logistic regression, learnt one example at a time (AdaGrad).

The strongest member once some hundreds are filed. Its weights are no sums: they depend on the
order of learning, and a correction is learnt like any other example, not taken back.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from operator import mul
from typing import TypeAlias

from digest.core.filing.columns import ColumnReader, ColumnWriter

_RATE = 0.5
_SCALE = 3.0
_BIAS = -1.5
_BIAS_RATE = 0.3
_FIRST_ENERGY = 0.05
_GOOD_ENOUGH = 0.04
"""A theme whose probability is this near the truth learns nothing: most do not."""
_STEEP = 30.0

Row: TypeAlias = "array[float]"
"""By theme, side by side in memory: most of the time of learning is spent reading these."""


class Logistic:
    """Weights by feature and theme, each with the energy of its changes."""

    def __init__(self, themes: int) -> None:
        self.weights: dict[str, Row] = {}
        self.energies: dict[str, Row] = {}
        self.biases = array("d", [_BIAS]) * themes
        self.bias_energies = array("d", [1.0]) * themes

    def votes(self, vector: Mapping[str, float]) -> list[float]:
        """The log-odds of each theme."""
        known = [(row, w) for name, w in vector.items() if (row := self.weights.get(name))]
        if not known:
            return list(self.biases)
        strengths = [weight * _SCALE for _, weight in known]
        columns = zip(*(row for row, _ in known), strict=True)
        return [
            bias + sum(map(mul, strengths, column))
            for bias, column in zip(self.biases, columns, strict=True)
        ]

    def learn(self, vector: Mapping[str, float], theme: int) -> None:
        """Take one step towards the truth."""
        errors = [
            (other, error)
            for other, odds in enumerate(self.votes(vector))
            if abs(error := _probability(odds) - (other == theme)) > _GOOD_ENOUGH
        ]
        if not errors:
            return
        for feature, weight in vector.items():
            weights = self.weights.get(feature) or self._new(feature)
            _step(weights, self.energies[feature], weight * _SCALE, errors)
        for other, error in errors:
            self.bias_energies[other] += error * error
            rate = _RATE * _BIAS_RATE / math.sqrt(self.bias_energies[other])
            self.biases[other] -= rate * error

    def pull(self, feature: str, weight: float, theme: int) -> float:
        """What a feature of that weight adds to the vote for a theme."""
        row = self.weights.get(feature)
        return weight * _SCALE * row[theme] if row else 0.0

    def forget(self, rare: Callable[[str], bool]) -> None:
        """Drop features that are not worth their memory."""
        for feature in [feature for feature in self.weights if rare(feature)]:
            del self.weights[feature]
            del self.energies[feature]

    def write(self, out: ColumnWriter) -> None:
        """Write all weights."""
        out.names(self.weights)
        out.numbers(_joined([*self.weights.values(), self.biases]))
        out.numbers(_joined([*(self.energies[name] for name in self.weights), self.bias_energies]))

    def read(self, kept: ColumnReader, themes: Sequence[int]) -> None:
        """Take what was written in place of all weights."""
        names = list(kept.names())
        *weights, self.biases = _parted(kept.numbers(), themes)
        *energies, self.bias_energies = _parted(kept.numbers(), themes)
        self.weights = dict(zip(names, weights, strict=True))
        self.energies = dict(zip(names, energies, strict=True))

    def _new(self, feature: str) -> Row:
        themes = len(self.biases)
        self.energies[feature] = array("d", [_FIRST_ENERGY]) * themes
        self.weights[feature] = array("d", [0.0]) * themes
        return self.weights[feature]


def _step(weights: Row, energies: Row, strength: float, errors: list[tuple[int, float]]) -> None:
    root = math.sqrt
    for theme, error in errors:
        slope = error * strength
        energies[theme] = energy = energies[theme] + slope * slope
        weights[theme] -= _RATE * slope / root(energy)


def _joined(rows: Iterable[Row]) -> Row:
    joined = array("d")
    for row in rows:
        joined.extend(row)
    return joined


def _parted(joined: Row, themes: Sequence[int]) -> Iterator[Row]:
    """The rows again, the themes in today's order."""
    width = len(themes)
    rows = (joined[start : start + width] for start in range(0, len(joined), width))
    if list(themes) == list(range(width)):
        return rows
    order = [themes.index(theme) for theme in range(width)]
    return (array("d", map(row.__getitem__, order)) for row in rows)


def _probability(odds: float) -> float:
    return 1 / (1 + math.exp(-max(-_STEEP, min(_STEEP, odds))))
