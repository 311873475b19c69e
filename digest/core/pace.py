"""How far a sending is, how fast it goes, and how long it will take."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from digest.core.outbox import DeliveryState

_TO_GO = (DeliveryState.DUE, DeliveryState.CLAIMED, DeliveryState.AT_DOT)
_LONGEST = timedelta(days=999)


@dataclass(frozen=True, slots=True)
class Pace:
    """A sending at a moment.

    Attributes:
        counts: letters by state; they add up to the audience.
        rate: letters accepted a second, lately.
    """

    counts: Mapping[DeliveryState, int]
    rate: float = 0.0

    @property
    def audience(self) -> int:
        """How many letters there are in all."""
        return sum(self.counts.values())

    @property
    def to_go(self) -> int:
        """How many go as soon as they can; deferred ones wait for their time."""
        return sum(self.counts.get(state, 0) for state in _TO_GO)

    @property
    def time_left(self) -> timedelta | None:
        """For how long those take at this rate; ``None``: they do not go now, or there are none."""
        if not self.to_go or self.rate <= 0:
            return None
        return min(timedelta(seconds=round(self.to_go / self.rate)), _LONGEST)
