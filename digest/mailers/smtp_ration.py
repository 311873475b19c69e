"""How many letters a server may still get, where that is limited."""

from __future__ import annotations

import math
from collections.abc import Callable

from digest.ports import Permits

_PORTION = 0.25
"""Seconds' worth of letters that are asked for at once: few are left over when a run ends."""
_PAUSE = 0.1
"""Seconds before it is asked again when it gave nothing."""


class Ration:
    """The permits of one server in one run."""

    def __init__(
        self, name: str, rate: float, permits: Permits, clock: Callable[[], float]
    ) -> None:
        """Begin with none.

        Args:
            name: of the server, the same for all senders.
            rate: letters a second; 0: no limit.
            permits: gives them.
            clock: seconds that only grow.
        """
        self._name = name
        self._is_limited = rate > 0
        self._portion = max(1, math.ceil(rate * _PORTION))
        self._permits = permits
        self._clock = clock
        self._left = 0
        self._ask_from = 0.0

    @property
    def is_open(self) -> bool:
        """One more letter may be begun."""
        if not self._is_limited or self._left:
            return True
        if (now := self._clock()) < self._ask_from:
            return False
        self._left = self._permits(self._name, self._portion)
        if not self._left:
            self._ask_from = now + _PAUSE
        return self._left > 0

    def spend(self) -> None:
        """Count a letter that is begun."""
        self._left = max(0, self._left - 1)
