"""Write down what becomes of letters, as cheaply as the promise allows.

The promise: whenever this process dies, at most one letter per open connection is in doubt. So
that a server may have a letter is kept before it can, and so is the answer to the letter before
on the same connection. Both are lines of a journal, one write for all connections that wait at
that moment; the database hears of the answers, many at a time, when the next rows are claimed.

Rows may be claimed ahead, in another thread: it gets a copy of what is to be told and touches
nothing else of the ledger. What is noted meanwhile stays here and in the journal, to be told later.
"""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from datetime import datetime, timedelta

from digest.core import journal
from digest.core.edition import EditionId
from digest.core.letter import Letter
from digest.core.outbox import (
    Delivery,
    DeliveryState,
    Outcome,
    Receipt,
    Settlement,
    settlement,
)
from digest.core.throttle import UNLIMITED, Throttling
from digest.errors import DeliveryError, StorageError
from digest.jobs.asking import Asked, News, Submit, at_once
from digest.ports import Claim, Clock, Journals, Store, Work

NextTry = Callable[[Delivery, datetime], datetime | None]

_MOST_NOTES = 1_000
"""Answers that the database has not heard of; mostly it hears of them with the next claim."""

_SECONDS = 1.0
"""For how long the database may not have heard of an answer while letters go out."""

_MOST_LINES = 20_000
"""Lines of a journal, about a megabyte, before it begins anew."""

_MARGIN = 0.8
"""The part of a lease in which letters are let go."""

_LATE = "its turn did not come in time"
_NOT_TOLD = (
    "what became of the last letters could not be kept in the database; their journal is, "
    "and the next run reads it: bring the database back, and run it again"
)
_NOW = timedelta(0)

log = logging.getLogger(__name__)


def since_boot() -> float:
    """Seconds of a clock that nobody sets and that goes on while the machine sleeps."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)


class Ledger:
    """The claims of one run on one edition, used by one thread.

    Attributes:
        fault: why nothing more may be sent; what is on the wire can be finished.
    """

    def __init__(
        self,
        store: Store,
        clock: Clock,
        journals: Journals,
        edition: EditionId,
        next_try: NextTry,
        elapsed: Callable[[], float] = since_boot,
    ) -> None:
        """Take where to write, and when to try deferred letters again.

        Raises:
            DeliveryError: there is no place for a journal.
        """
        self._store = store
        self._clock = clock
        self._journal = journals.open()
        self._edition = edition
        self._next_try = next_try
        self._elapsed = elapsed
        self._open: dict[int, Delivery] = {}
        self._until: dict[int, float] = {}
        self._at_dot: dict[int, float] = {}
        self._shown: set[int] = set()
        self._lines: list[bytes] = []
        self._length = 0
        self._notes: list[Settlement] = []
        self._leavers: list[Delivery] = []
        self._told_at = elapsed()
        self._asked: Asked | None = None
        self._ahead: Claim | None = None
        self._is_ours = True
        self._knows_claims = True
        self.fault: Exception | None = None
        self.counts: Counter[str] = Counter()

    def claim(self, limit: int, lease: timedelta, throttling: Throttling = UNLIMITED) -> Claim:
        """Take the next rows, and tell the database what was noted; nothing after a fault.

        What was asked for ahead is given first, if there was anything to be had.
        """
        if (ahead := self._heard()) and ahead.deliveries:
            return ahead
        self.ask(at_once, limit, lease, throttling)
        return self._heard() or Claim(self._journal.worker, (), self._clock.now())

    def ask(
        self, submit: Submit, limit: int, lease: timedelta, throttling: Throttling = UNLIMITED
    ) -> Future[Claim] | None:
        """Have the next rows claimed, for the next :meth:`claim`; ``None``: no more are to be."""
        if self._asked or self._ahead or not self._may_go_on:
            return None
        news = self._news()

        def question() -> Claim:
            with self._store.begin() as work:
                news.tell(work)
                return work.deliveries.claim(
                    self._edition, news.worker, news.now, news.now + lease, limit, throttling
                )

        # Until it is answered, rows may be ours that nobody here knows of.
        self._knows_claims = False
        answer = submit(question)
        self._asked = Asked(news, news.since + lease.total_seconds() * _MARGIN, answer)
        return answer

    def at_dot(self, letters: Sequence[Letter]) -> Sequence[Letter]:
        """Mark letters; answers with those that may go."""
        if not (letters and self._may_go_on):
            return ()
        names = [letter.delivery for letter in letters]
        self._lines += [journal.mark(name, self._open[name].attempt) for name in names]
        if not self._kept():
            return ()
        # The mark stands. Who slept until now does not let the letter go after its lease:
        # another machine may have the row by then.
        now = self._elapsed()
        self.give_back(
            [self._open[name] for name in names if now >= self._until[name]], _LATE, _NOW
        )
        ours = [letter for letter in letters if letter.delivery in self._open]
        self._at_dot.update((letter.delivery, now) for letter in ours)
        return ours

    def note(self, delivery: int, receipt: Receipt) -> None:
        """Remember a receipt; it is kept before its connection takes another letter."""
        row, again = self._open[delivery], None
        if receipt.outcome is Outcome.DEFERRED:
            again = self._next_try(row, self._clock.now())
        settled = settlement(row.id, row.attempt, receipt, again)
        self.counts[settled.state] += 1
        self._settle(settled)
        if len(self._notes) >= _MOST_NOTES or self._elapsed() - self._told_at > _SECONDS:
            self.flush()

    def drop(self, delivery: Delivery) -> None:
        """Remember that somebody left meanwhile."""
        del self._open[delivery.id], self._until[delivery.id]
        self.counts[DeliveryState.CANCELLED] += 1
        self._leavers.append(delivery)

    def give_back(self, deliveries: Sequence[Delivery], why: str, wait: timedelta) -> None:
        """Let go of claimed rows that nothing was done with."""
        receipt, again = Receipt(Outcome.DEFERRED, why), self._clock.now() + wait
        for row in deliveries:
            if row.id in self._open:
                self._settle(settlement(row.id, row.attempt, receipt, again))

    def give_up(self, why: str, wait: timedelta) -> None:
        """End before all is done: what a server may have is in doubt, the rest is given back."""
        self._hear()
        for number in tuple(self._at_dot):
            self.note(number, Receipt(Outcome.IN_DOUBT, why))
        self.give_back(tuple(self._open.values()), why, wait)

    def flush(self) -> None:
        """Tell the database what is noted; while it cannot be had, the journal keeps it."""
        if self._asked and not self._asked.answer.done():
            return  # it is being told just now
        self._hear()
        news = self._news()
        self._told_at = news.since
        try:
            with self._store.begin() as work:
                news.tell(work)
                self._show(work)
        except StorageError as error:
            log.warning("answers wait in the journal: %s", error)
            return
        self._forget(news)

    def close(self) -> None:
        """Tell the rest; where that cannot be done the journal stays for who comes next."""
        self._hear()
        if self._notes or self._leavers:
            self._kept()
            self.flush()
        if self._notes and not self.fault:
            self.fault = StorageError(_NOT_TOLD)
        is_settled = self._knows_claims and not self._notes and not self._open
        self._journal.close(remove=is_settled)

    @property
    def _may_go_on(self) -> bool:
        return self._is_ours and self.fault is None

    def _settle(self, settled: Settlement) -> None:
        del self._open[settled.delivery], self._until[settled.delivery]
        self._at_dot.pop(settled.delivery, None)
        self._shown.discard(settled.delivery)
        self._lines.append(journal.answer(settled))
        self._notes.append(settled)

    def _kept(self) -> bool:
        """Write what waits into the journal; False: nothing may go out."""
        try:
            self._is_ours &= self._journal.append(b"".join(self._lines))
        except DeliveryError as error:
            self.fault = error
            return False
        self._length += len(self._lines)
        self._lines.clear()
        return self._is_ours

    def _news(self) -> News:
        notes, leavers = tuple(self._notes), tuple(self._leavers)
        return News(self._journal.worker, notes, leavers, self._clock.now(), self._elapsed())

    def _heard(self) -> Claim | None:
        """Take what was claimed; ``None``: nothing was asked, or nothing more may be sent."""
        self._hear()
        claim, self._ahead = self._ahead, None
        return claim if self._may_go_on else None

    def _hear(self) -> None:
        """Wait for what was asked, and make its rows ours."""
        if (asked := self._asked) is None:
            return
        try:
            claim = asked.answer.result()
        except StorageError as error:
            # Whether rows were claimed is not known; who reads the journal will see.
            self.fault, self._asked = error, None
            return
        self._ahead, self._asked, self._knows_claims = claim, None, True
        for delivery in claim.deliveries:
            self._open[delivery.id] = delivery
            self._until[delivery.id] = asked.until
        self._forget(asked.news)

    def _show(self, work: Work) -> None:
        """Let operators see which letters the server keeps waiting."""
        late = self._told_at - _SECONDS
        waiting = [name for name, since in self._at_dot.items() if since < late]
        if new := [self._open[name] for name in waiting if name not in self._shown]:
            work.deliveries.wait_at_dot(new, self._journal.worker, self._clock.now())
            self._shown.update(row.id for row in new)

    def _forget(self, news: News) -> None:
        """Forget what was told, and let the journal forget it when it grew long."""
        self._told_at = news.since
        del self._leavers[: len(news.leavers)]
        del self._notes[: len(news.notes)]
        if not self._notes:
            self._lines.clear()
        if self._length > _MOST_LINES and self._may_go_on:
            marks = [journal.mark(name, self._open[name].attempt) for name in self._at_dot]
            kept = marks + [journal.answer(settled) for settled in self._notes]
            self._is_ours &= self._journal.restart(b"".join(kept))
            self._length = len(kept)
            self._lines.clear()
