"""Letters that wait for a session: a few, made ready while servers are busy."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from typing import Any, Protocol

from digest.core.letter import Letter
from digest.core.outbox import Outcome, Receipt
from digest.mailers.smtp_parcel import Offer, Parcel
from digest.mailers.smtp_round import Round

_LONGEST_PAUSE = 0.25


class Source(Protocol):
    """Where the letters come from."""

    def take(self, now: float) -> Letter | None:
        """Give a letter that may go now."""
        ...

    def wait(self, now: float) -> float | None:
        """Seconds until there may be one; ``None``: never."""
        ...


class Stock:
    """What was taken and not begun.

    Attributes:
        under_way: letters that were taken and have no receipt yet, begun or not.
        pause: seconds until it is worth while to look for more letters.
        fault: what the source failed with; nothing more is taken from it.
    """

    def __init__(self, source: Source, happened: Round[Any]) -> None:
        """Begin with nothing; letters that no server takes are told to what happens."""
        self.under_way = 0
        self.pause = _LONGEST_PAUSE
        self.fault: BaseException | None = None
        self._source = source
        self._happened = happened
        self._waiting: deque[Parcel] = deque()

    def __len__(self) -> int:
        return len(self._waiting)

    def is_over(self, now: float) -> bool:
        """Every letter was taken and told."""
        is_dry = self.fault is not None or self._source.wait(now) is None
        return not self.under_way and is_dry

    def fill(self, now: float, wanted: int) -> None:
        """Have so many letters ready, if so many may go."""
        self.pause = _LONGEST_PAUSE
        while len(self._waiting) < wanted and not self.fault:
            try:
                letter = self._source.take(now)
            except Exception as fault:  # noqa: BLE001 - raised when what is on the wire is told
                self.fault = fault
                return
            if letter is None:
                self.pause = min(_LONGEST_PAUSE, self._source.wait(now) or _LONGEST_PAUSE)
                return
            self.under_way += 1
            self._waiting.append(Parcel(letter))

    def put_back(self, parcels: Iterable[Parcel]) -> None:
        """Let these be the next."""
        self._waiting.extendleft(parcels)

    def give(self, offer: Offer) -> Parcel | None:
        """Give the next letter that a server can take; one that it never can is refused."""
        while self._waiting:
            parcel = self._waiting.popleft()
            if not (misfit := parcel.misfit(offer)):
                return parcel
            self._happened.receipts.append((parcel.letter, Receipt(Outcome.REFUSED, misfit)))
        return None

    def recall(self) -> None:
        """Take back what waits."""
        self.under_way -= len(self._waiting)
        self._waiting.clear()
