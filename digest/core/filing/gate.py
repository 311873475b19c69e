"""When to file without asking: only as sure as it was right before.

How sure a model says it is means little; how often it was right when it said so means much.
The gate asks the last decisions of the editor for the lowest confidence above which the filer
was right often enough, by the lower bound of Wilson (1927).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

WINDOW = 500
"""Decisions that the threshold is read from."""
MEMORY = 1_000
"""Decisions that are kept: those it filed by itself steer how strict it is."""
_FEWEST = 40
_SUPPORT = 30
"""Decisions above a threshold that speak for it."""
_YOUNG, _GROWN = 1.64, 0.5
"""Standard errors of caution, before and after the window is full."""
_MARGIN = 0.005
_GAIN = 0.002
_SWAY = 0.03


@dataclass(frozen=True, slots=True)
class Decision:
    """What the filer believed, and what the editor then said.

    Attributes:
        confidence: the probability it gave to its first choice.
        right: the editor agreed.
        automatic: it would have filed, or did, without asking.
    """

    confidence: float
    right: bool
    automatic: bool = False


def threshold(decisions: Sequence[Decision], precision: float) -> float:
    """The confidence from which an item is filed without asking.

    Args:
        decisions: the newest last; those of one issue in any order.
        precision: the share of items filed by itself that must be right, between 0 and 1.

    Returns:
        Infinity while the decisions do not suffice to promise anything.
    """
    if len(decisions) < _FEWEST:
        return math.inf
    caution = _GROWN if len(decisions) >= WINDOW else _YOUNG
    demand = min(0.999, precision + _steer(decisions[-MEMORY:], precision))
    return _lowest(decisions[-WINDOW:], demand, caution)


def _lowest(decisions: Iterable[Decision], demand: float, caution: float) -> float:
    """Equals stand or fall together: a threshold lets all of them in."""
    lowest, count, right = math.inf, 0, 0
    surest_first = sorted(decisions, key=lambda decision: -decision.confidence)
    for confidence, equals in groupby(surest_first, key=lambda decision: decision.confidence):
        outcomes = [decision.right for decision in equals]
        count, right = count + len(outcomes), right + sum(outcomes)
        if count >= _SUPPORT and wilson(right, count, caution) >= demand:
            lowest = confidence
    return lowest


def _steer(decisions: Iterable[Decision], precision: float) -> float:
    """Stricter when too many that it filed by itself were wrong, laxer when too few."""
    filed = [decision.right for decision in decisions if decision.automatic]
    missing = (precision + _MARGIN) * len(filed) - sum(filed)
    return max(-_SWAY, min(_SWAY, _GAIN * missing))


def wilson(right: int, count: int, z: float) -> float:
    """The lower bound of a share, by so many standard errors."""
    share, square = right / count, z * z
    spread = z * math.sqrt(share * (1 - share) / count + square / (4 * count * count))
    return (share + square / (2 * count) - spread) / (1 + square / count)
