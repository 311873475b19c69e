"""Write down what becomes of letters, with as few commits as the promise allows.

The promise: whenever this process dies, at most one letter per open connection is in doubt. So a
mark must be kept before the server can take its letter, and the receipt of the letter before on
the same connection must be kept by then. Both go into one transaction, together with those of
every other connection that waits at that moment: one commit per round of the connections, and
none for the receipts alone.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from digest.core.edition import EditionId
from digest.core.letter import Letter
from digest.core.outbox import Delivery, Outcome, Receipt
from digest.ports import Clock, Store, Work

NextTry = Callable[[Delivery, datetime], datetime | None]

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Note:
    """A receipt that is not kept yet."""

    delivery: Delivery
    receipt: Receipt
    next_try: datetime | None = None


class Ledger:
    """The claims of one worker on one edition, in one thread."""

    def __init__(
        self, store: Store, clock: Clock, worker: str, edition: EditionId, next_try: NextTry
    ) -> None:
        """Take where to write, who writes, and when to try deferred letters again."""
        self._store = store
        self._clock = clock
        self._worker = worker
        self._edition = edition
        self._next_try = next_try
        self._open: dict[int, Delivery] = {}
        self._at_dot: set[int] = set()
        self._notes: list[_Note] = []
        self._leavers: list[Delivery] = []
        self.counts: Counter[str] = Counter()

    def claim(self, limit: int, lease: timedelta) -> tuple[Delivery, ...]:
        """Take the next rows; keep what was noted before."""
        now = self._clock.now()
        with self._store.begin() as work:
            self._write(work, now)
            claim = work.deliveries.claim(self._edition, self._worker, now, now + lease, limit)
        self._written()
        self._open.update((delivery.id, delivery) for delivery in claim.deliveries)
        return claim.deliveries

    def at_dot(self, letters: Sequence[Letter]) -> Sequence[Letter]:
        """Mark letters and keep what was noted before, in one transaction."""
        now = self._clock.now()
        with self._store.begin() as work:
            self._write(work, now)
            ours = [letter for letter in letters if self._marked(work, letter, now)]
        self._written()
        self._at_dot.update(letter.delivery for letter in ours)
        return ours

    def note(self, delivery: int, receipt: Receipt) -> None:
        """Remember a receipt until the next transaction keeps it."""
        row = self._open.pop(delivery)
        self._at_dot.discard(delivery)
        again = None
        if receipt.outcome is Outcome.DEFERRED:
            again = self._next_try(row, self._clock.now())
        gave_up = receipt.outcome is Outcome.DEFERRED and again is None
        self.counts[Outcome.REFUSED if gave_up else receipt.outcome] += 1
        self._notes.append(_Note(row, receipt, again))

    def drop(self, delivery: Delivery) -> None:
        """Remember that somebody left meanwhile."""
        del self._open[delivery.id]
        self.counts["cancelled"] += 1
        self._leavers.append(delivery)

    def give_back(self, deliveries: Sequence[Delivery], why: str, wait: timedelta) -> None:
        """Let go of claimed rows that nothing was done with."""
        for delivery in deliveries:
            if self._open.pop(delivery.id, None):
                again = self._clock.now() + wait
                self._notes.append(_Note(delivery, Receipt(Outcome.DEFERRED, why), again))

    def give_up(self, why: str, wait: timedelta) -> None:
        """End before all is done: what a server may have is in doubt, the rest is given back."""
        for number in tuple(self._at_dot):
            self.note(number, Receipt(Outcome.IN_DOUBT, why))
        self.give_back(tuple(self._open.values()), why, wait)

    def flush(self) -> None:
        """Keep what is noted."""
        if not self._notes and not self._leavers:
            return
        with self._store.begin() as work:
            self._write(work, self._clock.now())
        self._written()

    def _marked(self, work: Work, letter: Letter, now: datetime) -> bool:
        if work.deliveries.mark_at_dot(self._open[letter.delivery], self._worker, now):
            return True
        log.warning("delivery %d is another worker's by now", letter.delivery)
        del self._open[letter.delivery]
        return False

    def _write(self, work: Work, now: datetime) -> None:
        if self._leavers:
            work.deliveries.cancel(self._leavers, "left before it was their turn", now)
        for note in self._notes:
            settled = work.deliveries.settle(
                note.delivery, self._worker, note.receipt, now, note.next_try
            )
            if not settled:
                log.warning("delivery %d was settled by another worker", note.delivery.id)

    def _written(self) -> None:
        self._leavers.clear()
        self._notes.clear()
