"""A member: what this publisher was filed under before.

The finer the place, the more it says, and the less often it was seen; each leans on the coarser
one before it. Filings of long ago count less, by forward decay (Cormode and others, 2009): a
filing weighs more the later its day, so no sum must ever be touched to let it age.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from datetime import date

from digest.core.filing.columns import ColumnReader, ColumnWriter
from digest.core.filing.tally import Tally

_HALF_LIFE = 364
"""Days."""
_EPOCH = date(2020, 1, 1).toordinal()
_UNIT = 100
_MOST = 45
"""Half-lives after the epoch; then all weigh the same, so that sums stay within 64 bits."""
_LEAST = 1e-6
_PRIOR = 5.0
"""Filings' worth of belief, before any, that all themes are alike."""


def amount(day: date) -> int:
    """What a filing of that day weighs; exact, so that it can be taken back."""
    age = min(_MOST, (day.toordinal() - _EPOCH) / _HALF_LIFE)
    return max(1, round(_UNIT * math.pow(2, age)))


class History:
    """Sums of filings by publisher and theme."""

    def __init__(self, themes: int) -> None:
        self.tally = Tally()
        self._themes = themes

    def add(self, publishers: Iterable[str], theme: int, weight: int) -> None:
        """Count a filing; a negative weight takes it back."""
        for publisher in ("", *publishers):
            self.tally.add(publisher, theme, weight)

    def write(self, out: ColumnWriter) -> None:
        """Write all sums."""
        self.tally.write(out)

    def read(self, kept: ColumnReader, themes: Sequence[int]) -> None:
        """Take what was written in place of all sums."""
        self.tally.read(kept, themes)

    def votes(self, publishers: Iterable[str], today: int) -> list[float]:
        """Score each theme, given what a filing of today weighs."""
        shares = self._blended([1 / self._themes] * self._themes, "", today, _PRIOR)
        for publisher in publishers:
            shares = self._blended(shares, publisher, today, 1.0)
        return [math.log(share + _LEAST) for share in shares]

    def _blended(
        self, coarser: list[float], publisher: str, today: int, worth: float
    ) -> list[float]:
        row = self.tally.row(publisher)
        if not row:
            return coarser
        total = sum(row.values()) / today + worth
        return [
            (row.get(theme, 0) / today + worth * share) / total
            for theme, share in enumerate(coarser)
        ]
