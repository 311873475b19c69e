"""Halt the sending of an edition: for a while, by hand or because we are not believed, or for good.

Senders learn of it at their next claim, so each still hands over what it has claimed.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from digest.core.edition import EditionId, EditionState
from digest.core.outbox import FINAL, MAY_HAVE_GONE, DeliveryState, Outcome, Receipt
from digest.core.refusal import is_our_fault
from digest.errors import ConflictError, UsageError
from digest.jobs import calls
from digest.ports import Clock, EditionRecord, Store, Work

_MOST = 20
_MOST_AT_FIRST = 3
"""Refusals in a row that are our fault: so many, or so many before anything was accepted."""

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Breaker:
    """Counts the refusals in a row that are our fault, in one run.

    Attributes:
        blamed: how many there were, in a row or not.
        reply: the last one of them; empty: there was none.
        is_open: there were so many that the others would be refused as well.
    """

    blamed: int = 0
    reply: str = ""
    is_open: bool = False
    _in_a_row: int = 0
    _most: int = _MOST_AT_FIRST

    def sees(self, receipt: Receipt) -> bool:
        """Count an answer; True: with this one it opened."""
        if receipt.outcome is Outcome.ACCEPTED:
            self._in_a_row, self._most = 0, _MOST
        elif receipt.outcome is Outcome.REFUSED and is_our_fault(receipt.reply):
            self._in_a_row += 1
            self.blamed += 1
            self.reply = receipt.reply
        elif receipt.outcome is Outcome.REFUSED:
            self._in_a_row = 0
        opens = not self.is_open and self._in_a_row >= self._most
        self.is_open |= opens
        return opens

    @property
    def why(self) -> str:
        """What happened, and what to do."""
        return (
            f"the mail server refuses us, not the readers, with “{self.reply}”; mend that "
            "(SPF, DKIM, DMARC, reverse DNS, block lists), then resume"
        )


@dataclass(frozen=True, slots=True)
class Halting:
    """What operators do to a sending; each act is one transaction."""

    store: Store
    clock: Clock

    def pause(self, edition: EditionId, *, why: str) -> EditionRecord:
        """Let no more letters of an edition be claimed until it is resumed.

        Raises:
            UsageError: there is no such edition.
            ConflictError: it is not being sent, or paused already.
        """
        with self.store.begin() as work:
            record = held(work, edition)
            if record.state is not EditionState.APPROVED:
                raise ConflictError(
                    f"edition {edition} is {record.state.value}; only one that is approved and "
                    "not yet sent can be paused"
                )
            if record.paused_at:
                raise ConflictError(f"edition {edition} is paused already: {record.paused}")
            work.editions.pause(edition, why, self.clock.now())
            return record

    def resume(self, edition: EditionId) -> int:
        """Let it go on, with those too whose letters were refused because of us.

        Returns:
            How many of those there are.

        Raises:
            UsageError: there is no such edition.
            ConflictError: it is not paused.
        """
        with self.store.begin() as work:
            record = held(work, edition)
            if not record.paused_at:
                raise ConflictError(f"edition {edition} is {record.state.value}, and not paused")
            work.editions.resume(edition)
            again = work.deliveries.requeue(edition, is_our_fault, self.clock.now())
            work.enqueue(calls.send(edition))
            return again


def held(work: Work, edition: EditionId) -> EditionRecord:
    """The row of an edition, without content, that nobody else changes in this transaction.

    Raises:
        UsageError: there is no such edition.
    """
    if record := work.editions.outline(edition):
        work.editions.lock(record.newsletter)
        record = work.editions.outline(edition)
    if record is None:
        raise UsageError(f"no edition {edition}; `digest editions list` shows those there are")
    return record


def close(
    work: Work, edition: EditionId, breaker: Breaker, now: datetime
) -> tuple[EditionRecord, int]:
    """Settle how an edition stands after a run: sent, paused because of us, or cancelled.

    It may have been cancelled or paused while the run went on. Where it is paused, who was refused
    because of us is due again; it is, if nobody has a letter because of that.

    Returns:
        The edition, and how many of its letters are not settled.
    """
    record = held(work, edition)
    if record.state is EditionState.CANCELLED:
        withdraw(work, edition, record.reason, now)
    if record.state is not EditionState.APPROVED:
        return record, left(work, edition)
    # Counting reads every row of the edition: once, unless some are due again.
    counts = work.deliveries.counts(edition)
    if breaker.reply and not any(counts[state] for state in MAY_HAVE_GONE):
        work.editions.pause(edition, breaker.why, now)
        record = held(work, edition)
    if record.paused_at and work.deliveries.requeue(edition, is_our_fault, now):
        counts = work.deliveries.counts(edition)
    if not _unsettled(counts):
        work.editions.close(edition, EditionState.SENT)
    return held(work, edition), _unsettled(counts)


def left(work: Work, edition: EditionId) -> int:
    """How many letters of an edition are not settled."""
    return _unsettled(work.deliveries.counts(edition))


def _unsettled(counts: Mapping[DeliveryState, int]) -> int:
    return sum(rows for state, rows in counts.items() if state not in FINAL)


def withdraw(work: Work, edition: EditionId, why: str, now: datetime) -> None:
    """Cancel what is not sent of an edition, and free its resources if nobody got it."""
    work.deliveries.cancel_open(edition, why, now)
    counts = work.deliveries.counts(edition)
    if not any(counts[state] for state in MAY_HAVE_GONE):
        work.editions.release(edition)
