"""No more letters a second than agreed, as a whole and per recipient domain."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Mapping
from itertools import count

from digest.core.letter import Letter

_MOST_HELD = 100
"""Letters of slow domains that wait while others overtake them; they are in memory."""

_CATCH_UP = 0.1
"""Seconds of unused rate that may be used later, so that a late wake-up costs nothing."""


class Gate:
    """Lets one through every so often."""

    def __init__(self, rate: float) -> None:
        """Take the rate: letters a second; 0: no limit."""
        self._interval = 1 / rate if rate > 0 else 0.0
        self.opens = 0.0

    def reserve(self, now: float) -> float:
        """Take the next place; answers with the moment it may be used."""
        at = max(self.opens, now - _CATCH_UP) if self._interval else now
        self.opens = at + self._interval
        return at


class Unpaced:
    """Letters as they come; costs nothing where no rate is set."""

    def __init__(self, letters: Iterable[Letter]) -> None:
        """Take the letters."""
        self._rest = iter(letters)
        self._exhausted = False

    def take(self, now: float) -> Letter | None:  # noqa: ARG002 - as the other
        """Give the next letter."""
        letter = next(self._rest, None)
        self._exhausted = letter is None
        return letter

    def wait(self, now: float) -> float | None:  # noqa: ARG002 - as the other
        """Give 0, or ``None`` after the last letter."""
        return None if self._exhausted else 0.0


class Pacing:
    """Letters in an order and at moments that keep the rates; moments are seconds of one clock."""

    def __init__(
        self, letters: Iterable[Letter], rate: float, domain_rates: Mapping[str, float]
    ) -> None:
        """Take the letters, and the letters a second: of all, and by recipient domain."""
        self._rest = iter(letters)
        self._all = Gate(rate)
        self._domains = {domain.lower(): Gate(limit) for domain, limit in domain_rates.items()}
        self._held: list[tuple[float, int, Letter]] = []
        self._order = count()
        self._exhausted = False

    def take(self, now: float) -> Letter | None:
        """Give a letter that may go now."""
        if self._all.opens > now:
            return None
        if letter := self._ripe(now):
            self._all.reserve(now)
        return letter

    def wait(self, now: float) -> float | None:
        """Seconds until :meth:`take` may give one; ``None``: it never will."""
        if self._exhausted and not self._held:
            return None
        is_full = len(self._held) >= _MOST_HELD
        held_until = self._held[0][0] if self._held and (self._exhausted or is_full) else now
        return max(0.0, held_until - now, self._all.opens - now)

    def _ripe(self, now: float) -> Letter | None:
        if self._held and self._held[0][0] <= now:
            return heapq.heappop(self._held)[2]
        while len(self._held) < _MOST_HELD and not self._exhausted:
            letter = next(self._rest, None)
            if letter is None:
                self._exhausted = True
                return None
            gate = self._domains.get(letter.domain)
            at = gate.reserve(now) if gate else now
            if at <= now:
                return letter
            heapq.heappush(self._held, (at, next(self._order), letter))
        return None
