"""Settle the letters in doubt: by hand, by the policy, or by what the relay's log says."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from digest.core.edition import EditionId
from digest.core.letter import KIND
from digest.core.outbox import Delivery, DeliveryState, Settlement
from digest.core.postfix_log import AsUtc, Reader, Trace
from digest.core.sender import Sender
from digest.errors import UsageError
from digest.ports import Clock, EditionRecord, Store

_MARGIN = timedelta(minutes=5)
"""What a relay may take to tell of a letter, filters before its queue included."""


@dataclass(frozen=True, slots=True)
class Resolution:
    """What became of the doubts.

    Attributes:
        accepted: the relay had taken these.
        due: it had not; they will be sent again.
        left: of these the log does not tell.
        why: why not, in sentences.
    """

    accepted: int = 0
    due: int = 0
    left: int = 0
    why: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Resolve:
    """The job."""

    store: Store
    clock: Clock
    sender: Sender
    on_doubt: Literal["resend", "hold"]

    def by_hand(self, edition: EditionId, to: DeliveryState) -> int:
        """Settle all doubts of an edition alike; answers how many."""
        with self.store.begin() as work:
            return work.deliveries.resolve(edition, to, self.clock.now())

    def by_policy(self, edition: EditionId) -> int:
        """Send them again where the policy says so; answers how many."""
        return self.by_hand(edition, DeliveryState.DUE) if self.on_doubt == "resend" else 0

    def by_log(
        self, edition: EditionId, files: Iterable[Iterable[str]], as_utc: AsUtc
    ) -> Resolution:
        """Ask the log of the relay that letters were handed to.

        A letter that it took was accepted. One that it did not take is due again, if the log
        cannot lack it: entries reach from before the edition was approved until some minutes
        after the letter came to be in doubt, and there are letters of ours among them. All
        others stay in doubt.

        Args:
            edition: whose doubts.
            files: the lines of each file of the log.
            as_utc: for times in it that name no zone.

        Raises:
            UsageError: there is no such edition.
        """
        with self.store.read() as work:
            record = work.editions.get(edition)
            if record is None:
                raise UsageError(f"there is no edition {edition}; `digest editions` lists them")
            rows = work.deliveries.list(edition, DeliveryState.IN_DOUBT)
            doubts = {self._name(row): row for row in rows}
        if not doubts:
            return Resolution()
        now = self.clock.now()
        reader = Reader(doubts, self.sender.domain, now, as_utc)
        for lines in files:
            reader.read(lines)
        return self._settled(record, doubts, reader.trace(), now)

    def _name(self, row: Delivery) -> str:
        return self.sender.message_id(KIND, row.edition, row.subscriber)

    def _settled(
        self, record: EditionRecord, doubts: Mapping[str, Delivery], trace: Trace, now: datetime
    ) -> Resolution:
        since = record.approved_at or record.slot
        verdicts = {name: _verdict(name, row, trace, since) for name, row in doubts.items()}
        settlements = [verdict for verdict in verdicts.values() if verdict]
        with self.store.begin() as work:
            work.deliveries.settle_doubts(settlements, now)
        counts = Counter(settlement.state for settlement in settlements)
        unclear = [row for name, row in doubts.items() if not verdicts[name]]
        return Resolution(
            accepted=counts[DeliveryState.ACCEPTED],
            due=counts[DeliveryState.DUE],
            left=len(unclear),
            why=_why(unclear, trace, since) if unclear else (),
        )


def _verdict(name: str, row: Delivery, trace: Trace, since: datetime) -> Settlement | None:
    """Judge one doubt; ``None``: the log does not tell."""
    if words := trace.taken.get(name):
        return Settlement(row.id, row.attempt, DeliveryState.ACCEPTED, words)
    if trace.ours and trace.covers(since, _until(row, since)):
        said = "the relay's log has no such letter"
        return Settlement(row.id, row.attempt, DeliveryState.DUE, said)
    return None


def _until(row: Delivery, since: datetime) -> datetime:
    return (row.updated_at or since) + _MARGIN


def _why(unclear: Iterable[Delivery], trace: Trace, since: datetime) -> tuple[str, ...]:
    """Say what the log lacks."""
    if not trace.ours:
        return ("the log knows no letter of ours; give that of the relay which took them",)
    until = max(_until(row, since) for row in unclear)
    spans = ", ".join(f"{_told(first)} to {_told(last)}" for first, last in trace.spans)
    there = f"the log reaches from {spans}" if spans else "the log has no times"
    wanted = f"it must reach without a gap from {_told(since)} to {_told(until)}"
    return (f"{there}; {wanted} to show that a letter is not in it",)


def _told(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"
