"""How far each member is trusted, learnt from every decision of this newsletter's editor."""

from __future__ import annotations

import math
from collections.abc import Sequence
from enum import IntEnum

_RATE = 0.1
_FADE_IN = 12
"""Filings until the members that must learn speak with their full voice."""


class Member(IntEnum):
    """Who votes; the first one knows the configuration."""

    CENTROID = 0
    PIECES = 1
    LOGISTIC = 2
    HISTORY = 3
    MEANING = 4
    """Only where there is a model of language."""


Votes = tuple[tuple[float, ...], ...]
"""The natural logarithm of what each member believes, by member and theme."""

_FIRST = (1.0, 0.2, 0.2, 0.2, 0.2)


class Mixture:
    """A weighted geometric mean of the members' beliefs (a product of experts)."""

    def __init__(self, members: int = len(Member)) -> None:
        self.trusts = list(_FIRST[:members])
        self.energies = [1.0] * members

    def strengths(self, learnt: int) -> list[float]:
        """What a vote of each member weighs after so many filings."""
        fade = min(1.0, (learnt + 1) / _FADE_IN)
        return [self.trusts[0], *(trust * fade for trust in self.trusts[1:])]

    def blend(self, votes: Votes, learnt: int) -> list[float]:
        """The probability of each theme."""
        strengths = self.strengths(learnt)
        sums = [
            sum(s * v for s, v in zip(strengths, theme, strict=True))
            for theme in zip(*votes, strict=True)
        ]
        return [math.exp(belief) for belief in normalised(sums)]

    def learn(self, votes: Votes, theme: int, learnt: int) -> None:
        """Trust those more who said so (a step of AdaGrad on the logarithmic loss)."""
        errors = self.blend(votes, learnt)
        errors[theme] -= 1.0
        for member, vote in enumerate(votes):
            slope = sum(belief * error for belief, error in zip(vote, errors, strict=True))
            self.energies[member] += slope * slope
            step = _RATE * slope / math.sqrt(self.energies[member])
            self.trusts[member] = max(0.0, self.trusts[member] - step)


def normalised(scores: Sequence[float]) -> tuple[float, ...]:
    """Scores as logarithms of probabilities that add up to one."""
    top = max(scores)
    total = top + math.log(sum(math.exp(score - top) for score in scores))
    return tuple(score - total for score in scores)
