"""Hand over letters to single people, each accounted for.

Each is marked in its row before a server can have it, so a crash leaves a note that is safe to
send again, or one that may be a second copy under the same Message-ID. Few are sent, so a commit
for each costs nothing that anybody feels, and needs no journal.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Protocol
from uuid import uuid4

from digest.core.dkim import Signer
from digest.core.letter import Letter
from digest.core.note import (
    GIVE_UP_AFTER,
    NewNote,
    Note,
    NoteSettlement,
    letter_of,
    settlement,
    without_address,
)
from digest.core.outbox import DeliveryState, Outcome, Receipt
from digest.core.sender import Sender
from digest.core.throttle import UNLIMITED, Throttling
from digest.errors import DigestError, RenderError
from digest.jobs import calls
from digest.jobs.claiming import LEASE
from digest.ports import Clock, Mailer, Store, Work
from subscribers import PeopleError

_BATCH = 50
"""Notes claimed at once: what waits for its lease when a sender dies."""

_SOON = timedelta(minutes=1)

log = logging.getLogger(__name__)


class Gate(Protocol):
    """Knows which addresses must not be mailed."""

    def may_be_mailed(self, address: str) -> bool:
        """Say whether an address, of a subscriber or not, may get a letter."""
        ...


@dataclass(frozen=True, slots=True)
class Post:
    """Takes notes in: the one way for any job to write to one person.

    Attributes:
        provider_of: names what a domain's letters count for when they are throttled.
    """

    store: Store
    clock: Clock
    provider_of: Callable[[str], str]

    def __call__(self, note: NewNote) -> bool:
        """Have a note sent soon; False: there was one of its kind and occasion already."""
        with self.store.begin() as work:
            return self.within(work, note)

    def within(self, work: Work, note: NewNote) -> bool:
        """Have a note sent if a transaction is kept."""
        work.enqueue(calls.notes())
        domain = note.address.rpartition("@")[2]
        return work.notes.add(note, self.provider_of(domain), self.clock.now())


@dataclass(frozen=True, slots=True)
class NotesReport:
    """What one run came to; those that are deferred are sent again later."""

    accepted: int = 0
    refused: int = 0
    deferred: int = 0
    cancelled: int = 0


@dataclass(frozen=True, slots=True)
class SendNotes:
    """The job; several may run at once.

    Attributes:
        signer: signs the letters; ``None``: the mail server does, or nobody.
        before: writes what people asked for and wait to get; says whether it wrote anything.
        stopping: asked before each letter; True: finish what is on the wire, and end.
    """

    store: Store
    clock: Clock
    mailer: Mailer
    sender: Sender
    gate: Gate
    before: Callable[[], bool] = bool
    waiting: Callable[[], bool] = bool
    signer: Signer | None = None
    throttling: Throttling = UNLIMITED
    stopping: Callable[[], bool] = bool
    lease: timedelta = LEASE

    def due(self) -> bool:
        """Whether there is anything to do."""
        with self.store.read() as work:
            return work.notes.any_due(self.clock.now()) or self.waiting()

    def __call__(self) -> NotesReport:
        """Send what is due; run again, it goes on where it stopped.

        Raises:
            DeliveryError: the mail server is out of reach; what was not sent is due again soon.
            StorageError: the database is; what is on the wire is sent again when its lease ends.
        """
        self.before()
        with self.store.begin() as work:
            now = self.clock.now()
            work.notes.free(now)
            if not work.notes.any_due(now):
                return NotesReport()
        run = _Run(self, uuid4().hex)
        try:
            for letter, receipt in self.mailer.hand_off(run.letters(), run.at_dot, self.stopping):
                run.note(letter, receipt)
        except (DigestError, PeopleError) as error:
            run.give_back(str(error), _SOON)
            raise
        run.give_back("the sender was stopped", timedelta(0))
        return NotesReport(**run.counts)


@dataclass(frozen=True, slots=True)
class _Run:
    job: SendNotes
    worker: str
    open: dict[int, Note] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)

    def letters(self) -> Iterator[Letter]:
        """Give letters until none is due, or the run is to end."""
        while not self.job.stopping() and (claimed := self._claimed()):
            self.open.update((note.id, note) for note in claimed)
            for note in claimed:
                if letter := self._written(note):
                    yield letter

    def at_dot(self, letters: Sequence[Letter]) -> Sequence[Letter]:
        """Mark letters; answers with those that may go."""
        ours = [(letter.delivery, self.open[letter.delivery].attempt) for letter in letters]
        with self.job.store.begin() as work:
            may_go = set(work.notes.mark(self.worker, ours, self.job.clock.now()))
        return [letter for letter in letters if letter.delivery in may_go]

    def note(self, letter: Letter, receipt: Receipt) -> None:
        """Keep what became of a letter."""
        note = self.open[letter.delivery]
        said = without_address(without_address(receipt, letter.recipient), note.address)
        self._settle(settlement(note, said, self.job.clock.now()))

    def give_back(self, why: str, wait: timedelta) -> None:
        """Let go of what was claimed and not handed over."""
        again = self.job.clock.now() + wait
        for note in tuple(self.open.values()):
            state = DeliveryState.DEFERRED
            self._settle(NoteSettlement(note.id, note.attempt, state, why, again))

    def _claimed(self) -> Sequence[Note]:
        job, now = self.job, self.job.clock.now()
        with job.store.begin() as work:
            until = now + job.lease
            return work.notes.claim(self.worker, now, until, _BATCH, job.throttling).notes

    def _written(self, note: Note) -> Letter | None:
        """Write one letter; one that is not to be sent, or cannot be, is settled alone."""
        now = self.job.clock.now()
        if why := self._withheld(note, now):
            state = DeliveryState.CANCELLED
            self._settle(NoteSettlement(note.id, note.attempt, state, why))
            return None
        try:
            letter = letter_of(note, self.job.sender, now)
        except (RenderError, ValueError) as error:
            self._settle(settlement(note, Receipt(Outcome.REFUSED, f"unwritable: {error}"), now))
            return None
        if signer := self.job.signer:
            return replace(letter, content=signer.signed(letter.content, now))
        return letter

    def _withheld(self, note: Note, now: datetime) -> str:
        if now > note.created_at + GIVE_UP_AFTER:
            return "it was not sent in time"
        return "" if self.job.gate.may_be_mailed(note.address) else "the address is not mailed"

    def _settle(self, settled: NoteSettlement) -> None:
        self.open.pop(settled.note, None)
        with self.job.store.begin() as work:
            if work.notes.settle(self.worker, settled, self.job.clock.now()):
                self.counts[settled.state.value] += 1
