"""What became of an edition's audience: a sum in which every letter stands once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from digest.core.outbox import DeliveryState
from digest.core.reach import Reach

_LINES: Mapping[str, tuple[DeliveryState, ...]] = {
    "accepted": (DeliveryState.ACCEPTED,),
    "refused": (DeliveryState.REFUSED,),
    "deferred": (DeliveryState.DEFERRED,),
    "in doubt": (DeliveryState.IN_DOUBT, DeliveryState.AT_DOT),
    "cancelled": (DeliveryState.CANCELLED,),
    "held": (DeliveryState.HELD,),
    "still to go": (DeliveryState.DUE, DeliveryState.CLAIMED),
}


@dataclass(frozen=True, slots=True)
class Balance:
    """The ledger of an edition, added up.

    Attributes:
        counts: letters by state.
        reach: the audience as it was frozen; ``None`` for editions older than the counting.
    """

    counts: Mapping[DeliveryState, int]
    reach: Reach | None = None

    @property
    def audience(self) -> int:
        """How many letters there were to be."""
        return self.reach.readers if self.reach else sum(self.counts.values())

    @property
    def lines(self) -> tuple[tuple[str, int], ...]:
        """What the audience is the sum of."""
        return tuple(
            (name, sum(self.counts.get(state, 0) for state in states))
            for name, states in _LINES.items()
        )

    @property
    def adds_up(self) -> bool:
        """Every letter of the audience is in exactly one line."""
        return self.audience == sum(letters for _, letters in self.lines)
