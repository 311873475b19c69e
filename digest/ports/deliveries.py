"""The ledger of deliveries, and what hands letters over."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from digest.core.edition import EditionId
from digest.core.letter import Letter
from digest.core.outbox import Delivery, DeliveryState, Receipt


class Mailer(Protocol):
    """Hands letters to a mail server, or to what stands in for one."""

    def hand_off(
        self,
        letters: Iterable[Letter],
        at_dot: Callable[[Sequence[Letter]], Sequence[Letter]],
        stopping: Callable[[], bool] = bool,
    ) -> Iterator[tuple[Letter, Receipt]]:
        """Hand over each letter and tell at once what became of it.

        Letters are taken and ``at_dot`` is called in the thread that iterates.

        Args:
            letters: taken one by one, so that no more than a few are in memory.
            at_dot: called just before a server can take letters, with as many as wait for it
                at that moment, one per connection at most; answers with those that may be
                handed over. The others (another worker has them) yield nothing. When it is
                called, the receipt of the letter before on the same connection was yielded.
            stopping: True from the moment on when ``letters`` ends before its time: no letter is
                begun that was taken and still waits for its turn; those on the wire are finished.

        Raises:
            DeliveryError: the server cannot be reached or refuses the session; letters for
                which nothing was yielded and ``at_dot`` was not called were not taken.
        """
        ...


@dataclass(frozen=True, slots=True)
class Claim:
    """A batch of deliveries that one worker may send until its lease ends."""

    worker: str
    deliveries: tuple[Delivery, ...]
    lease_until: datetime


class DeliveryStore(Protocol):
    """The ledger."""

    def enqueue(
        self, edition: EditionId, audience: Iterable[tuple[int, tuple[str, ...]]], now: datetime
    ) -> int:
        """Add one due row per (subscriber, themes); rows that exist stay as they are.

        Returns:
            How many were added.
        """
        ...

    def claim(
        self, edition: EditionId, worker: str, now: datetime, lease_until: datetime, limit: int
    ) -> Claim:
        """Take up to ``limit`` due rows, or deferred ones whose time has come.

        First attempts go before later ones; equal themes come together. An edition that is not
        out (cancelled while it was being sent) gives nothing.
        """
        ...

    def mark_at_dot(self, delivery: Delivery, worker: str, now: datetime) -> bool:
        """Say durably that the server may have the letter from now on.

        False: the claim is no longer ours, or its lease is over.
        """
        ...

    def settle(
        self,
        delivery: Delivery,
        worker: str,
        receipt: Receipt,
        now: datetime,
        next_try: datetime | None,
    ) -> bool:
        """Keep the receipt; False when the claim is no longer ours.

        A deferral without ``next_try`` is kept as refused (given up). A row that became in doubt
        while its worker waited for the answer is settled too.
        """
        ...

    def cancel(self, deliveries: Sequence[Delivery], why: str, now: datetime) -> None:
        """Drop claimed rows whose subscriber has left meanwhile."""
        ...

    def cancel_open(self, edition: EditionId, why: str, now: datetime) -> int:
        """Cancel every row of an edition that is due or deferred; answers how many."""
        ...

    def recover(
        self, now: datetime, is_alive: Callable[[str], bool] | None = None
    ) -> tuple[int, int]:
        """Free the rows of dead workers: claimed become due, at the dot become in doubt.

        Dead is whose lease is over, or of whom ``is_alive`` says no.

        Returns:
            How many (became due, became in doubt).
        """
        ...

    def resolve(self, edition: EditionId, to: DeliveryState, now: datetime) -> int:
        """Settle all doubts of an edition: ``due`` (send again), ``accepted`` or ``refused``."""
        ...

    def counts(self, edition: EditionId) -> dict[DeliveryState, int]:
        """How many rows are in each state, all states named."""
        ...

    def list(
        self, edition: EditionId, state: DeliveryState | None = None, limit: int | None = None
    ) -> Iterator[Delivery]:
        """Rows, by number."""
        ...

    def find(self, edition: EditionId, subscriber: int) -> Delivery | None:
        """The row of one person; ``None``: they were not in the audience."""
        ...

    def open_editions(self, now: datetime) -> Sequence[EditionId]:
        """Editions that are out (approved or sent) and have rows to send now."""
        ...
