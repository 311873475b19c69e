"""Claim what is due, batch by batch, and write its letters as the mailer asks for them."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from digest.core.edition import EditionId
from digest.core.letter import Letter
from digest.core.outbox import Delivery, Outcome, Receipt
from digest.core.throttle import UNLIMITED, Throttling
from digest.errors import RenderError, StorageError
from digest.jobs.ledger import Ledger
from digest.jobs.letters import EditionLetters
from digest.ports import Clock
from subscribers import PeopleError, Recipient

BATCH = 500
"""Rows claimed at once: what is in doubt when a machine is lost with its disk."""

LEASE = timedelta(minutes=15)
"""Longer than a server may take to answer to one message."""

_BEGUN = 0.6
"""The part of a lease in which letters are begun; to let them go there is a little more."""

_SLICE = 0.1
_MOST_WAIT = 30.0
"""Seconds that a run waits for a permit; longer, it ends, and the next one goes on."""
_PATIENCE = 600.0
"""Seconds that a run waits for permits altogether, so that it blocks no thread for hours."""

NOW = timedelta(0)


class Roll(Protocol):
    """Who still is to be mailed."""

    def recipients(self, newsletter: str, numbers: Sequence[int]) -> dict[int, Recipient]:
        """Give those of these people who still are to be mailed, by number."""
        ...


@dataclass(frozen=True, slots=True)
class Claiming:
    """The claims of one run.

    Attributes:
        until: when letters of the edition are not sent any more.
        elapsed: seconds of a clock that nobody sets.
        pause: waits for some seconds.
    """

    clock: Clock
    people: Roll
    ledger: Ledger
    letters: EditionLetters
    edition: EditionId
    newsletter: str
    until: datetime
    stopping: Callable[[], bool]
    elapsed: Callable[[], float]
    throttling: Throttling = UNLIMITED
    lease: timedelta = LEASE
    pause: Callable[[float], None] = time.sleep

    def written(self) -> Iterator[Letter]:
        """Give letters until none is due, or the run is to end.

        When the database cannot be had, the ledger keeps that as its fault, and what is on the
        wire can be finished.
        """
        for batch in self._batches():
            begun = self.elapsed() + self.lease.total_seconds() * _BEGUN
            try:
                numbers = [delivery.subscriber for delivery in batch]
                readers = self.people.recipients(self.newsletter, numbers)
            except (StorageError, PeopleError) as error:
                self.ledger.fault = error
                return
            for position, delivery in enumerate(batch):
                if self.stopping():
                    return
                if self.elapsed() > begun:
                    self.ledger.give_back(batch[position:], "its turn did not come in time", NOW)
                    break
                reader = readers.get(delivery.subscriber)
                if reader is None:
                    self.ledger.drop(delivery)
                elif letter := self._letter(delivery, reader):
                    yield letter

    def _batches(self) -> Iterator[tuple[Delivery, ...]]:
        patience = _PATIENCE
        while not self.stopping() and self.clock.now() <= self.until:
            claim = self.ledger.claim(self.throttling.batch(BATCH), self.lease, self.throttling)
            if claim.deliveries:
                yield claim.deliveries
                continue
            wait = claim.wait.total_seconds() if claim.wait else _MOST_WAIT
            patience -= wait
            if claim.wait is None or wait > _MOST_WAIT or patience < 0:
                return
            self._rest(wait)

    def _rest(self, seconds: float) -> None:
        while seconds > 0 and not self.stopping():
            self.pause(min(seconds, _SLICE))
            seconds -= _SLICE

    def _letter(self, delivery: Delivery, reader: Recipient) -> Letter | None:
        """Write one letter; one that cannot be written is refused alone."""
        now = self.clock.now()
        try:
            return self.letters.letter(delivery.id, delivery.themes, reader, now)
        except (RenderError, ValueError) as error:
            refused = Receipt(Outcome.REFUSED, f"cannot be written: {error}")
            self.ledger.note(delivery.id, refused)
            return None
