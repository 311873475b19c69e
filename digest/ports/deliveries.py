"""The ledger of deliveries, and what hands letters over."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from digest.core.edition import EditionId
from digest.core.letter import Letter
from digest.core.outbox import Delivery, DeliveryId, DeliveryState, Receipt, Settlement
from digest.core.throttle import UNLIMITED, Throttling

Permits = Callable[[str, int], int]
"""Asked with a mail server's name and how many letters are wanted at most, gives how many may go.

It counts for all senders together, so what it gives need not be asked for again.
"""


def unlimited(_server: str, most: int) -> int:
    """Give whatever is wanted."""
    return most


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
    """A batch of deliveries that one worker may send until its lease ends.

    Attributes:
        wait: when there are none, since all that is due is held back: how long at least.
    """

    worker: str
    deliveries: tuple[Delivery, ...]
    lease_until: datetime
    wait: timedelta | None = None


class Journal(Protocol):
    """What one sender writes while letters are on the wire, kept when the process is killed."""

    @property
    def worker(self) -> str:
        """The name the sender claims by; nobody else ever has it."""
        ...

    def append(self, lines: bytes) -> bool:
        """Keep lines, all at once; False: another process took over, so nothing may go out.

        Raises:
            DeliveryError: they cannot be kept; none of what they mark may go out.
        """
        ...

    def restart(self, lines: bytes) -> bool:
        """Keep these lines in place of all before; False as for :meth:`append`."""
        ...

    def close(self, *, remove: bool) -> None:
        """End it; what is not settled yet must stay."""
        ...


@dataclass(frozen=True, slots=True)
class Remains:
    """The journal of a sender, to be read by another.

    Attributes:
        lines: without the header.
        is_whole: every line that was written is there.
        is_gone: its sender surely is; if not, its leases tell.
    """

    worker: str
    lines: Iterable[bytes] = ()
    is_whole: bool = False
    is_gone: bool = False


class Journals(Protocol):
    """The journals of one place."""

    def open(self) -> Journal:
        """Begin a journal, before the first claim of its sender.

        Raises:
            DeliveryError: there is no place for it.
        """
        ...

    def here(self) -> Sequence[str]:
        """Name the senders whose journals are here, of the living and the dead."""
        ...

    def take(self, worker: str, *, is_over: bool) -> AbstractContextManager[Remains | None]:
        """Read the journal of a sender that has ended; it is removed when the block ends well.

        ``None``: its sender lives, or may: it is of another machine, and ``is_over`` does not say
        that its leases are.
        """
        ...

    def revoke(self, worker: str) -> AbstractContextManager[Remains]:
        """Take a journal away from a sender that may still live; afterwards it lets nothing go."""
        ...


class DeliveryStore(Protocol):
    """The ledger."""

    def permits(self, name: str, rate: float, most: int, now: datetime) -> int:
        """Take at most so many permits out of a bucket that fills at a rate; answers how many.

        Args:
            name: of the bucket, which all senders share.
            rate: permits a second, more than 0; as many as a second brings, at least one, wait.
            most: how many are wanted.
            now: when.
        """
        ...

    def enqueue(
        self,
        edition: EditionId,
        audience: Iterable[tuple[int, tuple[str, ...], str]],
        now: datetime,
    ) -> int:
        """Add one due row per (subscriber, themes, provider); rows that exist stay as they are.

        Returns:
            How many were added.
        """
        ...

    def claim(
        self,
        edition: EditionId,
        worker: str,
        now: datetime,
        lease_until: datetime,
        limit: int,
        throttling: Throttling = UNLIMITED,
    ) -> Claim:
        """Take up to ``limit`` due rows, or deferred ones whose time has come.

        First attempts go before later ones; equal themes come together. An edition that is not
        out (cancelled while it was being sent) or is paused gives nothing. Rows of a provider that
        gets no more now stay due, and hold back no others.
        """
        ...

    def wait_at_dot(self, deliveries: Sequence[Delivery], worker: str, now: datetime) -> None:
        """Show that the server lets these letters wait; what decides is the journal."""
        ...

    def settle(self, worker: str, settlements: Sequence[Settlement], now: datetime) -> int:
        """Keep what became of attempts; answers how many still were this worker's.

        A row that became in doubt while its worker waited for the answer is settled too.
        """
        ...

    def claimed_by(self, worker: str) -> Mapping[DeliveryId, int]:
        """The attempts that wait for what this worker knows: claimed, or in doubt because of it."""
        ...

    def doubt(self, worker: str, why: str, now: datetime) -> int:
        """Put in doubt what a worker holds; answers how many.

        They keep its name, so that it, or who finds its journal, may still tell the answer.
        """
        ...

    def lease_of(self, worker: str) -> datetime | None:
        """When the last lease of a worker ends; ``None``: it has none."""
        ...

    def overdue(self, now: datetime) -> Sequence[str]:
        """Name the workers that have a lease which is over."""
        ...

    def cancel(self, deliveries: Sequence[Delivery], why: str, now: datetime) -> None:
        """Drop claimed rows whose subscriber has left meanwhile."""
        ...

    def stranded(self) -> Sequence[EditionId]:
        """Name the cancelled editions that have rows due or deferred.

        A sender gave them back, or died, after the cancellation.
        """
        ...

    def requeue(self, edition: EditionId, is_ours: Callable[[str], bool], now: datetime) -> int:
        """Make due again what was refused with a reply that ``is_ours``; answers how many."""
        ...

    def cancel_open(self, edition: EditionId, why: str, now: datetime) -> int:
        """Cancel every row of an edition that is due or deferred; answers how many."""
        ...

    def hold(self, edition: EditionId, why: str, now: datetime) -> int:
        """Hold every row of an edition that is due or deferred; answers how many."""
        ...

    def resolve(self, edition: EditionId, to: DeliveryState, now: datetime) -> int:
        """Settle what is in doubt, or held: as ``due`` (send again), ``accepted``, ``refused``.

        What is held is not made due: its time is over.
        """
        ...

    def settle_doubts(self, settlements: Sequence[Settlement], now: datetime) -> int:
        """Settle rows one by one; answers how many were in doubt still, since that attempt."""
        ...

    def counts(self, edition: EditionId) -> dict[DeliveryState, int]:
        """How many rows are in each state, all states named."""
        ...

    def settled_before(self, moment: datetime) -> Sequence[EditionId]:
        """Name the editions that were sent, approved before, and have rows of settled letters."""
        ...

    def condense(self, edition: EditionId, most: int) -> int:
        """Keep of settled letters only how many became what; answers how many rows went."""
        ...

    def is_condensed(self, edition: EditionId) -> bool:
        """Whether there are letters of it without rows."""
        ...

    def accepted_since(self, edition: EditionId, moment: datetime) -> int:
        """How many letters were accepted since; looks at every accepted row of the edition."""
        ...

    def list(
        self, edition: EditionId, state: DeliveryState | None = None, limit: int | None = None
    ) -> Iterator[Delivery]:
        """Rows, by number."""
        ...

    def get(self, delivery: DeliveryId) -> Delivery | None:
        """By number."""
        ...

    def find(self, edition: EditionId, subscriber: int) -> Delivery | None:
        """The row of one person; ``None``: they were not in the audience."""
        ...

    def open_editions(self, now: datetime) -> Sequence[EditionId]:
        """Editions that are out (approved or sent), not paused, and have rows to send now."""
        ...
