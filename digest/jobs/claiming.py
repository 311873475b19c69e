"""Claim what is due, batch by batch, and write its letters as the mailer asks for them.

While the letters of a batch go out, another thread tells the database what became of those before,
claims the next batch, and reads its readers.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from digest.core.edition import EditionId
from digest.core.letter import Letter
from digest.core.outbox import Delivery, Outcome, Receipt
from digest.core.throttle import UNLIMITED, Throttling
from digest.errors import RenderError, StorageError
from digest.jobs.ledger import Ledger
from digest.jobs.letters import EditionLetters
from digest.ports import Claim, Clock
from subscribers import PeopleError, Recipient

BATCH = 250
"""Rows claimed at once.

A sender has two such batches at most, the one at hand and the next: they are in doubt when a
machine is lost with its disk, and still go when an edition is paused.
"""

LEASE = timedelta(minutes=15)
"""Longer than a server may take to answer to one message."""

_BEGUN = 0.6
"""The part of a lease in which letters are begun; to let them go there is a little more."""

_TURN = 0.15
"""The part of a batch after which the next one is asked for, to be there before this one ends."""
_BRISK = 0.5
"""Seconds in which that part is begun, or the next batch is not asked for ahead: where letters go
slowly nothing is gained, and another sender may take what this one would only keep."""

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
class _Ahead:
    """Readers of a batch that was asked for ahead, and when it was, in seconds."""

    since: float
    readers: Future[dict[int, Recipient]]


@dataclass(slots=True)
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

    _ahead: _Ahead | None = field(default=None, init=False)

    def written(self) -> Generator[Letter, None, None]:
        """Give letters until none is due, or the run is to end; to be closed when that is so.

        When the database cannot be had, the ledger keeps that as its fault, and what is on the
        wire can be finished.
        """
        with ThreadPoolExecutor(1, "claiming") as beside:
            for rows in self._batches():
                ahead, self._ahead = self._ahead, None
                since = ahead.since if ahead else self.elapsed()
                try:
                    readers = (ahead and ahead.readers.result()) or self._readers(rows)
                except (StorageError, PeopleError) as error:
                    self.ledger.fault = error
                    return
                yield from self._letters(rows, readers, since, beside)

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

    def _letters(
        self,
        rows: Sequence[Delivery],
        readers: Mapping[int, Recipient],
        since: float,
        beside: ThreadPoolExecutor,
    ) -> Iterator[Letter]:
        begun, last = self.elapsed(), since + self.lease.total_seconds() * _BEGUN
        turn = int(BATCH * _TURN) if len(rows) == BATCH else None
        for position, row in enumerate(rows):
            if self.stopping():
                return
            now = self.elapsed()
            if now > last:
                self.ledger.give_back(rows[position:], "its turn did not come in time", NOW)
                return
            if position == turn and now - begun < _BRISK:
                self._ask_ahead(beside)
            reader = readers.get(row.subscriber)
            if reader is None:
                self.ledger.drop(row)
            elif letter := self._letter(row, reader):
                yield letter

    def _ask_ahead(self, beside: ThreadPoolExecutor) -> None:
        since = self.elapsed()
        asked = self.ledger.ask(beside.submit, BATCH, self.lease, self.throttling)
        if asked:
            self._ahead = _Ahead(since, beside.submit(self._readers_of, asked))

    def _readers_of(self, asked: Future[Claim]) -> dict[int, Recipient]:
        return self._readers(asked.result().deliveries)

    def _readers(self, rows: Sequence[Delivery]) -> dict[int, Recipient]:
        numbers = [row.subscriber for row in rows]
        return self.people.recipients(self.newsletter, numbers) if numbers else {}

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
