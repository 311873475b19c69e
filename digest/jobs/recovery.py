"""Find out what became of the letters of senders that died, or slept past their lease.

Whoever finds the journal of a dead sender of this start of this machine knows all: what was
answered is settled, what was marked is in doubt, and the rest is due again at once. A sender that
slept is told so by its journal, and lets nothing go when it wakes. Where the journal is on another
machine, or may have lost its end with the power, all that is not answered is in doubt as soon as
the lease is over; when that machine comes back, its journal still settles what it can.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime

from digest.core import journal
from digest.core.outbox import DeliveryState
from digest.ports import Journals, Remains, Store, Work

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Recovery:
    """Frees what senders left behind; may run at any time, several times at once."""

    store: Store
    journals: Journals

    def __call__(self, now: datetime) -> tuple[int, int]:
        """Free it.

        Returns:
            How many letters (were settled or are due again, became in doubt).

        Raises:
            DeliveryError: a journal cannot be read.
        """
        found = [self._bury(worker, now) for worker in self.journals.here()]
        with self.store.read() as work:
            overdue = work.deliveries.overdue(now)
        found += [self._replace(worker, now) for worker in overdue]
        settled, in_doubt = (sum(counts) for counts in zip(*found, (0, 0), strict=True))
        if settled or in_doubt:
            log.warning("a sender died: %d letters are settled, %d in doubt", settled, in_doubt)
        return settled, in_doubt

    def _bury(self, worker: str, now: datetime) -> tuple[int, int]:
        """Settle what the journal of a sender that has ended tells."""
        with self.store.read() as work:
            lease = work.deliveries.lease_of(worker)
        with self.journals.take(worker, is_over=lease is None or lease <= now) as remains:
            if remains is None:
                return 0, 0
            with self.store.begin() as work:
                return _folded(work, remains, now)

    def _replace(self, worker: str, now: datetime) -> tuple[int, int]:
        """Take over from a sender whose lease is over."""
        with self.journals.revoke(worker) as remains, self.store.begin() as work:
            return _folded(work, remains, now)


def _folded(work: Work, remains: Remains, now: datetime) -> tuple[int, int]:
    rows = work.deliveries
    claimed = rows.claimed_by(remains.worker)
    told = journal.fold(remains.lines, claimed, is_whole=remains.is_whole)
    known = [one for one in told if one.state is not DeliveryState.IN_DOUBT]
    settled = rows.settle(remains.worker, known, now)
    return settled, rows.doubt(
        remains.worker, journal.DIED if remains.is_whole else journal.LOST, now
    )
