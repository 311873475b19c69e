"""Letters that wait for a session: a few, made ready while servers are busy."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from typing import Any

from digest.core.letter import Letter
from digest.core.outbox import Outcome, Receipt
from digest.mailers.smtp_parcel import Offer, Parcel
from digest.mailers.smtp_round import Round


class Stock:
    """What was taken and not begun.

    Attributes:
        under_way: letters that were taken and have no receipt yet, begun or not.
        fault: what the source of the letters failed with; nothing more is taken from it.
    """

    def __init__(self, letters: Iterable[Letter], happened: Round[Any]) -> None:
        """Begin with nothing; letters that no server takes are told to what happens."""
        self.under_way = 0
        self.fault: BaseException | None = None
        self._rest = iter(letters)
        self._is_dry = False
        self._happened = happened
        self._waiting: deque[Parcel] = deque()

    def __len__(self) -> int:
        return len(self._waiting)

    @property
    def is_over(self) -> bool:
        """Every letter was taken and told."""
        return self._is_dry and not self.under_way

    def fill(self, wanted: int, ahead: int) -> None:
        """Have so many letters ready, if there are so many; some more where it is too few.

        Measured: letters made in groups leave servers the time to answer to several sessions
        meanwhile, so that one look and one mark serve them all.
        """
        if len(self._waiting) >= wanted:
            return
        while len(self._waiting) < wanted + ahead and not self._is_dry:
            try:
                letter = next(self._rest, None)
            except Exception as fault:  # noqa: BLE001 - raised when what is on the wire is told
                self.fault, letter = fault, None
            if letter is None:
                self._is_dry = True
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
