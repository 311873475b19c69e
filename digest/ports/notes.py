"""Letters to single people: what keeps them, and what writes them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol, runtime_checkable

from digest.core.note import NewNote, Note, NoteBody, NoteSettlement
from digest.core.outbox import DeliveryState
from digest.core.throttle import UNLIMITED, Throttling


@dataclass(frozen=True, slots=True)
class NoteClaim:
    """Notes that one sender may send until its lease ends.

    Attributes:
        wait: when there are none, since all that is due is held back: how long at least.
    """

    notes: tuple[Note, ...]
    wait: timedelta | None = None


class NoteStore(Protocol):
    """The ledger of notes: a row each, with what became of it."""

    def add(self, note: NewNote, provider: str, now: datetime) -> bool:
        """Add a note that is due at once; False: there was one of this kind and occasion."""
        ...

    def any_due(self, now: datetime) -> bool:
        """Whether something is to be sent, or was claimed by a sender that died."""
        ...

    def free(self, now: datetime) -> int:
        """Make due again what senders held whose leases are over; answers how many.

        One that a server may have is sent again as well, and says so.
        """
        ...

    def claim(
        self,
        worker: str,
        now: datetime,
        lease_until: datetime,
        limit: int,
        throttling: Throttling = UNLIMITED,
    ) -> NoteClaim:
        """Take up to ``limit`` notes that are due, the oldest first.

        They spend the permits of all letters, but wait for none that an edition took before
        them: up to the letters of a second they go ahead, and the edition waits for longer.
        """
        ...

    def mark(self, worker: str, notes: Sequence[tuple[int, int]], now: datetime) -> Sequence[int]:
        """Keep that a server may have these (number, attempt) from now on; answers which may go.

        The others' leases are over: another sender may have them.
        """
        ...

    def settle(self, worker: str, settlement: NoteSettlement, now: datetime) -> bool:
        """Keep what became of an attempt; False: it is not this sender's any more.

        What is final forgets address and words.
        """
        ...

    def forget(self, address: str, now: datetime) -> int:
        """Cancel what is not sent to an address, and forget it; answers how many."""
        ...

    def purge(self, before: datetime) -> int:
        """Delete what was settled for good before a moment; answers how many."""
        ...

    def tally(self) -> Mapping[tuple[str, DeliveryState], int]:
        """Count the rows, by kind and state."""
        ...


@runtime_checkable
class Forgetful(Protocol):
    """A mailer that keeps letters where they can be read, such as files."""

    def forget(self, address: str) -> int:
        """Delete the letters to an address; answers how many."""
        ...


class NoteRenderer(Protocol):
    """Writes notes from templates."""

    def body(self, kind: str, language: str, /, **values: object) -> NoteBody:
        """Render ``email/<kind>/{subject.txt,body.txt,body.html}``.

        A value ``leave_url`` becomes the link of one-click, too.

        Raises:
            RenderError: a template is missing or wrong.
        """
        ...
