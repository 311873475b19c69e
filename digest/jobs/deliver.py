"""Hand an edition to the mail server, letter by letter, each accounted for."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from digest.core import outbox
from digest.core.edition import Edition, EditionId, EditionState
from digest.core.note import without_address
from digest.core.outbox import Delivery, DeliveryState
from digest.core.throttle import UNLIMITED, Throttling
from digest.errors import DeliveryError, StorageError, UsageError
from digest.jobs.claiming import LEASE, NOW, Claiming, Roll
from digest.jobs.halting import Breaker, close, left, withdraw
from digest.jobs.ledger import Ledger, since_boot
from digest.jobs.letters import EditionLetters, LetterWriter
from digest.jobs.recovery import Recovery
from digest.ports import Clock, EditionRecord, Journals, Mailer, Store, Work

_TOO_LATE = "it was not sent in time; what was sent of it may not be known here"
_CANCELLED = "the edition was cancelled"
_SOON = timedelta(minutes=1)

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class DeliveryReport:
    """What one run came to.

    Attributes:
        cancelled: people who left between approval and their letter.
        left: letters of the edition that are not settled yet, by whatever run.
        is_sent: everything is settled, the edition is closed.
        state: of the edition, afterwards.
        paused: why the rest waits until somebody resumes it; empty: it does not.
    """

    edition: EditionId
    newsletter: str
    slug: str
    accepted: int = 0
    refused: int = 0
    deferred: int = 0
    in_doubt: int = 0
    cancelled: int = 0
    left: int = 0
    is_sent: bool = False
    state: EditionState = EditionState.APPROVED
    paused: str = ""


@dataclass(frozen=True, slots=True)
class Deliver:
    """The job; several may run at once, on the same edition too.

    Attributes:
        journals: where it is kept which letters are on the wire.
        give_up_after: how long after approval letters are sent; what is left then is held.
        on_doubt: whether letters in doubt wait for a person or are sent again.
        stopping: asked before each letter; True: finish what is on the wire, and end. A server
            that takes too long to answer leaves a doubt, at most one per connection.
        throttling: how many letters may go when; what is held back stays due.
        elapsed: seconds of a clock that nobody sets.
        pause: waits for some seconds.
        refusals: weighs what was refused for good against its readers; may run again.
    """

    store: Store
    clock: Clock
    mailer: Mailer
    people: Roll
    writer: LetterWriter
    journals: Journals
    give_up_after: timedelta
    on_doubt: Literal["resend", "hold"] = "hold"
    stopping: Callable[[], bool] = bool
    throttling: Throttling = UNLIMITED
    lease: timedelta = LEASE
    elapsed: Callable[[], float] = since_boot
    pause: Callable[[float], None] = time.sleep
    refusals: Callable[[EditionId], object] = bool

    def due(self) -> Sequence[EditionId]:
        """Free what dead workers held, and name the editions that have something to do.

        Beside those with letters to send now, these are the settled ones that nobody closed.
        """
        now = self.clock.now()
        self.recover(now)
        with self.store.begin() as work:
            approved = work.editions.records(states=(EditionState.APPROVED,))
            for record in approved:
                self._prepare(work, record, now)
            for edition in work.deliveries.stranded():
                withdraw(work, edition, _CANCELLED, now)
            due = set(work.deliveries.open_editions(now))
            for record in approved:
                if record.id not in due and not left(work, record.id):
                    due.add(record.id)
            return sorted(due)

    def recover(self, now: datetime) -> None:
        """Free what dead senders left.

        Raises:
            DeliveryError: their journals cannot be read.
        """
        Recovery(self.store, self.journals)(now)

    def __call__(self, edition: EditionId) -> DeliveryReport:
        """Send what is due of an edition; run again, it goes on where it stopped.

        Raises:
            UsageError: there is no such edition, or it is not approved.
            RenderError: the template is wrong; nothing was claimed.
            DeliveryError: the mail server is out of reach; what was not sent is due again soon.
        """
        record, content = self._approved(edition)
        letters = self.writer.of(edition, content)
        ledger = Ledger(
            self.store, self.clock, self.journals, edition, self._retry(record), self.elapsed
        )
        breaker = Breaker()
        try:
            self._hand_off(record, letters, ledger, breaker)
        finally:
            ledger.close()
        if ledger.fault:
            raise ledger.fault
        self._weigh(edition, ledger)
        return self._closed(edition, ledger, breaker)

    def _approved(self, edition: EditionId) -> tuple[EditionRecord, Edition]:
        """Read the edition, and make ready what earlier runs left of it."""
        now = self.clock.now()
        self.recover(now)
        with self.store.begin() as work:
            record = work.editions.get(edition)
            if record is None:
                raise UsageError(f"there is no edition {edition}; `digest editions` lists them")
            if record.edition is None or record.state not in _OUT:
                raise UsageError(
                    f"edition {edition} is {record.state}; only approved ones are sent"
                )
            self._prepare(work, record, now)
        return record, record.edition

    def _prepare(self, work: Work, record: EditionRecord, now: datetime) -> None:
        """Make doubts due that are to be sent again, and hold what comes too late."""
        if self.on_doubt == "resend":
            work.deliveries.resolve(record.id, DeliveryState.DUE, now)
        until = self._not_after(record)
        if now > until and (held := work.deliveries.hold(record.id, _TOO_LATE, now)):
            log.warning(
                "%d letters of %s %s are held: they were to be sent until %s",
                *(held, record.newsletter, record.slug, f"{until:%Y-%m-%d %H:%M} UTC"),
            )

    def _not_after(self, record: EditionRecord) -> datetime:
        """When letters of an edition are not sent any more, not even from a restored backup."""
        return (record.approved_at or record.slot) + self.give_up_after

    def _hand_off(
        self, record: EditionRecord, letters: EditionLetters, ledger: Ledger, breaker: Breaker
    ) -> None:
        def stopping() -> bool:
            return breaker.is_open or self.stopping()

        claiming = Claiming(
            clock=self.clock,
            people=self.people,
            ledger=ledger,
            letters=letters,
            edition=record.id,
            newsletter=record.newsletter,
            until=self._not_after(record),
            stopping=stopping,
            elapsed=self.elapsed,
            throttling=self.throttling,
            lease=self.lease,
            pause=self.pause,
        )
        try:
            with closing(claiming.written()) as written:
                for letter, receipt in self.mailer.hand_off(written, ledger.at_dot, stopping):
                    ledger.note(letter.delivery, without_address(receipt, letter.recipient))
                    if breaker.sees(receipt):
                        self._pause(record, breaker.why, ledger)
        except DeliveryError as error:
            ledger.give_up(str(error), _SOON)
            raise
        ledger.give_up("the sender was stopped", NOW)

    def _retry(self, record: EditionRecord) -> Callable[[Delivery, datetime], datetime | None]:
        due = record.approved_at or record.slot

        def next_try(delivery: Delivery, now: datetime) -> datetime | None:
            return outbox.next_try(delivery.attempt, now, give_up_after=self.give_up_after, due=due)

        return next_try

    def _pause(self, record: EditionRecord, why: str, ledger: Ledger) -> None:
        log.error("%s %s is paused: %s", record.newsletter, record.slug, why)
        try:
            with self.store.begin() as work:
                work.editions.pause(record.id, why, self.clock.now())
        except StorageError as error:
            ledger.fault = error

    def _weigh(self, edition: EditionId, ledger: Ledger) -> None:
        """Have refusals weighed before the edition is closed, so that a crash loses none."""
        with self.store.read() as work:
            is_over = not left(work, edition)
        if is_over or ledger.counts[DeliveryState.REFUSED]:
            self.refusals(edition)

    def _closed(self, edition: EditionId, ledger: Ledger, breaker: Breaker) -> DeliveryReport:
        with self.store.begin() as work:
            record, rest = close(work, edition, breaker, self.clock.now())
        if record.paused_at:
            ledger.counts[DeliveryState.REFUSED] -= breaker.blamed
            ledger.counts[DeliveryState.DEFERRED] += breaker.blamed
        return DeliveryReport(
            edition=edition,
            newsletter=record.newsletter,
            slug=record.slug,
            left=rest,
            is_sent=record.state is EditionState.SENT,
            state=record.state,
            paused=record.paused,
            **ledger.counts,
        )


_OUT = (EditionState.APPROVED, EditionState.SENT)
